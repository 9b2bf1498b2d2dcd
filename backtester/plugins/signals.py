"""Signals that several strategies use: volatility, recent signs, growth and correlation."""

import functools

import numpy as np
import pandas as pd

from backtester.arrays import Array

CACHED = 32  # results; the jobs of a study ask for the same ones


def deviation(level: "pd.Series[float]", sessions: int) -> "pd.Series[float]":
    """The sample standard deviation of the last `sessions` session returns of a level; NaN before there are so many."""
    values = np.ascontiguousarray(level.to_numpy(), np.float64)
    return pd.Series(_deviation(values.tobytes(), sessions), level.index)


@functools.lru_cache(CACHED)
def _deviation(values: bytes, sessions: int) -> Array:
    returns = pd.Series(np.frombuffer(values)).pct_change()
    return returns.rolling(sessions).std().to_numpy()


def lately(sign: "pd.Series[bool]", sessions: int) -> "pd.Series[bool]":
    """Whether the sign is true at this session or one of the `sessions` - 1 before it; NaN counts as false."""
    return sign.astype(float).rolling(sessions, min_periods=1).max() > 0


def growth(level: "pd.Series[float]", days: int) -> "pd.Series[float]":
    """The growth of an observable over that many calendar days, a fraction: 1.0 if it doubled.

    Both figures are as known at their sessions; NaN before there are two.
    """
    before = level.reindex(pd.DatetimeIndex(level.index) - pd.Timedelta(days=days), method="ffill")
    return level / before.to_numpy() - 1


def monthly_correlation(
    one: "pd.Series[float]",
    other: "pd.Series[float]",
    is_month_end: "pd.Series[bool]",
    sessions_a_year: float,
    months: int,
) -> "pd.Series[float]":
    """The correlation of the returns of two levels over so many months, by session, as of the last month-end.

    With quarterly sessions it is over the quarters of these months, at least six. NaN before there are enough returns,
    and where one level does not change."""
    count = max(6, round(months * min(1.0, sessions_a_year / 12)))
    first, second = (level[is_month_end].pct_change() for level in (one, other))
    return first.rolling(count).corr(second).clip(-1, 1).reindex(one.index, method="ffill")
