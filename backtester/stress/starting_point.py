"""The starting point of scenario paths: a history's figures up to a session, and the sessions that would follow it.

Figures are the values of a series by their own dates, as published; a role is the name under which a history has a
series, such as `stocks`; a rhythm is how often sessions come, daily to quarterly.
"""

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
from backtester.histories.market import Market, market_from_figures
from backtester.histories.series import Unfunded
from backtester.histories.series_inputs import Figures
from backtester.histories.store import read_figures

SESSION_CODES = {"D": "D", "W-SUN": "W-FRI", "M": "BME", "Q": "BQE"}  # pandas' names of the sessions of a rhythm


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """A history cut after one of its sessions: `figures` and `market` end with that session, `all_figures` go on."""

    history: History
    all_figures: dict[str, Figures]
    figures: dict[str, Figures]
    market: Market

    @property
    def last_session(self) -> pd.Timestamp:
        """The last session before the path."""
        return self.market.sessions[-1]


def read_starting_point(
    name: str, folder: FilePath | None = None, *, roles: Collection[str] | None = None, at: datetime.date | None = None
) -> StartingPoint:
    """The starting point of a named history, cut after the session `at`, or else after its last one.

    Only the `roles` asked for are read, or else all. Raise ScenarioError if the history has no such session.
    """
    return make_starting_point(find_history(name, folder), roles=roles, at=at)


def source_starting_point(name: str, folder: FilePath | None = None) -> StartingPoint:
    """The end of a named history of which windows are replayed, without futures and options, which are computed.

    The last four histories are cached, until their tables change."""
    history = find_history(name, folder)
    return _cached(history.name, history.folder, history.sha256)


@lru_cache(maxsize=4)
def _cached(name: str, folder: FilePath, sha256: str) -> StartingPoint:
    """The end of the history of this name in a folder, read once for each state (`sha256`) of its tables."""
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
    all_figures = read_figures(part, list(part.series))
    sessions = pd.DatetimeIndex(all_figures["stocks"].values.index)
    if part.table.until is not None:
        sessions = sessions[sessions <= pd.Timestamp(part.table.until)]
    last = sessions[-1] if at is None else pd.Timestamp(at)
    if last not in sessions[1:]:
        raise ScenarioError(
            f"{last.date()} is no session of history {history.name!r}; {_nearest_sessions(sessions, last)}"
        )
    open_ended = replace(part, table=part.table.model_copy(update={"until": None}))
    schedules = {
        role for role, one in part.series.items() if one.is_schedule
    }  # dates of coming events, which are known ahead
    figures = {role: one if role in schedules else _cut(one, last) for role, one in all_figures.items()}
    return StartingPoint(
        open_ended, all_figures, figures, replace(market_from_figures(open_ended, figures), history=open_ended)
    )


def _nearest_sessions(sessions: pd.DatetimeIndex, date: pd.Timestamp) -> str:
    """The text that names the sessions before and after a date, or the first and last where there are not both."""
    place = int(sessions.searchsorted(date))
    if not 1 < place < len(sessions):
        return f"it covers {sessions[1].date()} to {sessions[-1].date()}"
    return f"those beside it are {sessions[place - 1].date()} and {sessions[place].date()}"


def _cut(figures: Figures, last: pd.Timestamp) -> Figures:
    """The figures up to a session. Figures of a month are dated on its first day; they count from its last day on."""
    dates = pd.DatetimeIndex(figures.values.index)
    ends = dates.to_period("M").end_time.normalize() if is_by_month(figures) else dates
    is_past = np.asarray(ends <= last)
    return Figures(figures.values[is_past], None if figures.published_at is None else figures.published_at[is_past])


def is_by_month(figures: Figures) -> bool:
    """Whether the figures are of months, dated on the first day of each."""
    dates = pd.DatetimeIndex(figures.values.index)
    return len(dates) > 1 and bool((dates.day == 1).all()) and np.median(np.diff(dates.to_numpy()).astype(int)) > 0


def following_sessions(market: Market, sessions: int) -> pd.DatetimeIndex:
    """The dates (N,) of the sessions that would follow the market's last one: by the exchange calendar's rules or, of
    longer rhythms, the ends of weeks, months or quarters. Raise ScenarioError if the calendar ends before."""
    last, period = market.sessions[-1], market.rhythm.period_code
    if period != "D":
        ends = pd.date_range(last + pd.Timedelta(days=1), periods=sessions + 1, freq=SESSION_CODES[period])
        is_same_period = ends[0].to_period(period) == last.to_period(period)  # the last session stands for that period
        return pd.DatetimeIndex(ends[1:] if is_same_period else ends[:-1]).as_unit("s")
    name = market.history.table.calendar or ("every day" if market.rhythm.name == "every day" else "weekdays")
    span = pd.Timedelta(days=round(sessions * 366 / market.rhythm.sessions_a_year) + 15)
    days = planned_days(name, last + pd.Timedelta(days=1), last + span)[:sessions]
    if len(days) < sessions:
        raise ScenarioError(
            f"calendar {name!r} has {len(days)} sessions after {last.date()}, and the path {sessions}; make it shorter"
        )
    return pd.DatetimeIndex(days).as_unit("s")
