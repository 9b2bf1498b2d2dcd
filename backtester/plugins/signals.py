"""Signals that several strategies use: volatility, recent signs, growth and correlation.

A level is the value of a series by session, such as a total return index.
"""

import functools

import numpy as np
import pandas as pd

from backtester.arrays import Array

CACHED_RESULTS = 32  # kept in memory: the jobs of a study ask for the same ones again and again


def deviation(level: "pd.Series[float]", sessions: int) -> "pd.Series[float]":
    """The sample standard deviation of the last `sessions` session returns of a level, by session.

    It is not annualised, and NaN before there are so many returns.
    """
    values = np.ascontiguousarray(level.to_numpy(), np.float64)
    return pd.Series(_deviation(values.tobytes(), sessions), level.index)


@functools.lru_cache(CACHED_RESULTS)
def _deviation(values: bytes, sessions: int) -> Array:
    returns = pd.Series(np.frombuffer(values)).pct_change()
    return returns.rolling(sessions).std().to_numpy()


def recently_true(flags: "pd.Series[bool]", sessions: int) -> "pd.Series[bool]":
    """Whether a flag was true in any of the last `sessions` sessions, this one included; NaN counts as false."""
    return flags.astype(float).rolling(sessions, min_periods=1).max() > 0


def growth(level: "pd.Series[float]", days: int) -> "pd.Series[float]":
    """The growth of an observable over that many calendar days, by session, as a fraction: 1.0 if it doubled.

    An observable is a level that can be read and not held. The earlier value is the one known on that day; NaN if none
    was.
    """
    before = level.reindex(pd.DatetimeIndex(level.index) - pd.Timedelta(days=days), method="ffill")
    return level / before.to_numpy() - 1


def monthly_correlation(
    first_level: "pd.Series[float]",
    second_level: "pd.Series[float]",
    is_month_end: "pd.Series[bool]",
    sessions_a_year: float,
    months: int,
) -> "pd.Series[float]":
    """The correlation of two levels' monthly returns over the last `months`, by session, as of the last month-end.

    A history with fewer than twelve sessions a year has one return a session, and so fewer in these months; at least
    six are used. NaN before there are enough returns, and where one level does not change.
    """
    count = max(6, round(months * min(1.0, sessions_a_year / 12)))
    first, second = (level[is_month_end].pct_change() for level in (first_level, second_level))
    return first.rolling(count).corr(second).reindex(first_level.index, method="ffill")
