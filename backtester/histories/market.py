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
from backtester.histories import ends
from backtester.histories.align import refuse_infinite, refuse_too_few
from backtester.histories.levels import (
    HistorySheet,
    asset_levels,
    observables,
    planned_by,
    refuse_no_overlap,
    schedules,
)
from backtester.histories.manifest import History, find_history
from backtester.histories.rhythm import DAILY, Rhythm
from backtester.histories.sessions import days_between, period_ends
from backtester.histories.sheet import Figures
from backtester.histories.store import read_figures

SHOWN_ROLES = 12  # roles that the short form of a market names


@dataclass(frozen=True, eq=False)
class Market:
    """Aligned series, one row a session (T).

    `levels`: total-return level of every asset and of bills, NaN before it starts. `observables`: the values known at
    each close. `calendar`: which sessions end a week, month, quarter or year. `bill_returns` (T,): the return of cash
    since the session before, NaN before bills start; `days` (T,): the calendar days since it. `carried`: the number of
    sessions on which each asset had no value of its own. `slower`: the rhythms of assets that have values for fewer
    than half of the sessions. `scheduled`: columns about dates that are known ahead. `history` is always whole.
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
    slower: dict[str, str] = field(default_factory=dict)
    scheduled: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        """Its name, span, rhythm and first few roles, in a line."""
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
        """The hash of all that it holds."""
        return self.hash_of([*self.roles, *self.history.schedules])

    def hash_of(self, roles: Collection[str]) -> str:
        """The hash of these roles' figures, of what cash earns, of the sessions and of the history's table.

        With a schedule among them it is also that of all columns about dates that are known ahead.
        """
        digest = hashlib.sha256(self.history.sha256.encode())
        for values in (self.sessions.asi8, self.calendar.to_numpy(), self.bill_returns, self.days):
            digest.update(np.asarray(values).tobytes())
        schedules = self.history.schedules
        figures = {name: self.role(name) for name in roles if name not in schedules}
        if not schedules.isdisjoint(roles):
            figures |= dict(self.scheduled.items())
        for name in sorted(figures):
            digest.update(name.encode() + b"=" + figures[name].to_numpy(dtype=float).tobytes())
        return digest.hexdigest()

    def role(self, name: str) -> "pd.Series[float]":
        """The series of one role by session. Raise DataError, with the nearest, if there is none."""
        for table in (self.levels, self.observables):
            if name in table.columns:
                return table[name]
        raise DataError(f"history {self.history.name!r} has no role {name!r}; {did_you_mean(name, self.roles)}")

    def cut(self, sessions: int) -> "Market":
        """The market up to its session number `sessions`, which is left out: what was known at the close before."""
        return self.rows(slice(sessions))

    def since(self, first: int) -> "Market":
        """The sessions from number `first` on."""
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
    """The market of a named history, everything in it aligned on the sessions of `stocks`.

    With `roles` only these, what they are computed from, `stocks` and `bills` are read. With `until` it is the market
    as it was seen at the close of that date: nothing later is in it but the calendar ahead; an asset that had not begun
    is NaN throughout. With `rhythm`, a week, month or quarter, it has the last session of each that is over: returns of
    assets and cash compounded, observables as they were known at those closes.
    """
    return build_market(find_history(name, folder), roles=roles, until=until, rhythm=rhythm)


def build_market(
    history: History,
    *,
    roles: Collection[str] | None = None,
    until: datetime.date | None = None,
    rhythm: str | None = None,
) -> Market:
    """The market of a history: read the files, align levels on the sessions, then derive what is computed from them."""
    part = history if roles is None else history.only(roles)
    figures = read_figures(part, list(part.series), until=until)
    return replace(market_of(part, figures, until=until, rhythm=rhythm), history=history)


def market_of(
    history: History, figures: dict[str, Figures], *, until: datetime.date | None = None, rhythm: str | None = None
) -> Market:
    """The market of a history's figures, wherever they came from, as it was seen at the close of `until`.

    Figures later than that may be missing, and those of a series that had not begun empty. With a `rhythm`, slower
    series are carried from one date to the next without a `carry_days`.
    """
    if "stocks" not in history.series:
        raise DataError(f"history {history.name!r} has no series 'stocks'; its dates are the sessions")
    sessions = pd.DatetimeIndex(figures["stocks"].values.index, name="date")
    if history.table.until is not None:
        sessions = sessions[sessions <= pd.Timestamp(history.table.until)]
    own, asked = ends.rhythms_of(history, sessions, rhythm)
    if asked is None and own.period == "D":
        return _aligned(history, figures, figures, sessions, own, until)
    dated = {role: ends.by_period(one, sessions, own) for role, one in figures.items()}
    if asked is None:
        return _aligned(history, figures, dated, sessions, own, until)
    whole = _aligned(ends.with_longer_carry(history, dated, sessions, asked), figures, dated, sessions, own, until)
    return _at_ends(whole, dated, sessions[ends.end_sessions(sessions, asked)], asked)


def _aligned(
    history: History,
    figures: dict[str, Figures],
    dated: dict[str, Figures],
    sessions: pd.DatetimeIndex,
    rhythm: Rhythm,
    until: datetime.date | None,
) -> Market:
    """The market on the sessions up to `until`; `dated` are the figures as `ends.by_period` dates them."""
    calendar = period_ends(sessions, rhythm.span)
    if until is not None:
        sessions = sessions[sessions <= pd.Timestamp(until)]
    refuse_too_few(history.name, sessions, until)
    sheet = HistorySheet(history, dated, sessions)
    levels, carried = asset_levels(sheet)
    if until is None:
        refuse_no_overlap(sheet)
    for role, level in levels.items():
        refuse_infinite(f"history {history.name!r}, series {role!r}", level, sessions)
    return Market(
        history=history,
        sessions=sessions,
        levels=pd.DataFrame(levels, index=sessions),
        observables=observables(replace(sheet, given=ends.seen_figures(history, figures, dated, rhythm))),
        calendar=calendar.loc[sessions],
        bill_returns=sheet.bill_returns,
        days=sheet.days,
        carried=carried,
        rhythm=rhythm,
        slower=ends.slower_assets(history, dated, sessions, rhythm),
        scheduled=schedules(sheet, planned_by(history, rhythm)),
    )


def _at_ends(market: Market, dated: dict[str, Figures], last: pd.DatetimeIndex, rhythm: Rhythm) -> Market:
    """The market at the sessions `last` alone: returns compounded, observables as they were known there."""
    kept = market.rows(market.sessions.isin(last))
    refuse_too_few(market.history.name, kept.sessions, market.sessions[-1].date())
    return replace(
        kept,
        calendar=period_ends(last, rhythm.span).loc[kept.sessions],
        bill_returns=ends.cash_returns(kept.levels),
        days=days_between(kept.sessions),
        carried=ends.carried_at(market.history, dated, kept.levels),
        rhythm=rhythm,
        slower=ends.slower_assets(market.history, dated, kept.sessions, rhythm),
        scheduled=pd.DataFrame(index=kept.sessions),
    )
