"""New figures of a series on a path, dated and published as the series was before: daily, weekly or monthly.

`before` are the figures up to the starting point, `ahead` the new sessions; arrays (N,) are by new session.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.histories.series_inputs import Figures

WEEK_DAYS = 7
RECENT_FIGURES = 60  # the last ones, whose dates show whether a series is weekly
LAG_FIGURES = 13  # the last ones, whose median lag of publication the new figures have


@dataclass(frozen=True, eq=False)
class NewSessions:
    """The new sessions (N,) of a path, the calendar days (N,) since the one before, and the returns (N,) of bills."""

    sessions: pd.DatetimeIndex
    days: Array
    bills: Array


def figures_of_path(before: Figures, values: Array, ahead: NewSessions, close: str) -> Figures:
    """The values (N,) as figures of the series: at each session or, if it was published weekly, once a week.

    `close` is the time of day at which a figure of a session is known, if the series has times of publication.
    """
    if before.published_at is None:
        return Figures(pd.Series(values, ahead.sessions))
    last = pd.Timestamp(before.values.index[-1])
    steps = np.diff(before.values.index.to_numpy()[-RECENT_FIGURES:]) / np.timedelta64(1, "D")
    if len(steps) == 0 or np.median(steps) != WEEK_DAYS:
        closes = ahead.sessions + pd.Timedelta(f"{close}:00")
        return Figures(pd.Series(values, ahead.sessions), pd.Series(closes, ahead.sessions))
    dates = pd.date_range(last, ahead.sessions[-1], freq=f"{WEEK_DAYS}D")[1:]
    counts = ahead.sessions.searchsorted(dates, side="right")  # of new sessions up to each date; 0: the last old figure
    return _published(before, dates, np.insert(values, 0, before.values.iloc[-1])[counts], ahead)


def new_price_index_months(before: Figures, moves: Array, ahead: NewSessions) -> Figures:
    """The figures of a price index in the months of the path, each dated on its first day.

    Inflation in a month is the last known one plus the moves (N,), in points, that the path has added by the month's
    end. Where there is no figure of a year ago the index stays as it is.
    """
    year, last = pd.DateOffset(years=1), pd.Timestamp(before.values.index[-1])
    added = pd.Series(np.cumsum(moves), ahead.sessions).groupby(ahead.sessions.to_period("M")).last()
    levels = {pd.Timestamp(str(date)): float(value) for date, value in before.values.items()}
    last_inflation = 100 * (levels[last] / levels.get(last - year, levels[last]) - 1)
    months = pd.period_range(last.to_period("M") + 1, ahead.sessions[-1].to_period("M"), freq="M").start_time
    for month in months:
        inflation = last_inflation + float(added.get(month.to_period("M"), 0.0))
        month_before = levels[month - pd.DateOffset(months=1)]
        levels[month] = levels[month - year] * (1 + inflation / 100) if month - year in levels else month_before
    return _published(before, months, np.array([levels[month] for month in months], np.float64), ahead)


def _published(before: Figures, dates: pd.DatetimeIndex, values: Array, ahead: NewSessions) -> Figures:
    """Figures of these dates; if the series has times of publication, with those: after the median lag of its last
    figures, but not before the first new session."""
    if before.published_at is None:
        return Figures(pd.Series(values, dates))
    lags = (before.published_at.iloc[-LAG_FIGURES:] - before.published_at.index[-LAG_FIGURES:]).to_numpy()
    lag = pd.Timedelta(np.sort(lags)[len(lags) // 2])
    times = [max(date + lag, ahead.sessions[0]) for date in dates]
    return Figures(pd.Series(values, dates), pd.Series(pd.DatetimeIndex(times), dates))


def joined_figures(before: Figures, after: Figures | None) -> Figures:
    """The figures of the past followed by those of the path, if it has any."""
    if after is None or not len(after.values):
        return before
    values = pd.concat([before.values, after.values])
    known = None if before.published_at is None else pd.concat([before.published_at, after.published_at])
    values.index = pd.DatetimeIndex(values.index).as_unit("s")
    return Figures(values, known)
