"""The market: a history aligned on its sessions, as engine and plugins see it."""

import datetime
import functools
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.errors import DataError, did_you_mean
from backtester.histories import levels, periods
from backtester.histories.align import refuse_infinite, refuse_too_few
from backtester.histories.manifest import History, find_history
from backtester.histories.rhythm import DAILY, Rhythm
from backtester.histories.series_inputs import Figures
from backtester.histories.sessions import days_between, period_ends
from backtester.histories.store import read_figures

SHOWN_ROLES = 12  # roles that the short form of a market names


@dataclass(frozen=True, eq=False)
class Market:
    """Aligned series, one row a session (T).

    `history`: with all its series, whichever were read. `levels`, by role (the name of a series): those of assets and
    bills, whose ratios a holding earns, NaN before they start. `observables`: the values of all else that are known at
    each close, NaN before the first. `calendar`: flags of the sessions that end a week, month, quarter or year.
    `bill_returns` (T,): the return of cash since the session before, NaN before bills start; `days` (T,): the calendar
    days since then. `carried`: by asset, the number of sessions whose level is that of an earlier date. `rhythm`: how
    often there are sessions. `slower_rhythms`: the names of the rhythms of assets with values for fewer than half of
    them. `scheduled`: columns about dates that are known ahead, see `kinds.schedule`.
    """

    history: History
    sessions: pd.DatetimeIndex
    levels: pd.DataFrame
    observables: pd.DataFrame
    calendar: pd.DataFrame
    bill_returns: Array
    days: Array
    carried: dict[str, int]
    rhythm: Rhythm = DAILY
    slower_rhythms: dict[str, str] = field(default_factory=dict)
    scheduled: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        """The name, rhythm, span and first few roles, in a line."""
        span = f"{self.sessions[0].date()} to {self.sessions[-1].date()}" if len(self.sessions) else "no session"
        roles = [*self.roles[:SHOWN_ROLES], *(["..."] if len(self.roles) > SHOWN_ROLES else [])]
        return f"<Market {self.history.name!r}, {self.rhythm.name}, {span}: {', '.join(roles)}>"

    @functools.cached_property
    def assets(self) -> list[str]:
        """The roles that can be held, of those that were read."""
        return [role for role in self.levels.columns if role != "bills"]

    @functools.cached_property
    def roles(self) -> list[str]:
        """Every role that a strategy can read, of those that were read from the history."""
        return [*self.levels.columns, *self.observables.columns]

    @property
    def has_bills(self) -> bool:
        """Whether cash has a return, without which nothing can be simulated."""
        return "bills" in self.levels.columns

    @property
    def returns(self) -> pd.DataFrame:
        """The session returns of the assets that can be held, NaN until they have two levels."""
        return self.levels[self.assets].pct_change(fill_method=None)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of all figures: see `hash_of`."""
        return self.hash_of([*self.roles, *(role for role in self.history.series if role not in self.history.readable)])

    def hash_of(self, roles: Collection[str]) -> str:
        """The hash of these roles' figures, of schedules' columns, cash, the sessions and the history's table."""
        digest = hashlib.sha256(self.history.sha256.encode())
        schedules = {*self.history.series} - {*self.history.readable}
        for values in (self.sessions.asi8, self.calendar.to_numpy(), self.bill_returns, self.days):
            digest.update(np.asarray(values).tobytes())
        for name in sorted({*roles} - schedules):
            digest.update(name.encode() + b"=" + self.role(name).to_numpy(dtype=float).tobytes())
        if not schedules.isdisjoint(roles):
            digest.update(self.scheduled.to_numpy(dtype=float).tobytes())
        return digest.hexdigest()

    def role(self, name: str) -> "pd.Series[float]":
        """The series of one role by session. Raise DataError, with the nearest role, if there is none."""
        for table in (self.levels, self.observables):
            if name in table.columns:
                return table[name]
        raise DataError(f"history {self.history.name!r} has no role {name!r}; {did_you_mean(name, self.roles)}")

    def cut(self, sessions: int) -> "Market":
        """The first `sessions` sessions: the market as it was known at the close of the last of them."""
        return self.rows(slice(sessions))

    def since(self, first: int) -> "Market":
        """The market from session number `first` on, counted from 0."""
        return self.rows(slice(first, None))

    def rows(self, rows: slice | Flags) -> "Market":
        """The market of those sessions alone."""
        tables = {name: getattr(self, name).iloc[rows] for name in ("levels", "observables", "calendar", "scheduled")}
        arrays = {name: getattr(self, name)[rows] for name in ("sessions", "bill_returns", "days")}
        return replace(self, **tables, **arrays)


