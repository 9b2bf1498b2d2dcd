"""Sessions, the dates of a history: which end a week, month, quarter or year, and how many are left until its end."""

import functools

import numpy as np
import pandas as pd

from backtester.arrays import Array, Integers
from backtester.histories.checks.calendars import planned_days

PERIOD_CODES = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def period_ends(sessions: pd.DatetimeIndex, span: str = "day") -> pd.DataFrame:
    """A table of flags, sessions x periods: whether the session is the last of its period.

    The last session of all ends only periods that are no longer than the `span` of a session (day, week, month or
    quarter): whether it ends a longer one is not known.
    """
    ends, spans = {}, ["day", *PERIOD_CODES]  # from short to long
    for period, code in PERIOD_CODES.items():
        numbers = sessions.to_period(code).asi8
        last_ends_period = spans.index(period) <= spans.index(span)
        ends[period] = np.append(numbers[1:] != numbers[:-1], last_ends_period)
    return pd.DataFrame(ends, index=sessions)


def sessions_to_ends(sessions: pd.DatetimeIndex, calendar: str) -> pd.DataFrame:
    """A table, sessions x periods: the number of sessions of the period that follow, by the calendar's rules.

    The rules are known ahead, so a history that is cut shows the same. A day on which the exchange was closed at short
    notice (a funeral, a hurricane) counts as a session.
    """
    horizon = sessions[-1].to_period("Y").end_time.normalize() + pd.Timedelta(days=7)
    planned = _planned(calendar, sessions[0], horizon)
    passed = planned.searchsorted(sessions, side="right")
    columns = {}
    for period, code in PERIOD_CODES.items():
        ends = sessions.to_period(code).end_time.normalize()
        columns[f"sessions_to_{period}_end"] = planned.searchsorted(ends, side="right") - passed
    return pd.DataFrame(columns, index=sessions)


def sessions_between(sessions: pd.DatetimeIndex, dates: pd.DatetimeIndex, calendar: str) -> Integers:
    """The number (T,) of sessions, by the calendar's rules, after each session up to and including its date in `dates`.

    Negative where the date lies before the session.
    """
    planned = _planned(calendar, sessions[0], max(sessions[-1], dates.max()))
    return planned.searchsorted(dates, side="right") - planned.searchsorted(sessions, side="right")


_planned = functools.cache(planned_days)  # all strategies that read the calendar ask for the same days


def days_between(sessions: pd.DatetimeIndex) -> Array:
    """The calendar days (T,) since the session before; 0 at the first."""
    days = np.zeros(len(sessions))
    days[1:] = np.diff(sessions.to_numpy()) / np.timedelta64(1, "D")
    return days
