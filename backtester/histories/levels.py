"""The values of all series of a history on its sessions: quoted ones aligned, the others computed from them.

A quoted series has figures of its own, in a file; a role is the name of a series, such as `stocks`; an observable can
be read but not held.
"""

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
    """The `series_inputs.SeriesInputs` of a history, whose methods are described there.

    `figures_by_role` are those of all series that have a file. `aligned` and `levels` cache what was computed: by role
    the figures (T,) at each session with the number of sessions on which one was carried, and the levels (T,).
    """

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
        """The kind of a series, such as `price` or `bond`."""
        return self.history.series[role].kind

    def figures(self, role: str) -> Figures:
        """The role's own figures by date."""
        return self.figures_by_role[role]

    def quoted(self, role: str, *, used_by: str) -> Array:
        """The role's own figures at each session (T,), carried over gaps as the manifest allows.

        `used_by` names the series that is computed from them, for error messages.
        """
        if role not in self.aligned:
            series = self.history.quoted[role]
            gaps = GapRules(role, series.absent, CARRY_DAYS if series.carry_days is None else series.carry_days)
            where = f"history {self.history.name!r}, series {used_by}"
            self.aligned[role] = align_asset(where, self.figures_by_role[role].values, self.sessions, gaps)
        return self.aligned[role][0]

    def level(self, role: str) -> Array:
        """The level (T,) of an asset, whose ratios a holding earns; NaN before it starts."""
        if role not in self.levels:
            series = self.history.series[role]
            assert isinstance(series, Asset)
            self.levels[role] = series.level(role, self)
        return self.levels[role]

    def published(self, role: str) -> Publications:
        """The values of an observable, or of a series with figures of its own, and when each became known."""
        series = self.history.series[role]
        assert isinstance(series, Quoted | Observable)
        return series.published(role, self)

    def refuse_missing(self, role: str, what: str, missing: Flags) -> None:
        """Raise DataError if `missing` (T,) is true on a session; the message gives the first such date.

        `what` is the input, in words, that the series of `role` lacks there.
        """
        if missing.any():
            date = self.sessions[int(missing.argmax())].date()
            raise DataError(
                f"history {self.history.name!r}, series {role!r}: there is no {what} on {date}; bring its figures up "
                "to date, or end the history before with until"
            )

    def first_known(self, figures: Figures, *, lag_sessions: int) -> Integers:
        """The number of the session at whose close each figure became known: see `align.first_known`."""
        return first_known(figures, self.sessions, lag_sessions=lag_sessions, close=self.history.table.close)

    @functools.cached_property
    def bill_returns(self) -> Array:
        """The return of bills in each session (T,), from their rate or an index of them; all NaN without either."""
        if "bills" not in self.history.series:
            return np.full(len(self.sessions), np.nan)
        if self._bills_have_a_rate:
            return bill_returns(self._bills / 100, self.days)
        returns, has_level = price_returns(self._bills), ~np.isnan(self._bills)
        if has_level.any():
            returns[int(has_level.argmax())] = 0.0  # of the first level, which has none before it
        return returns

    @functools.cached_property
    def bill_rates(self) -> Array:
        """The rate of bills at each session (T,), a fraction a year; all NaN without bills.

        From an index of bills it is the annual rate of its return over the last month: a session's return is too noisy,
        since such an index often earns as much over a weekend as over a night.
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
        """The figures of bills at each session (T,): their rate in percent, or an index of them."""
        return self.quoted(self.history.price_source("bills"), used_by=repr("bills"))

    @property
    def _bills_have_a_rate(self) -> bool:
        """Whether bills are computed from a rate; if not, they are an index."""
        return self.kind_of("bills") == "bills"


def asset_levels(inputs: HistoryInputs) -> tuple[dict[str, Array], dict[str, int]]:
    """The levels (T,) of all assets and bills by role, and the numbers of sessions on which their prices were carried.

    Raise DataError if a gap in the prices is longer than the manifest allows.
    """
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
    """The name of the calendar whose rules give future sessions.

    None if the sessions are weekly or rarer, or those of an exchange that the manifest does not name.
    """
    calendar = history.table.calendar or rhythm.name
    return None if rhythm.period_code != "D" or calendar == "daily" else calendar


def schedule_columns(inputs: HistoryInputs, calendar: str | None) -> pd.DataFrame:
    """The columns, by session, that series of kind `schedule` add to the calendar; none if `calendar` is None."""
    tables = [
        series.columns(role, inputs, calendar)
        for role, series in inputs.history.series.items()
        if isinstance(series, CalendarSeries) and calendar is not None
    ]
    return pd.concat([pd.DataFrame(index=inputs.sessions), *tables], axis=1)


def observables(inputs: HistoryInputs) -> pd.DataFrame:
    """Every observable as it was known at each session's close, NaN before its first publication."""
    known = {
        role: known_at_closes(inputs.published(role), inputs.sessions)
        for role, series in inputs.history.series.items()
        if series.is_observable
    }
    return pd.DataFrame(known, index=inputs.sessions)