def load_market(
    name: str,
    folder: Path | None = None,
    *,
    roles: Collection[str] | None = None,
    until: datetime.date | None = None,
    rhythm: str | None = None,
) -> Market:
    """The market of the history `name`, found in `folder` or among the embedded ones, aligned on the dates of `stocks`.

    With `roles`, only these, the series from which they are computed, `stocks` and `bills` are read. With `until`, the
    market as it was known at the close of that date: only the calendar looks further, and an asset that had not begun
    is NaN throughout. With `rhythm` ("week", "month" or "quarter"), the last session of each such period that is over:
    returns compounded, observables as known at these closes. Raise DataError if anything is missing or refused.
    """
    return build_market(find_history(name, folder), roles=roles, until=until, rhythm=rhythm)


def build_market(
    history: History,
    *,
    roles: Collection[str] | None = None,
    until: datetime.date | None = None,
    rhythm: str | None = None,
) -> Market:
    """The market of a history, as `load_market` describes it: read the files, align them, compute the other series."""
    part = history if roles is None else history.only(roles)
    figures = read_figures(part, list(part.series), until=until)
    return replace(market_from_figures(part, figures, until=until, rhythm=rhythm), history=history)


def market_from_figures(
    history: History, figures: dict[str, Figures], *, until: datetime.date | None = None, rhythm: str | None = None
) -> Market:
    """The market, as `load_market` describes it, of figures by role; those after `until` may be missing.

    With a `rhythm`, series slower than the sessions are carried to their next date, whatever their `carry_days`.
    """
    if "stocks" not in history.series:
        raise DataError(f"history {history.name!r} has no series 'stocks'; its dates are the sessions")
    sessions = pd.DatetimeIndex(figures["stocks"].values.index, name="date")
    if history.table.until is not None:
        sessions = sessions[sessions <= pd.Timestamp(history.table.until)]
    own_rhythm, measured = periods.choose_rhythms(history, sessions, rhythm)
    if measured is None and own_rhythm.period_code == "D":
        return _aligned(history, figures, dated=figures, sessions=sessions, rhythm=own_rhythm, until=until)
    dated = {role: periods.moved_to_last_sessions(own, sessions, own_rhythm) for role, own in figures.items()}
    if measured is None:
        return _aligned(history, figures, dated=dated, sessions=sessions, rhythm=own_rhythm, until=until)
    carrying = periods.with_longer_carry(history, dated, sessions, measured)
    every_session = _aligned(carrying, figures, dated=dated, sessions=sessions, rhythm=own_rhythm, until=until)
    return _at_ends(every_session, dated, sessions[periods.end_sessions(sessions, measured)], measured)


def _aligned(
    history: History,
    figures: dict[str, Figures],
    dated: dict[str, Figures],
    sessions: pd.DatetimeIndex,
    rhythm: Rhythm,
    until: datetime.date | None,
) -> Market:
    """The market on the sessions up to `until`; `dated` are the figures after `periods.moved_to_last_sessions`."""
    calendar = period_ends(sessions, rhythm.span)
    if until is not None:
        sessions = sessions[sessions <= pd.Timestamp(until)]
    refuse_too_few(history.name, sessions, until)
    inputs = levels.HistoryInputs(history, dated, sessions)
    level_by_role, carried = levels.asset_levels(inputs)
    if until is None:
        levels.refuse_late_start(inputs)
    for role, level in level_by_role.items():
        refuse_infinite(f"history {history.name!r}, series {role!r}", level, sessions)
    return Market(
        history=history,
        sessions=sessions,
        levels=pd.DataFrame(level_by_role, index=sessions),
        observables=levels.observables(
            replace(inputs, figures_by_role=periods.observable_figures(history, figures, dated, rhythm))
        ),
        calendar=calendar.loc[sessions],
        bill_returns=inputs.bill_returns,
        days=inputs.days,
        carried=carried,
        rhythm=rhythm,
        slower_rhythms=periods.slower_assets(history, dated, sessions, rhythm),
        scheduled=levels.schedule_columns(inputs, levels.future_calendar(history, rhythm)),
    )


def _at_ends(market: Market, dated: dict[str, Figures], last: pd.DatetimeIndex, rhythm: Rhythm) -> Market:
    """The market at the sessions `last` alone; columns about scheduled dates, which count sessions, are left out."""
    at_ends = market.rows(market.sessions.isin(last))
    sessions = at_ends.sessions
    refuse_too_few(market.history.name, sessions, market.sessions[-1].date())
    return replace(
        at_ends,
        calendar=period_ends(last, rhythm.span).loc[sessions],
        bill_returns=periods.cash_returns(at_ends.levels),
        days=days_between(sessions),
        carried=periods.carried_counts(market.history, dated, at_ends.levels),
        rhythm=rhythm,
        slower_rhythms=periods.slower_assets(market.history, dated, sessions, rhythm),
        scheduled=pd.DataFrame(index=sessions),
    )
