"""The resampled intervals of a run's scorecards: by recipe, the keys that go into the document."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from backtester.analysis.pair import Pair
from backtester.analysis.resample import FIGURES, Resamples, bootstrap, interval, make_plan, make_tracks
from backtester.analysis.shares import LEVEL
from backtester.arrays import Array
from backtester.histories.market import Market
from backtester.runs.settings import RunSettings
from backtester.runs.tell import Tell

FEWEST_WINDOWS = 10
WIDENED = ("beyond_twin", "beyond_mix")
Keys = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What the strategies of a run are drawn together with: levels (3, T) of stocks, bonds and pair, returns of bills
    and days since the session before, each (T,) with its first entry unused; and the number of joint sell-offs."""

    levels: Array
    bills: Array
    days: Array
    joint: int


def ground_of(market: Market, pair: Pair, joint: int) -> Ground:
    """The ground of a run in its market."""
    return Ground(np.vstack([pair.stocks, pair.bonds, pair.nav]), market.bill_returns, market.days, joint)


def resampled(settings: RunSettings, ground: Ground, nav: pd.DataFrame, tell: Tell) -> dict[str, Keys]:
    """`resampled` for each recipe but the reference, the first of `nav` (sessions x recipes); None with the reason."""
    names = list(nav.columns[1:])
    reason = _reason(settings, nav, ground.joint)
    if reason is not None:
        return dict.fromkeys(names, _without(reason))
    alive = [name for name in names if (nav[name] > 0).all()]
    ruined = _without("the strategy was ruined, and what is ruined cannot be drawn again")
    if not alive:
        return dict.fromkeys(names, ruined)
    levels = np.vstack([ground.levels, nav.iloc[:, 0], nav[alive].T])
    tracks = make_tracks(levels, ground.bills, ground.days)
    plan = make_plan(tracks, resamples=settings.resamples, seed=settings.seed)
    what = "the scorecard" if len(alive) == 1 else f"{len(alive)} scorecards"
    message = f"Resampling {what} {plan.resamples:,} times"
    drawn = bootstrap(tracks, plan, settings.thresholds, lambda done: tell(message, done / plan.resamples))
    told = {name: {"resampled": _keys(drawn, alive.index(name), len(names))} for name in alive}
    return {name: told.get(name, ruined) for name in names}


def _reason(settings: RunSettings, nav: pd.DataFrame, joint: int) -> str | None:
    """Why no recipe of the run has resampled intervals, None where there is no reason."""
    if settings.resamples == 0:
        return "no resamples were asked for"
    if joint < FEWEST_WINDOWS:
        return f"{joint} joint sell-offs; with fewer than {FEWEST_WINDOWS} the windows themselves must speak"
    if not (nav.iloc[:, 0] > 0).all():
        return "the reference was ruined, and what is ruined cannot be drawn again"
    return None


def _without(reason: str) -> Keys:
    return {"resampled": None, "resampled_reason": reason}


def _keys(drawn: Resamples, place: int, tried: int) -> Keys:
    """The intervals of one strategy of those `tried`."""
    told: Keys = {
        "resamples": drawn.plan.resamples,
        "used": int(drawn.used.sum()),
        "block_sessions": drawn.plan.block_sessions,
        "seed": drawn.plan.seed,
        "level": LEVEL,
        "joint_sell_offs": interval(drawn.windows.astype(float), drawn.used, level=LEVEL),
    }
    for figure, values in zip(FIGURES, drawn.figures[:, place].T, strict=True):
        part, _, name = figure.rpartition(".")
        told_part = told.setdefault(part, {}) if part else told
        told_part[name] = interval(values, drawn.used, level=LEVEL)
        if part in WIDENED and name == "payoff_mean":
            widened = interval(values, drawn.used, level=1 - (1 - LEVEL) / tried)
            told[f"{part}_of_all_tried"] = {name: widened}
    return told
