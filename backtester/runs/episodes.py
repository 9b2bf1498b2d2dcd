"""The three lenses: joint sell-offs, drawdowns of the pair, crises; what legs, assets and strategies did in each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pandas as pd

from backtester.analysis.aftermath import after, crisis_of, parent
from backtester.analysis.crises import Crisis
from backtester.analysis.drawdowns import Drawdown
from backtester.analysis.period import Period
from backtester.analysis.regimes import regime
from backtester.analysis.windows import Window, window_return
from backtester.runs.scenes import Scene

UNDETERMINED = "undetermined"  # 36 months are not yet known
UNNAMED = "in no named crisis"
Returns = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Moves:
    """What the pair, its legs, the other assets and the strategies returned in an episode; NaN where undefined, None
    where it is not covered."""

    pair: float | None
    stocks: float | None
    bonds: float | None
    assets: Returns | None
    strategies: Returns | None


class _Moves(TypedDict):
    """The same, to make one of its kinds from."""

    pair: float | None
    stocks: float | None
    bonds: float | None
    assets: Returns | None
    strategies: Returns | None


@dataclass(frozen=True, kw_only=True)
class Parent:
    """The drawdown of the pair that a joint sell-off is part of."""

    kind: str
    peak: pd.Timestamp
    trough: pd.Timestamp


@dataclass(frozen=True, kw_only=True)
class After(Moves):
    """What came in the sessions after a joint sell-off."""

    sessions: int


@dataclass(frozen=True, kw_only=True)
class Selloff(Moves):
    """A joint sell-off by the dates of its first and last close, what it was part of, and what came after it."""

    start: pd.Timestamp
    end: pd.Timestamp
    sessions: int
    parent: Parent | None
    after: After
    regime: str | None
    cause: str | None
    crisis: str | None
    decade: str


@dataclass(frozen=True, kw_only=True)
class PairDrawdown(Moves):
    """A drawdown of the pair from peak to trough; days are calendar days, of recovery from the trough on."""

    peak: pd.Timestamp
    trough: pd.Timestamp
    recovery: pd.Timestamp | None
    days: int
    recovery_days: int | None
    kind: str
    stocks_contribution: float
    bonds_contribution: float


@dataclass(frozen=True, kw_only=True)
class CrisisMoves(Moves):
    """A named crisis, in the run's window or in a history of its own; `reason` is why strategies, or all, are None."""

    crisis: Crisis
    covered: bool
    history: str | None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class View:
    """What episodes are measured in: the period, the net asset values (sessions x strategies), the scenes of the crises
    and the 36-month correlation by session."""

    period: Period
    nav: pd.DataFrame
    scenes: Sequence[Scene]
    correlation: "pd.Series[float]"

    def regime(self, window: Window) -> str:
        """The sign of the correlation at the last month-end before the window."""
        return regime(self.correlation, window) or UNDETERMINED

    def decade(self, window: Window) -> str:
        """The decade of its last close, as 2020s."""
        return f"{self.period.sessions[window.end].year // 10}0s"

    def crisis(self, window: Window) -> Crisis | None:
        """The named crisis of the run's window that it is part of."""
        market = self.period.market
        near = [(scene.crisis, scene.window) for scene in self.scenes if scene.window and scene.market is market]
        return crisis_of(window, near)

    def cause(self, window: Window) -> str:
        """The cause of that crisis."""
        found = self.crisis(window)
        return found.cause if found else UNNAMED


def joint_selloffs(view: View) -> tuple[Selloff, ...]:
    """The joint sell-offs in order of time."""
    return tuple(_selloff(view, window) for window in view.period.joint)


def pair_drawdowns(view: View) -> tuple[PairDrawdown, ...]:
    """The drawdowns of the pair of 5% or more."""
    return tuple(_drawdown(view, fall) for fall in view.period.falls)


def crises(view: View) -> tuple[CrisisMoves, ...]:
    """The named crises in the order of their file."""
    return tuple(_crisis(view, scene) for scene in view.scenes)


