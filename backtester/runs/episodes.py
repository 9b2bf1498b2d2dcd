"""The episodes of a run: joint sell-offs, drawdowns of the pair and crises, with all returns in each.

An episode is a dictionary with the keys that the document has for it. Dates are timestamps (of a named crisis ISO
texts), and returns are those of the pair, its legs (stocks and bonds), the assets and the strategies, as fractions, NaN
where undefined. A regime is the sign of the legs' correlation over 36 months.
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

    def crisis_period(crisis: Crisis) -> CrisisPeriod:
        """The crisis with the period that covers it, if there is one."""
        window = find_window(crisis, period.sessions, period.market.rhythm)
        if window is not None or crisis.history == settings.history:
            return CrisisPeriod(crisis, period if window else None, window)
        other_market = market_named(crisis.history)
        window = find_window(crisis, other_market.sessions, other_market.rhythm)
        missing = [role for role in settings.legs if role not in other_market.assets]
        if window is not None and missing:
            return CrisisPeriod(crisis, reason=f"history {crisis.history} has no {' and no '.join(missing)}")
        return CrisisPeriod(crisis, period_of(crisis.history) if window else None, window)

    periods = []
    for crisis in crises:
        try:
            periods.append(crisis_period(crisis))
        except BacktesterError as error:
            error.add_note(f"in the crisis {crisis.name!r}")
            raise
    return periods


@dataclass(frozen=True, eq=False)
class EpisodeData:
    """The data in which episodes are measured: the run's period, the strategies' net asset values (sessions x
    strategies), the crises with their periods, and the 36-month correlation of the legs by session."""

    period: Period
    nav: pd.DataFrame
    crisis_periods: Sequence[CrisisPeriod]
    correlation: "pd.Series[float]"

    def regime(self, window: Window) -> str:
        """The sign of the correlation as known at the window's first close: "negative", "positive" or
        "undetermined"."""
        return regime(self.correlation, window) or UNDETERMINED

    def decade(self, window: Window) -> str:
        """The decade of the window's first close, such as "2020s"."""
        return f"{self.period.sessions[window.start].year // 10}0s"

    def crisis(self, window: Window) -> Crisis | None:
        """The named crisis in the run's period that the window is part of, None if there is none."""
        windows = [
            (crisis.crisis, crisis.window)
            for crisis in self.crisis_periods
            if crisis.window and crisis.period is self.period
        ]
        return crisis_of(window, windows)

    def cause(self, window: Window) -> str:
        """The cause of the crisis that the window is part of."""
        crisis = self.crisis(window)
        return crisis.cause if crisis else UNNAMED

    @functools.cached_property
    def _other_assets(self) -> tuple[list[str], Array]:
        """The assets beside the pair's legs, by the names of their series, and their levels (sessions x assets)."""
        levels = self.period.market.levels.drop(columns=list(self.period.pair_settings.legs))
        return list(levels.columns), levels.to_numpy()

    def returns_in(self, window: Window) -> Json:
        """The returns of pair, legs, other assets and strategies over a window; NaN if it has no session."""

        def return_of(level: "pd.Series[float]") -> float:
            return window_return(level, window) if window.sessions else float("nan")

        pair, (roles, levels) = self.period.pair, self._other_assets
        others = window_returns(levels, window) if window.sessions else np.full(len(roles), np.nan)
        return {
            "pair": return_of(pair.nav),
            "stocks": return_of(pair.stocks),
            "bonds": return_of(pair.bonds),
            "assets": dict(zip(roles, others.tolist(), strict=True)),
            "strategies": {name: return_of(self.nav[name]) for name in self.nav.columns},
        }


def joint_sell_off_row(data: EpisodeData, window: Window) -> Json:
    """A joint sell-off, the drawdown and the crisis that it is part of, and the time after it."""
    period, dates = data.period, data.period.sessions
    crisis, sign = data.crisis(window), data.regime(window)
    after_window = window_after(window, len(dates), longest=period.rule.max_sessions)
    drawdown = parent_drawdown(window, period.falls)
    return {
        "start": dates[window.start],
        "end": dates[window.end],
        "sessions": window.sessions,
        **data.returns_in(window),
        "parent": drawdown
        and {"kind": period.pair.kind(drawdown), "peak": dates[drawdown.peak], "trough": dates[drawdown.trough]},
        "after": {"sessions": after_window.sessions, **data.returns_in(after_window)},
        "regime": None if sign == UNDETERMINED else sign,
        "cause": crisis.cause if crisis else None,
        "crisis": crisis.name if crisis else None,
    }


def drawdown_row(data: EpisodeData, fall: Drawdown) -> Json:
    """A drawdown of the pair from peak to trough; `days` and, from the trough on, `recovery_days` are calendar days."""
    dates, window = data.period.sessions, Window(fall.peak, fall.trough)
    stocks, bonds = data.period.pair.contributions(window)
    recovery = None if fall.recovery is None else dates[fall.recovery]
    return {
        "peak": dates[fall.peak],
        "trough": dates[fall.trough],
        "recovery": recovery,
        "days": (dates[fall.trough] - dates[fall.peak]).days,
        "recovery_days": None if recovery is None else (recovery - dates[fall.trough]).days,
        "kind": data.period.pair.kind(fall),
        **data.returns_in(window),
        "stocks_contribution": stocks,
        "bonds_contribution": bonds,
    }


def crisis_row(data: EpisodeData, crisis_period: CrisisPeriod) -> Json:
    """A named crisis in the run's period or in another history; all returns are None if neither covers it."""
    period, window = crisis_period.period, crisis_period.window
    row: Json = crisis_period.crisis.model_dump(mode="json") | {"covered": window is not None, "history": None}
    if period is None or window is None:
        no_returns = dict.fromkeys(("pair", "stocks", "bonds", "assets", "strategies"))
        return row | no_returns | ({"reason": crisis_period.reason} if crisis_period.reason else {})
    row["history"] = period.market.history.name
    if period is data.period:
        return row | data.returns_in(window)
    reason = "the crisis has a small history of its own, without bills, in which no strategy is simulated"
    if period.market.has_bills:
        reason = f"the run does not reach it; legs and assets are those of history {period.market.history.name}"
    returns = EpisodeData(period, pd.DataFrame(), (), data.correlation).returns_in(window)
    return row | returns | {"strategies": None, "reason": reason}


def episode_frame(episodes: Sequence[Json]) -> pd.DataFrame:
    """The episodes as a data frame, with a row for each: dates and returns."""
    dates = [key for key in ("start", "end", "peak", "trough") if episodes and key in episodes[0]]
    keys = [*dates, "pair", "stocks", "bonds"]
    return pd.DataFrame(
        [{key: episode[key] for key in keys} | episode["assets"] | episode["strategies"] for episode in episodes]
    )


def positions_by_name(windows: Sequence[Window], name: Callable[[Window], str]) -> dict[str, Integers]:
    """The indices of the windows of each name, with the names in order of their first window."""
    names = [name(window) for window in windows]
    return {
        distinct: np.array([index for index, window_name in enumerate(names) if window_name == distinct])
        for distinct in dict.fromkeys(names)
    }
