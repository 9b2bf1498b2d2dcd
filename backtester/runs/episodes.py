"""The episodes of a run: joint sell-offs, drawdowns of the pair and crises, with all returns in each.

An episode is a dictionary with the keys that the document has for it. Dates are timestamps, and returns are those of
the pair, its legs, the assets and the strategies, as fractions, NaN where undefined.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.aftermath import parent_drawdown, window_after
from backtester.analysis.crises import Crisis, crisis_of, find_window
from backtester.analysis.dependence import regime
from backtester.analysis.period import Period, measure_period
from backtester.analysis.windows import Drawdown, Window, window_return, window_returns
from backtester.arrays import Array, Integers
from backtester.errors import BacktesterError
from backtester.runs.needed_roles import shown_market
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json

UNDETERMINED = "undetermined"  # the regime before there are 36 months of returns
UNNAMED = "in no named crisis"  # the cause of a joint sell-off that is part of no crisis


@dataclass(frozen=True)
class CrisisPeriod:
    """A crisis with the period in which it is measured, and its window there; both None if no history covers it.

    `reason` says why a history that has the dates of the crisis does not cover it.
    """

    crisis: Crisis
    period: Period | None = None
    window: Window | None = None
    reason: str | None = None


def crisis_periods(crises: Sequence[Crisis], period: Period, settings: RunSettings) -> list[CrisisPeriod]:
    """Each crisis in the run's period or, if that does not have its dates, in the history that the crisis names.

    A history that several crises name is read and measured once.
    """
    market_named = functools.cache(lambda name: shown_market(name, settings))
    period_of = functools.cache(lambda name: measure_period(market_named(name), settings))

    def scene(crisis: Crisis) -> CrisisPeriod:
        window = find_window(crisis, period.sessions, period.market.rhythm)
        if window is not None or crisis.history == settings.history:
            return CrisisPeriod(crisis, period if window else None, window)
        own = market_named(crisis.history)
        window = find_window(crisis, own.sessions, own.rhythm)
        missing = [role for role in settings.legs if role not in own.assets]
        if window is not None and missing:
            return CrisisPeriod(crisis, reason=f"history {crisis.history} has no {' and no '.join(missing)}")
        return CrisisPeriod(crisis, period_of(crisis.history) if window else None, window)

    found = []
    for crisis in crises:
        try:
            found.append(scene(crisis))
        except BacktesterError as error:
            error.add_note(f"in the crisis {crisis.name!r}")
            raise
    return found


@dataclass(frozen=True, eq=False)
class EpisodeData:
    """The data in which episodes are measured: the run's period, the strategies' net asset values (sessions x
    strategies), the crises with their periods, and the 36-month correlation of the legs by session."""

    period: Period
    nav: pd.DataFrame
    crisis_periods: Sequence[CrisisPeriod]
    correlation: "pd.Series[float]"

    def regime(self, window: Window) -> str:
        """The sign of the correlation at the last month-end before the window: "negative", "positive" or
        "undetermined"."""
        return regime(self.correlation, window) or UNDETERMINED

    def decade(self, window: Window) -> str:
        """The decade of the window's first close, such as "2020s"."""
        return f"{self.period.sessions[window.start].year // 10}0s"

    def crisis(self, window: Window) -> Crisis | None:
        """The named crisis in the run's period that the window is part of, None if there is none."""
        near = [(one.crisis, one.window) for one in self.crisis_periods if one.window and one.period is self.period]
        return crisis_of(window, near)

    def cause(self, window: Window) -> str:
        """The cause of the crisis that the window is part of."""
        found = self.crisis(window)
        return found.cause if found else UNNAMED

    @functools.cached_property
    def _others(self) -> tuple[list[str], Array]:
        """The assets beside the pair's legs, and their levels (sessions x assets)."""
        levels = self.period.market.levels.drop(columns=list(self.period.pair_settings.legs))
        return list(levels.columns), levels.to_numpy()

    def returns_in(self, window: Window) -> Json:
        """The returns of pair, legs, other assets and strategies over a window; NaN if it has no session."""

        def move(level: "pd.Series[float]") -> float:
            return window_return(level, window) if window.sessions else float("nan")

        pair, (roles, levels) = self.period.pair, self._others
        others = window_returns(levels, window) if window.sessions else np.full(len(roles), np.nan)
        return {
            "pair": move(pair.nav),
            "stocks": move(pair.stocks),
            "bonds": move(pair.bonds),
            "assets": dict(zip(roles, others.tolist(), strict=True)),
            "strategies": {name: move(self.nav[name]) for name in self.nav.columns},
        }


