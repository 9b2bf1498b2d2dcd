"""The three lenses: drawdowns of the pair, joint sell-offs, crises; what legs, assets and strategies did in each."""

from typing import Any

from backtester.analysis.aftermath import after, parent
from backtester.analysis.drawdowns import Drawdown
from backtester.analysis.windows import Window, window_return
from backtester.runs.document import kinds
from backtester.runs.document.values import Json, iso
from backtester.runs.run import Result
from backtester.runs.scenes import Scene

LEGS = ("pair", "stocks", "bonds", "assets", "strategies")


def told_drawdown(result: Result, fall: Drawdown) -> Json:
    """A drawdown of the pair from its peak to its trough; days are calendar days, of recovery from the trough on."""
    dates, window = result.market.sessions, Window(fall.peak, fall.trough)
    stocks, bonds = result.pair.contributions(window)
    recovery = None if fall.recovery is None else dates[fall.recovery]
    return {
        "peak": iso(dates[fall.peak]),
        "trough": iso(dates[fall.trough]),
        "recovery": None if recovery is None else iso(recovery),
        "days": (dates[fall.trough] - dates[fall.peak]).days,
        "recovery_days": None if recovery is None else (recovery - dates[fall.trough]).days,
        "kind": result.pair.kind(fall),
        **_legs(result, window),
        "stocks_contribution": stocks,
        "bonds_contribution": bonds,
    }


def told_selloff(result: Result, window: Window, falls: list[Drawdown]) -> Json:
    """A joint sell-off, what it was part of, and what came after it."""
    dates = result.market.sessions
    crisis, regime = kinds.crisis(result, window), kinds.regime(result, window)
    later = after(window, len(dates))
    return {
        "start": iso(dates[window.start]),
        "end": iso(dates[window.end]),
        "sessions": window.sessions,
        **_legs(result, window),
        "parent": _parent(result, window, falls),
        "after": {"sessions": later.sessions, **_legs(result, later)},
        "regime": None if regime == kinds.UNDETERMINED else regime,
        "cause": crisis.cause if crisis else None,
        "crisis": crisis.name if crisis else None,
    }


def told_crisis(result: Result, scene: Scene) -> Json:
    """A named crisis, in the run's window or in a small history of its own; not covered where there is neither."""
    crisis, market, pair, window = scene.crisis, scene.market, scene.pair, scene.window
    told: Json = crisis.model_dump(mode="json") | {"covered": window is not None, "history": None}
    if market is None or pair is None or window is None:
        return told | dict.fromkeys(LEGS) | ({"reason": scene.reason} if scene.reason else {})
    told["history"] = market.history.name
    if market is result.market:
        return told | _legs(result, window)
    return told | {
        "pair": window_return(pair.nav, window),
        "stocks": window_return(pair.stocks, window),
        "bonds": window_return(pair.bonds, window),
        "assets": {role: window_return(market.levels[role], window) for role in _others(result, market.levels)},
        "strategies": None,
        "reason": "the crisis has a small history of its own, without bills, in which no strategy is simulated"
        if not market.has_bills
        else f"the run does not reach it; legs and assets are those of history {market.history.name}",
    }


def _parent(result: Result, window: Window, falls: list[Drawdown]) -> Json | None:
    dates = result.market.sessions
    fall = parent(window, falls, len(dates))
    if fall is None:
        return None
    return {"kind": result.pair.kind(fall), "peak": iso(dates[fall.peak]), "trough": iso(dates[fall.trough])}


def _legs(result: Result, window: Window) -> Json:
    """What pair, legs, other assets and strategies returned in a window of the run; null in one of no session."""
    levels = result.market.levels
    others = _others(result, levels)
    if window.sessions == 0:
        names = list(result.nav.columns)
        return dict.fromkeys(LEGS[:3]) | {"assets": dict.fromkeys(others), "strategies": dict.fromkeys(names)}
    return {
        "pair": window_return(result.pair.nav, window),
        "stocks": window_return(result.pair.stocks, window),
        "bonds": window_return(result.pair.bonds, window),
        "assets": {role: window_return(levels[role], window) for role in others},
        "strategies": {name: window_return(result.nav[name], window) for name in result.nav.columns},
    }


def _others(result: Result, levels: Any) -> list[str]:
    """The assets that are not legs of the pair."""
    return [role for role in levels.columns if role not in result.settings.legs]
