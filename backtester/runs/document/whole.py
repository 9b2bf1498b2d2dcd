"""The whole document, part by part."""

from dataclasses import asdict

import numpy as np

from backtester.analysis.drawdowns import Drawdown, drawdowns
from backtester.analysis.rotations import rotated, rotated_counts
from backtester.analysis.selloffs import counts_elsewhere
from backtester.runs.document.attribution import told_attribution
from backtester.runs.document.dependence import told_dependence, told_legs
from backtester.runs.document.episodes import told_crisis, told_drawdown, told_selloff
from backtester.runs.document.settings import told_history, told_settings
from backtester.runs.document.strategies import told_strategy
from backtester.runs.document.values import Json, clean, iso
from backtester.runs.run import Result

SCHEMA = 1
PAIR_DRAWDOWN = 0.05


def document(result: Result) -> Json:
    """The whole document, without its `files`."""
    market = result.market
    falls = pair_falls(result)
    counts = rotated_counts(result.pair, result.month_ends.to_numpy(), result.settings, seed=result.settings.seed)
    told: Json = clean(
        {
            "schema": SCHEMA,
            "history": told_history(result.whole),
            "window": {
                "start": iso(market.sessions[0]),
                "end": iso(market.sessions[-1]),
                "sessions": len(market.sessions),
            },
            "settings": told_settings(result),
            "strategies": [
                told_strategy(result, run, check, audit) | {"attribution": told_attribution(result, run, falls)}
                for run, check, audit in zip(result.evaluations, result.checks, result.audits, strict=True)
            ],
            "drawdowns": [told_drawdown(result, fall) for fall in falls],
            "joint_sell_offs": [told_selloff(result, window, falls) for window in result.joint],
            "left_out": list(result.left_out),
            "joint_sell_off_counts": [asdict(at) | {"count": n} for at, n in counts_elsewhere(result.pair)],
            "joint_sell_off_rotations": asdict(rotated(counts)),
            "crises": [told_crisis(result, scene) for scene in result.scenes],
            "dependence": told_dependence(result),
            "legs": told_legs(result),
        }
    )
    return told


def pair_falls(result: Result) -> list[Drawdown]:
    """The drawdowns of the pair that the document tells, in order of time."""
    return drawdowns(np.asarray(result.pair.nav, dtype=np.float64), at_least=PAIR_DRAWDOWN)
