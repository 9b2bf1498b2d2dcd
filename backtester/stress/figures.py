"""New figures of a series on a path, dated and published as the series was before."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.histories.sheet import Figures

WEEK = 7  # days


@dataclass(frozen=True, eq=False)
class NewSessions:
    """The new sessions (N,) of a path, the calendar days (N,) since the one before, and the returns (N,) of cash."""

    sessions: pd.DatetimeIndex
    days: Array
    bills: Array


def figures_of_path(before: Figures, values: Array, ahead: NewSessions, close: str) -> Figures:
    """The values (N,) as figures of the series: at each session or, if it was published weekly, once a week."""
    if before.known is None:
        return Figures(pd.Series(values, ahead.sessions))
    last = pd.Timestamp(before.values.index[-1])
    steps = np.diff(before.values.index.to_numpy()[-60:]) / np.timedelta64(1, "D")
    if len(steps) == 0 or np.median(steps) != WEEK:
        closes = ahead.sessions + pd.Timedelta(f"{close}:00")
        return Figures(pd.Series(values, ahead.sessions), pd.Series(closes, ahead.sessions))
    dates = pd.date_range(last, ahead.sessions[-1], freq=f"{WEEK}D")[1:]
    places = ahead.sessions.searchsorted(dates, side="right")
    return _published(before, dates, np.insert(values, 0, before.values.iloc[-1])[places], ahead)


def new_price_index_months(before: Figures, moves: Array, ahead: NewSessions) -> Figures:
    """New months of a price index: its change over twelve months is the last known one plus the points (N,) that the
    path has added by the month's end."""
    year, last = pd.DateOffset(years=1), pd.Timestamp(before.values.index[-1])
    there = pd.Series(np.cumsum(moves), ahead.sessions).groupby(ahead.sessions.to_period("M")).last()
    known = {pd.Timestamp(str(date)): float(value) for date, value in before.values.items()}
    inflation = 100 * (known[last] / known.get(last - year, known[last]) - 1)
    months = pd.period_range(last.to_period("M") + 1, ahead.sessions[-1].to_period("M"), freq="M").start_time
    for month in months:
        percent = inflation + float(there.get(month.to_period("M"), 0.0))
        before_it = known[month - pd.DateOffset(months=1)]
        known[month] = known[month - year] * (1 + percent / 100) if month - year in known else before_it
    return _published(before, months, np.array([known[month] for month in months], np.float64), ahead)


def _published(before: Figures, dates: pd.DatetimeIndex, values: Array, ahead: NewSessions) -> Figures:
    """Figures of these dates, published after the median lag of the last 13, but not before the first new session."""
    if before.known is None:
        return Figures(pd.Series(values, dates))
    waits = (before.known.iloc[-13:] - before.known.index[-13:]).to_numpy()
    wait = pd.Timedelta(np.sort(waits)[len(waits) // 2])
    times = [max(date + wait, ahead.sessions[0]) for date in dates]
    return Figures(pd.Series(values, dates), pd.Series(pd.DatetimeIndex(times), dates))


def joined_figures(before: Figures, after: Figures | None) -> Figures:
    """The figures of the past followed by those of the path, if there are any."""
    if after is None or not len(after.values):
        return before
    values = pd.concat([before.values, after.values])
    known = None if before.known is None else pd.concat([before.known, after.known])
    values.index = pd.DatetimeIndex(values.index).as_unit("s")
    return Figures(values, known)
