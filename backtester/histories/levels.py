"""The levels of a history's series on its sessions: aligned, then derived from one another."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags, Integers
from backtester.errors import DataError
from backtester.histories.align import CARRY_DAYS, GapRules, align_asset, first_known, known_at_closes
from backtester.histories.derived import bill_returns, price_returns
from backtester.histories.manifest import History
from backtester.histories.rhythm import DAILY, Rhythm, infer_rhythm
from backtester.histories.series import Asset, CalendarSeries, Observable, Quoted
from backtester.histories.series_inputs import Figures, Publications
from backtester.histories.sessions import days_between


@dataclass(frozen=True, eq=False)
class HistoryInputs:
    """The `series_inputs.SeriesInputs` of a history. Aligned figures and levels are computed once and kept."""

    history: History
    figures_by_role: Mapping[str, Figures]
    sessions: pd.DatetimeIndex
    aligned: dict[str, tuple[Array, int]] = field(default_factory=dict)
    levels: dict[str, Array] = field(default_factory=dict)

    @functools.cached_property
    def days(self) -> Array:
        """The calendar days since the session before."""
        return days_between(self.sessions)

    def kind_of(self, role: str) -> str:
        """The kind of a series."""
        return self.history.series[role].kind

    def figures(self, role: str) -> Figures:
        """The role's own figures by date."""
        return self.figures_by_role[role]

    def quoted(self, role: str, *, used_by: str) -> Array:
        """The role's own figures at each session (T,), carried over gaps as its series allows.

        Error messages name the series `by`, which is computed from them.
        """
        if role not in self.aligned:
            series = self.history.quoted[role]
            gaps = GapRules(role, series.absent, CARRY_DAYS if series.carry_days is None else series.carry_days)
            where = f"history {self.history.name!r}, series {used_by}"
            self.aligned[role] = align_asset(where, self.figures_by_role[role].values, self.sessions, gaps)
        return self.aligned[role][0]

    def level(self, role: str) -> Array:
        """The total-return level (T,) of an asset; NaN before it starts."""
        if role not in self.levels:
            series = self.history.series[role]
            assert isinstance(series, Asset)
            self.levels[role] = series.level(role, self)
        return self.levels[role]

    def published(self, role: str) -> Publications:
        """The values of a role that is quoted or an observable."""
        series = self.history.series[role]
        assert isinstance(series, Quoted | Observable)
        return series.published(role, self)

    def refuse_missing(self, role: str, what: str, missing: Flags) -> None:
        """Raise DataError, with the first date, if `what` the role is computed from is `missing` (T,) on a session."""
        if missing.any():
            date = self.sessions[int(missing.argmax())].date()
            raise DataError(
                f"history {self.history.name!r}, series {role!r}: there is no {what} on {date}; bring its figures up "
                "to date, or end the history before with until"
            )

    def first_known(self, figures: Figures, *, lag_sessions: int) -> Integers:
        """The number of the session at whose close each figure is first known."""
        return first_known(figures, self.sessions, lag_sessions=lag_sessions, close=self.history.table.close)

    @functools.cached_property
    def bill_returns(self) -> Array:
        """The return of bills in each session (T,), from their rate or an index of them; all NaN without either."""
        if "bills" not in self.history.series:
            return np.full(len(self.sessions), np.nan)
        if self._bills_have_a_rate:
            return bill_returns(self._bills / 100, self.days)
        returns, there = price_returns(self._bills), ~np.isnan(self._bills)
        returns[int(there.argmax())] = 0.0 if there.any() else np.nan
        return returns

    @functools.cached_property
    def bill_rates(self) -> Array:
        """The rate of bills at each session (T,), a fraction a year; from an index of bills, its return over a month.

        A single session's return is no rate: such an index often earns as much over a weekend as over a night.
        """
        levels, elapsed = self._bills, np.cumsum(self.days)
        if self._bills_have_a_rate:
            return levels / 100
        rates = np.full_like(levels, np.nan)
        month = (infer_rhythm(self.sessions) or DAILY).window_sessions
        rates[month:] = (levels[month:] / levels[:-month] - 1) * 365 / (elapsed[month:] - elapsed[:-month])
        return rates

    @property
    def _bills(self) -> Array:
        """The rate of bills in percent (T,), or the index of bills."""
        return self.quoted(self.history.price_source("bills"), used_by=repr("bills"))

    @property
    def _bills_have_a_rate(self) -> bool:
        return self.kind_of("bills") == "bills"


def asset_levels(inputs: HistoryInputs) -> tuple[dict[str, Array], dict[str, int]]:
    """The levels (T,) of all assets and bills, and the numbers of sessions on which their prices were carried."""
    roles = [role for role, series in inputs.history.series.items() if series.is_asset]
    for role in roles:
        inputs.quoted(inputs.history.price_source(role), used_by=repr(role))
    carried = {role: inputs.aligned[inputs.history.price_source(role)][1] for role in roles}
    return {role: inputs.level(role) for role in roles}, carried


def refuse_late_start(inputs: HistoryInputs) -> None:
    """Raise DataError if an asset begins after the last session."""
    history, last = inputs.history, inputs.sessions[-1]
    for role, series in history.series.items():
        begins = inputs.figures_by_role[history.price_source(role)].values.index[0] if series.is_asset else last
        if begins > last:
            raise DataError(
                f"history {history.name!r}, series {role!r}: its first value, on {begins.date()}, is after the last "
                f"session, {last.date()}; the history and the series do not overlap"
            )


def future_calendar(history: History, rhythm: Rhythm) -> str | None:
    """The name of the calendar of future sessions; None if the history names none, or its sessions are not daily."""
    named = history.table.calendar or rhythm.name
    return None if rhythm.period_code != "D" or named == "daily" else named


def schedule_columns(inputs: HistoryInputs, calendar: str | None) -> pd.DataFrame:
    """The columns that schedules add to a strategy's calendar, by session; none if `calendar` is None."""
    found = [
        series.columns(role, inputs, calendar)
        for role, series in inputs.history.series.items()
        if isinstance(series, CalendarSeries) and calendar is not None
    ]
    return pd.concat([pd.DataFrame(index=inputs.sessions), *found], axis=1)


def observables(inputs: HistoryInputs) -> pd.DataFrame:
    """Every observable as it was known at each session's close, NaN before its first publication."""
    known = {
        role: known_at_closes(inputs.published(role), inputs.sessions)
        for role, series in inputs.history.series.items()
        if series.is_observable
    }
    return pd.DataFrame(known, index=inputs.sessions)