def _selloff(view: View, window: Window) -> Selloff:
    period, dates = view.period, view.period.sessions
    crisis, sign, later = view.crisis(window), view.regime(window), after(window, len(dates))
    fall = parent(window, period.falls, len(dates))
    return Selloff(
        start=dates[window.start],
        end=dates[window.end],
        sessions=window.sessions,
        **_moves(view, window),
        parent=Parent(kind=period.pair.kind(fall), peak=dates[fall.peak], trough=dates[fall.trough]) if fall else None,
        after=After(sessions=later.sessions, **_moves(view, later)),
        regime=None if sign == UNDETERMINED else sign,
        cause=crisis.cause if crisis else None,
        crisis=crisis.name if crisis else None,
        decade=view.decade(window),
    )


def _drawdown(view: View, fall: Drawdown) -> PairDrawdown:
    dates, window = view.period.sessions, Window(fall.peak, fall.trough)
    stocks, bonds = view.period.pair.contributions(window)
    recovery = None if fall.recovery is None else dates[fall.recovery]
    return PairDrawdown(
        peak=dates[fall.peak],
        trough=dates[fall.trough],
        recovery=recovery,
        days=(dates[fall.trough] - dates[fall.peak]).days,
        recovery_days=None if recovery is None else (recovery - dates[fall.trough]).days,
        kind=view.period.pair.kind(fall),
        **_moves(view, window),
        stocks_contribution=stocks,
        bonds_contribution=bonds,
    )


def _crisis(view: View, scene: Scene) -> CrisisMoves:
    crisis, market, pair, window = scene.crisis, scene.market, scene.pair, scene.window
    if market is None or pair is None or window is None:
        nothing = _Moves(pair=None, stocks=None, bonds=None, assets=None, strategies=None)
        return CrisisMoves(crisis=crisis, covered=False, history=None, reason=scene.reason, **nothing)
    if market is view.period.market:
        return CrisisMoves(crisis=crisis, covered=True, history=market.history.name, **_moves(view, window))
    small = "the crisis has a small history of its own, without bills, in which no strategy is simulated"
    return CrisisMoves(
        crisis=crisis,
        covered=True,
        history=market.history.name,
        pair=window_return(pair.nav, window),
        stocks=window_return(pair.stocks, window),
        bonds=window_return(pair.bonds, window),
        assets={role: window_return(market.levels[role], window) for role in _others(view, market.levels.columns)},
        strategies=None,
        reason=small
        if not market.has_bills
        else f"the run does not reach it; legs and assets are those of history {market.history.name}",
    )


def _moves(view: View, window: Window) -> _Moves:
    """What pair, legs, other assets and strategies returned in a window of the run; NaN in one of no session."""

    def move(level: "pd.Series[float]") -> float:
        return window_return(level, window) if window.sessions else float("nan")

    pair, levels = view.period.pair, view.period.market.levels
    return {
        "pair": move(pair.nav),
        "stocks": move(pair.stocks),
        "bonds": move(pair.bonds),
        "assets": {role: move(levels[role]) for role in _others(view, levels.columns)},
        "strategies": {name: move(view.nav[name]) for name in view.nav.columns},
    }


def _others(view: View, roles: pd.Index) -> list[str]:
    """The assets that are not legs of the pair."""
    return [role for role in roles if role not in view.period.lenses.legs]


def frame(episodes: Sequence[Moves], dates: tuple[str, str]) -> pd.DataFrame:
    """Returns by episode, a row each: two dates, the pair, its legs, the assets and the strategies."""
    rows = [
        {date: getattr(one, date) for date in dates}
        | {"pair": one.pair, "stocks": one.stocks, "bonds": one.bonds, **(one.assets or {}), **(one.strategies or {})}
        for one in episodes
    ]
    return pd.DataFrame(rows)


def places_by_name(
    windows: Sequence[Window], name: Callable[[Window], str]
) -> dict[str, "np.typing.NDArray[np.int64]"]:
    """The places of the windows of each name, in order of their first window."""
    names = [name(window) for window in windows]
    return {one: np.array([place for place, other in enumerate(names) if other == one]) for one in dict.fromkeys(names)}
