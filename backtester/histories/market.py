"""The market: a history aligned on its sessions, as engine and plugins see it."""

import datetime
import functools
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import DataError, did_you_mean
from backtester.histories.align import refuse_endless
from backtester.histories.levels import (
    align_assets,
    align_observables,
    bill_returns_of,
    refuse_no_overlap,
    total_return_level,
)
from backtester.histories.manifest import History, find_history
from backtester.histories.rhythm import RHYTHMS, Rhythm, rhythm_of
from backtester.histories.sessions import days_between, period_ends
from backtester.histories.store import Figures, read_figures


@dataclass(frozen=True)
class Market:
    """Aligned series, one row a session.

    `levels`: total-return level of every asset and of bills, NaN before it starts. `observables`: what was known at
    each close. `bill_returns` (T,): what cash earned since the session before, NaN before bills start. `carried`: on
    how many sessions each asset had no value of its own. `rhythm`: how often there are sessions. `history` is all of
    it, whatever part of it was read.
    """

    history: History
    sessions: pd.DatetimeIndex
    levels: pd.DataFrame
    observables: pd.DataFrame
    calendar: pd.DataFrame
    bill_returns: Array
    days: Array
    carried: dict[str, int]
    rhythm: Rhythm = RHYTHMS["daily"]

    @functools.cached_property
    def assets(self) -> list[str]:
        """The roles that can be held, of those that were read."""
        return [role for role in self.levels.columns if role != "bills"]

    @functools.cached_property
    def columns(self) -> "pd.Index[str]":
        """The same as the columns of a table."""
        return pd.Index(self.assets)

    @property
    def roles(self) -> list[str]:
        """Every role that a strategy can read, of those that were read from the history."""
        return [*self.levels.columns, *self.observables.columns]

    @property
    def has_bills(self) -> bool:
        """Whether cash has a return, without which nothing can be simulated."""
        return "bills" in self.levels.columns

    @functools.cached_property
    def has_gaps(self) -> bool:
        """Whether an asset that can be held has no level on some session."""
        return bool(np.isnan(self.levels[self.assets].to_numpy()).any())

    @functools.cached_property
    def begins(self) -> dict[str, int | None]:
        """The first session on which each role has a value, None where it never has."""
        there = {role: self.role(role).notna().to_numpy() for role in self.roles}
        return {role: int(one.argmax()) if one.any() else None for role, one in there.items()}

    @property
    def returns(self) -> pd.DataFrame:
        """The session returns of the assets that can be held, NaN until they have two levels."""
        return self.levels[self.assets].pct_change(fill_method=None)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of all that it holds."""
        return self.hash_of(self.roles)

    def hash_of(self, roles: Collection[str]) -> str:
        """The hash of these roles' figures, of what cash earns, of the sessions and of the history's table."""
        digest = hashlib.sha256(self.history.sha256.encode())
        for values in (self.sessions.asi8, self.calendar.to_numpy(), self.bill_returns, self.days):
            digest.update(np.asarray(values).tobytes())
        for name in sorted(roles):
            digest.update(name.encode() + b"=" + self.role(name).to_numpy(dtype=float).tobytes())
        return digest.hexdigest()

    def role(self, name: str) -> "pd.Series[float]":
        """The series of one role; a DataError names the nearest when there is none."""
        for table in (self.levels, self.observables):
            if name in table.columns:
                return table[name]
        raise DataError(f"history {self.history.name!r} has no role {name!r}; {did_you_mean(name, self.roles)}")

    def cut(self, sessions: int) -> "Market":
        """The first `sessions` sessions, as they were seen then; the calendar ahead was known and stays."""
        return self._rows(slice(sessions))

    def since(self, first: int) -> "Market":
        """The sessions from number `first` on."""
        return self._rows(slice(first, None))

    def _rows(self, rows: slice) -> "Market":
        tables = {name: getattr(self, name).iloc[rows] for name in ("levels", "observables", "calendar")}
        arrays = {name: getattr(self, name)[rows] for name in ("sessions", "bill_returns", "days")}
        return replace(self, **tables, **arrays)


def load_market(
    name: str,
    folder: Path | None = None,
    *,
    roles: Collection[str] | None = None,
    until: datetime.date | None = None,
) -> Market:
    """The market of a named history, everything in it aligned on the sessions of `stocks`.

    With `roles` only these, what they are computed from, `stocks` and `bills` are read: of a history of thousands of
    series a moment's work. With `until` it is the market as it was seen at the close of that date: nothing later is in
    it but the calendar ahead, and hardly more than that is read; an asset that had not begun is NaN throughout.
    """
    return build_market(find_history(name, folder), roles=roles, until=until)


def build_market(
    history: History, *, roles: Collection[str] | None = None, until: datetime.date | None = None
) -> Market:
    """The market of a history: read the files, align levels on the sessions, then derive what is computed from them."""
    part = history if roles is None else history.only(roles)
    figures = read_figures(part, list(part.series), until=until)
    return replace(market_of(part, figures, until=until), history=history)


def market_of(history: History, figures: dict[str, Figures], *, until: datetime.date | None = None) -> Market:
    """The market of a history's figures, wherever they came from, as it was seen at the close of `until`.

    Figures later than that may be missing, and those of a series that had not begun empty.
    """
    if "stocks" not in history.series:
        raise DataError(f"history {history.name!r} has no series 'stocks'; its dates are the sessions")
    sessions = pd.DatetimeIndex(figures["stocks"].values.index, name="date")
    if history.table.until is not None:
        sessions = sessions[sessions <= pd.Timestamp(history.table.until)]
    rhythm = _rhythm(history, sessions)
    calendar = period_ends(sessions)
    if until is not None:
        sessions = sessions[sessions <= pd.Timestamp(until)]
        calendar = calendar.loc[sessions]
    if len(sessions) < 2:
        told = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'}{f' up to {until}' if until else ''}"
        raise DataError(f"history {history.name!r} has {told}; at least two are needed")
    aligned, carried = align_assets(history, figures, sessions)
    if until is None:
        refuse_no_overlap(history, figures, sessions)
    days = days_between(sessions)
    bills = bill_returns_of(history, aligned, days)
    levels = {role: total_return_level(history, role, figures, aligned, sessions) for role in aligned}
    for role, level in levels.items():
        refuse_endless(f"history {history.name!r}, series {role!r}", level, sessions)
    return Market(
        history=history,
        sessions=sessions,
        levels=pd.DataFrame(levels, index=sessions),
        observables=align_observables(history, figures, sessions),
        calendar=calendar,
        bill_returns=bills,
        days=days,
        carried=carried,
        rhythm=rhythm,
    )


def _rhythm(history: History, sessions: pd.DatetimeIndex) -> Rhythm:
    """The rhythm of the sessions, held against what the manifest says."""
    table = history.table
    a_year = table.sessions_a_year if "sessions_a_year" in table.model_fields_set else None
    return rhythm_of(f"history {history.name!r}", sessions, table.rhythm, a_year)
