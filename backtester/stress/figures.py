"""New figures of a series: at every session, or dated and published as the series always was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.histories.sheet import Figures

WEEK = 7  # days


@dataclass(frozen=True, eq=False)
class NewSessions:
    """The new sessions (N,), the calendar days (N,) of each, and what cash returns in each (N,)."""

    sessions: pd.DatetimeIndex
    days: Array
    bills: Array


def figures_of_path(before: Figures, values: Array, stretch: NewSessions, close: str) -> Figures:
    """Values (N,) as the series would have them: at each session or, where it is published, once a week."""
    if before.known is None:
        return Figures(pd.Series(values, stretch.sessions))
    last = pd.Timestamp(before.values.index[-1])
    steps = np.diff(before.values.index.to_numpy()[-60:]) / np.timedelta64(1, "D")
    if len(steps) == 0 or np.median(steps) != WEEK:
        closes = stretch.sessions + pd.Timedelta(f"{close}:00")
        return Figures(pd.Series(values, stretch.sessions), pd.Series(closes, stretch.sessions))
    dates = pd.date_range(last, stretch.sessions[-1], freq=f"{WEEK}D")[1:]
    places = stretch.sessions.searchsorted(dates, side="right")
    return _published(before, dates, np.insert(values, 0, before.values.iloc[-1])[places], stretch)


def months_of(before: Figures, moves: Array, stretch: NewSessions) -> Figures:
    """Months of a price index: each stands over its month a year ago by as much as the last one known does, and by the
    points that the path had added when it ended."""
    year, last = pd.DateOffset(years=1), pd.Timestamp(before.values.index[-1])
    there = pd.Series(np.cumsum(moves), stretch.sessions).groupby(stretch.sessions.to_period("M")).last()
    known = {pd.Timestamp(str(date)): float(value) for date, value in before.values.items()}
    inflation = 100 * (known[last] / known.get(last - year, known[last]) - 1)
    months = pd.period_range(last.to_period("M") + 1, stretch.sessions[-1].to_period("M"), freq="M").start_time
    for month in months:
        percent = inflation + float(there.get(month.to_period("M"), 0.0))
        before_it = known[month - pd.DateOffset(months=1)]
        known[month] = known[month - year] * (1 + percent / 100) if month - year in known else before_it
    return _published(before, months, np.array([known[month] for month in months], np.float64), stretch)


def _published(before: Figures, dates: pd.DatetimeIndex, values: Array, stretch: NewSessions) -> Figures:
    """Figures of these dates, published as long after them as the last ones usually were, but not in the past."""
    if before.known is None:
        return Figures(pd.Series(values, dates))
    waits = (before.known.iloc[-13:] - before.known.index[-13:]).to_numpy()
    wait = pd.Timedelta(np.sort(waits)[len(waits) // 2])
    times = [max(date + wait, stretch.sessions[0]) for date in dates]
    return Figures(pd.Series(values, dates), pd.Series(pd.DatetimeIndex(times), dates))


def joined_figures(before: Figures, after: Figures | None) -> Figures:
    """The figures of the past and of the path as one."""
    if after is None or not len(after.values):
        return before
    values = pd.concat([before.values, after.values])
    known = None if before.known is None else pd.concat([before.known, after.known])
    values.index = pd.DatetimeIndex(values.index).as_unit("s")
    return Figures(values, known)