def joint_sell_off_row(view: EpisodeData, window: Window) -> Json:
    """A joint sell-off, the drawdown and the crisis that it is part of, and the time after it."""
    period, dates = view.period, view.period.sessions
    crisis, sign, later = (
        view.crisis(window),
        view.regime(window),
        window_after(window, len(dates), longest=period.rule.max_sessions),
    )
    fall = parent_drawdown(window, period.falls)
    return {
        "start": dates[window.start],
        "end": dates[window.end],
        "sessions": window.sessions,
        **view.returns_in(window),
        "parent": fall and {"kind": period.pair.kind(fall), "peak": dates[fall.peak], "trough": dates[fall.trough]},
        "after": {"sessions": later.sessions, **view.returns_in(later)},
        "regime": None if sign == UNDETERMINED else sign,
        "cause": crisis.cause if crisis else None,
        "crisis": crisis.name if crisis else None,
    }


def drawdown_row(view: EpisodeData, fall: Drawdown) -> Json:
    """A drawdown of the pair from peak to trough; `days` and, from the trough on, `recovery_days` are calendar days."""
    dates, window = view.period.sessions, Window(fall.peak, fall.trough)
    stocks, bonds = view.period.pair.contributions(window)
    median_recovery = None if fall.recovery is None else dates[fall.recovery]
    return {
        "peak": dates[fall.peak],
        "trough": dates[fall.trough],
        "recovery": median_recovery,
        "days": (dates[fall.trough] - dates[fall.peak]).days,
        "recovery_days": None if median_recovery is None else (median_recovery - dates[fall.trough]).days,
        "kind": view.period.pair.kind(fall),
        **view.returns_in(window),
        "stocks_contribution": stocks,
        "bonds_contribution": bonds,
    }


def crisis_row(view: EpisodeData, scene: CrisisPeriod) -> Json:
    """A named crisis in the run's period or in another history; all returns are None if neither covers it."""
    period, window = scene.period, scene.window
    row: Json = scene.crisis.model_dump(mode="json") | {"covered": window is not None, "history": None}
    if period is None or window is None:
        nothing = dict.fromkeys(("pair", "stocks", "bonds", "assets", "strategies"))
        return row | nothing | ({"reason": scene.reason} if scene.reason else {})
    row["history"] = period.market.history.name
    if period is view.period:
        return row | view.returns_in(window)
    reason = "the crisis has a small history of its own, without bills, in which no strategy is simulated"
    if period.market.has_bills:
        reason = f"the run does not reach it; legs and assets are those of history {period.market.history.name}"
    moves = EpisodeData(period, pd.DataFrame(), (), view.correlation).returns_in(window)
    return row | moves | {"strategies": None, "reason": reason}


def episode_frame(episodes: Sequence[Json]) -> pd.DataFrame:
    """The episodes as a data frame, with a row for each: dates and returns."""
    dates = [key for key in ("start", "end", "peak", "trough") if episodes and key in episodes[0]]
    keys = [*dates, "pair", "stocks", "bonds"]
    return pd.DataFrame([{key: one[key] for key in keys} | one["assets"] | one["strategies"] for one in episodes])


def positions_by_name(windows: Sequence[Window], name: Callable[[Window], str]) -> dict[str, Integers]:
    """The indices of the windows of each name, with the names in order of their first window."""
    names = [name(window) for window in windows]
    return {one: np.array([place for place, other in enumerate(names) if other == one]) for one in dict.fromkeys(names)}
