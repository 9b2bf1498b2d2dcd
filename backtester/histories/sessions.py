"""The calendar of a history's sessions: which end a week, month, quarter or year, and how far off that end is."""

import functools

import numpy as np
import pandas as pd

from backtester.arrays import Array, Integers
from backtester.histories.checks.calendars import planned_days

PERIOD_CODES = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def period_ends(sessions: pd.DatetimeIndex, span: str = "day") -> pd.DataFrame:
    """A table of flags, sessions x periods: whether the session is the last of its period.

    The history's own last session ends no period that is longer than the `span` of a session.
    """
    ends, order = {}, ["day", *PERIOD_CODES]
    for period, code in PERIOD_CODES.items():
        number = sessions.to_period(code).asi8
        ends[period] = np.append(number[1:] != number[:-1], order.index(period) <= order.index(span))
    return pd.DataFrame(ends, index=sessions)


def sessions_to_ends(sessions: pd.DatetimeIndex, calendar: str) -> pd.DataFrame:
    """A table, sessions x periods: the sessions of the period that are still to come by the calendar's rules.

    The rules are known ahead, so a history that is cut shows the same; a day on which the exchange closed by order
    (a funeral, a hurricane) counts as the session that it was to be.
    """
    horizon = sessions[-1].to_period("Y").end_time.normalize() + pd.Timedelta(days=7)
    planned = _planned(calendar, sessions[0], horizon)
    passed = planned.searchsorted(sessions, side="right")
    left = {}
    for period, code in PERIOD_CODES.items():
        ends = sessions.to_period(code).end_time.normalize()
        left[f"sessions_to_{period}_end"] = planned.searchsorted(ends, side="right") - passed
    return pd.DataFrame(left, index=sessions)


def sessions_between(sessions: pd.DatetimeIndex, dates: pd.DatetimeIndex, calendar: str) -> Integers:
    """The number (T,) of sessions, by the calendar's rules, after each session up to its date in `dates`, inclusive."""
    planned = _planned(calendar, sessions[0], max(sessions[-1], dates.max()))
    return planned.searchsorted(dates, side="right") - planned.searchsorted(sessions, side="right")


_planned = functools.cache(planned_days)  # every call of every strategy that reads the calendar asks for the same


def days_between(sessions: pd.DatetimeIndex) -> Array:
    """The calendar days (T,) since the session before; 0 at the first."""
    days = np.zeros(len(sessions))
    days[1:] = np.diff(sessions.to_numpy()) / np.timedelta64(1, "D")
    return days
