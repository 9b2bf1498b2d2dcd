"""The document of a run, as DESIGN section 9 has it: numbers are fractions, dates ISO, what is undefined is null."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import Drawdown, drawdowns
from backtester.analysis.measures import calendar_years, measures
from backtester.analysis.scorecard import LEVEL, Scorecard, scorecard, wilson_interval
from backtester.analysis.selloffs import counts_elsewhere
from backtester.analysis.windows import Window, window_return
from backtester.contract.check import Check
from backtester.engine.evaluate import DEFAULT_BAND, DEFAULT_REBALANCE, Evaluation
from backtester.histories.market import Market
from backtester.runs.run import Result, Scene, window_lines

SCHEMA = 1
PAIR_DRAWDOWN = 0.05
Json = dict[str, Any]


def document(result: Result) -> Json:
    """The whole document, without its `files`."""
    market = result.market
    told: Json = clean(
        {
            "schema": SCHEMA,
            "history": _history(result.whole),
            "window": {
                "start": _iso(market.sessions[0]),
                "end": _iso(market.sessions[-1]),
                "sessions": len(market.sessions),
            },
            "settings": _settings(result),
            "strategies": [
                _strategy(result, run, check) | _audit(difference)
                for run, check, difference in zip(result.evaluations, result.checks, result.audits, strict=True)
            ],
            "drawdowns": [_drawdown(result, fall) for fall in _pair_falls(result)],
            "joint_sell_offs": [_selloff(result, window) for window in result.joint],
            "left_out": list(result.left_out),
            "joint_sell_off_counts": [asdict(at) | {"count": n} for at, n in counts_elsewhere(result.pair)],
            "crises": [_crisis(result, scene) for scene in result.scenes],
        }
    )
    return told


def clean(value: Any) -> Any:
    """The value with every number that is not finite as None, and numpy's scalars as Python's."""
    if isinstance(value, dict):
        return {key: clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean(part) for part in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _iso(date: pd.Timestamp) -> str:
    return date.date().isoformat()


def _history(market: Market) -> Json:
    return {
        "name": market.history.name,
        "title": market.history.table.title,
        "first": _iso(market.sessions[0]),
        "last": _iso(market.sessions[-1]),
        "sessions": len(market.sessions),
        "sessions_a_year": market.history.table.sessions_a_year,
        "sha256": market.sha256,
        "carried": market.carried,
    }


def _settings(result: Result) -> Json:
    execution = result.settings.execution
    band = DEFAULT_BAND if execution.band is None else execution.band
    return {
        "lag": execution.lag,
        "rebalance": execution.rebalance or DEFAULT_REBALANCE,
        "band": band,
        "costs": execution.costs.model_dump(),
        "reference": result.evaluations[0].recipe.name,
    }


def _strategy(result: Result, run: Evaluation, check: Check) -> Json:
    nav = result.nav[run.recipe.name]
    own = measures(nav, result.market.bill_returns, sessions_a_year=result.market.history.table.sessions_a_year)
    is_reference = run is result.evaluations[0]
    ruin = run.accounts.ruin
    return {
        "name": run.recipe.name,
        "recipe": run.recipe.full,
        "rebalance": str(run.schedule),
        "band": run.book.band,
        "causal": check.causal,
        "findings": [str(finding) for finding in check.findings],
        "cuts": check.cuts,
        "ruin_date": _iso(ruin) if ruin is not None else None,
        "measures": {**own, **window_lines(run, result.market.sessions)},
        "calendar_years": calendar_years(nav),
        "scorecard": None if is_reference else _scorecard(_card(result, run), len(result.evaluations) - 1),
        "steps": [_step(layer.step.strategy) for layer in run.layers],
    }


def _audit(difference: float | None) -> Json:
    """The key `audit`, where one was asked for."""
    return {} if difference is None else {"audit": {"engine": "vectorbt", "max_abs_nav_difference": difference}}


def _step(strategy: Any) -> Json:
    return {
        "name": strategy.name,
        "summary": strategy.summary,
        "sections": strategy.sections,
        "sha256": strategy.sha256,
    }


def _card(result: Result, run: Evaluation) -> Scorecard:
    reference = result.nav[result.evaluations[0].recipe.name]
    nav = result.nav[run.recipe.name]
    return scorecard(nav, reference, result.market.bill_returns, joint=result.joint, other=result.other)


def _scorecard(card: Scorecard, tried: int) -> Json:
    """The card of one of `tried` strategies; the interval of all tried is as wide as finding any by chance asks for."""
    reference, twin = asdict(card.beyond_reference), asdict(card.beyond_twin)
    counts = twin["better"], twin["better"] + twin["worse"]
    return {
        "joint_sell_offs": card.joint_sell_offs,
        "beta": card.beta,
        **reference,
        "beyond_twin": twin | {"cost_annual": card.twin_cost_annual},
        "cost_annual": asdict(card.cost_annual),
        "cost_standard_error": card.cost_standard_error,
        "break_even_per_year": card.break_even_per_year,
        "max_drawdown_reduction": card.max_drawdown_reduction,
        "days_under_water_reduction": card.days_under_water_reduction,
        "intervals": {
            "hit_rate": wilson_interval(reference["better"], reference["better"] + reference["worse"]),
            "beyond_twin": {
                "hit_rate": wilson_interval(*counts),
                "hit_rate_of_all_tried": wilson_interval(*counts, level=1 - (1 - LEVEL) / tried),
            },
        },
    }


def _pair_falls(result: Result) -> list[Drawdown]:
    return drawdowns(np.asarray(result.pair.nav, dtype=np.float64), at_least=PAIR_DRAWDOWN)


def _legs(result: Result, window: Window) -> Json:
    """What pair, legs, other assets and strategies returned in a window of the run."""
    levels = result.market.levels
    return {
        "pair": window_return(result.pair.nav, window),
        "stocks": window_return(result.pair.stocks, window),
        "bonds": window_return(result.pair.bonds, window),
        "assets": {role: window_return(levels[role], window) for role in _others(result.market)},
        "strategies": {name: window_return(result.nav[name], window) for name in result.nav.columns},
    }


def _others(market: Market) -> list[str]:
    """The assets that are not legs of the pair."""
    return [role for role in market.levels.columns if role not in ("stocks", "bonds")]


def _drawdown(result: Result, fall: Drawdown) -> Json:
    dates, window = result.market.sessions, Window(fall.peak, fall.trough)
    stocks, bonds = result.pair.contributions(window)
    return {
        "peak": _iso(dates[fall.peak]),
        "trough": _iso(dates[fall.trough]),
        "recovery": None if fall.recovery is None else _iso(dates[fall.recovery]),
        "kind": result.pair.kind(fall),
        **_legs(result, window),
        "stocks_contribution": stocks,
        "bonds_contribution": bonds,
    }


def _selloff(result: Result, window: Window) -> Json:
    dates = result.market.sessions
    return {
        "start": _iso(dates[window.start]),
        "end": _iso(dates[window.end]),
        "sessions": window.sessions,
        **_legs(result, window),
    }


def _crisis(result: Result, scene: Scene) -> Json:
    crisis, market, pair, window = scene.crisis, scene.market, scene.pair, scene.window
    told: Json = crisis.model_dump(mode="json") | {"covered": window is not None, "history": None}
    if market is None or pair is None or window is None:
        return told | dict.fromkeys(("stocks", "bonds", "pair", "assets", "strategies"))
    told["history"] = market.history.name
    if market is result.market:
        return told | _legs(result, window)
    return told | {
        "pair": window_return(pair.nav, window),
        "stocks": window_return(pair.stocks, window),
        "bonds": window_return(pair.bonds, window),
        "assets": {role: window_return(market.levels[role], window) for role in _others(market)},
        "strategies": None,
        "reason": f"history {market.history.name} is too small to simulate strategies in"
        if not market.has_bills
        else f"the run does not reach it; legs and assets are those of history {market.history.name}",
    }
