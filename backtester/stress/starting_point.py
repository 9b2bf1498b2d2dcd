"""Where scenario paths start: a history's figures up to a session, and the sessions that would follow it."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path as FilePath

import numpy as np
import pandas as pd

from backtester.errors import ScenarioError
from backtester.histories.checks.calendars import planned_days
from backtester.histories.manifest import History, find_history
from backtester.histories.market import Market, market_of
from backtester.histories.series import Unfunded
from backtester.histories.sheet import Figures
from backtester.histories.store import read_figures

SESSION_CODES = {"D": "D", "W-SUN": "W-FRI", "M": "BME", "Q": "BQE"}  # pandas' names of the sessions of a rhythm


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """A history up to one of its sessions. `whole` has all figures, `figures` those up to the session, and `market` is
    the market as it ends there."""

    history: History
    whole: dict[str, Figures]
    figures: dict[str, Figures]
    market: Market

    @property
    def at(self) -> pd.Timestamp:
        """The session after which paths begin."""
        return self.market.sessions[-1]


def read_starting_point(
    name: str, folder: FilePath | None = None, *, roles: Collection[str] | None = None, at: datetime.date | None = None
) -> StartingPoint:
    """The starting point of a named history after a session, its last one unless another is named."""
    return make_starting_point(find_history(name, folder), roles=roles, at=at)


def source_starting_point(name: str, folder: FilePath | None = None) -> StartingPoint:
    """A named history to replay windows of, without futures and options, which are computed from other series.

    The last four that were read are cached, as long as their tables stay the same."""
    history = find_history(name, folder)
    return _kept(history.name, history.folder, history.sha256)


@lru_cache(maxsize=4)
def _kept(name: str, folder: FilePath, sha256: str) -> StartingPoint:
    del sha256  # a part of the cache's key: it changes when the history does
    history = find_history(name, folder)
    return make_starting_point(
        history, roles=[role for role, one in history.series.items() if not isinstance(one, Unfunded)]
    )


def make_starting_point(
    history: History, *, roles: Collection[str] | None = None, at: datetime.date | None = None
) -> StartingPoint:
    """The starting point of a history after a session, with only the roles asked for and what these are computed from.

    Raise ScenarioError if the history has no such session.
    """
    part = history if roles is None else history.only([role for role in roles if role in history.series])
    whole = read_figures(part, list(part.series))
    sessions = pd.DatetimeIndex(whole["stocks"].values.index)
    if part.table.until is not None:
        sessions = sessions[sessions <= pd.Timestamp(part.table.until)]
    last = sessions[-1] if at is None else pd.Timestamp(at)
    if last not in sessions[1:]:
        raise ScenarioError(f"{last.date()} is no session of history {history.name!r}; {_beside(sessions, last)}")
    open_ended = replace(part, table=part.table.model_copy(update={"until": None}))
    schedules = {role for role, one in part.series.items() if one.is_schedule}  # which are known ahead
    figures = {role: one if role in schedules else _cut(one, last) for role, one in whole.items()}
    return StartingPoint(open_ended, whole, figures, replace(market_of(open_ended, figures), history=open_ended))


def _beside(sessions: pd.DatetimeIndex, date: pd.Timestamp) -> str:
    """The sessions next to a date, in words."""
    place = int(sessions.searchsorted(date))
    if not 1 < place < len(sessions):
        return f"it covers {sessions[1].date()} to {sessions[-1].date()}"
    return f"those beside it are {sessions[place - 1].date()} and {sessions[place].date()}"


def _cut(figures: Figures, last: pd.Timestamp) -> Figures:
    """The figures up to a session; a month that is dated by its first day is left out until it is over."""
    dates = pd.DatetimeIndex(figures.values.index)
    ends = dates.to_period("M").end_time.normalize() if is_by_month(figures) else dates
    there = np.asarray(ends <= last)
    return Figures(figures.values[there], None if figures.known is None else figures.known[there])


def is_by_month(figures: Figures) -> bool:
    """Whether the figures are of months, dated on the first day of each."""
    dates = pd.DatetimeIndex(figures.values.index)
    return len(dates) > 1 and bool((dates.day == 1).all()) and np.median(np.diff(dates.to_numpy()).astype(int)) > 0


def following_sessions(market: Market, sessions: int) -> pd.DatetimeIndex:
    """The sessions that would follow the market's last one, by the calendar's rules or in the history's rhythm."""
    last, period = market.sessions[-1], market.rhythm.period
    if period != "D":
        found = pd.date_range(last + pd.Timedelta(days=1), periods=sessions, freq=SESSION_CODES[period])
        same = found.to_period(period)[:1] == last.to_period(period)
        later = pd.date_range(found[0] + pd.Timedelta(days=1), periods=sessions, freq=SESSION_CODES[period])
        return pd.DatetimeIndex(later if same.any() else found).as_unit("s")
    name = market.history.table.calendar or ("every day" if market.rhythm.name == "every day" else "weekdays")
    span = pd.Timedelta(days=round(sessions * 366 / market.rhythm.sessions_a_year) + 15)
    days = planned_days(name, last + pd.Timedelta(days=1), last + span)[:sessions]
    if len(days) < sessions:
        raise ScenarioError(
            f"calendar {name!r} has {len(days)} sessions after {last.date()}, and the path {sessions}; make it shorter"
        )
    return pd.DatetimeIndex(days).as_unit("s")
