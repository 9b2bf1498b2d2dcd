"""How stocks and bonds move together: correlations through time, in the tails, and in months.

Monthly figures are of whole calendar months, from month-end close to month-end close. What looks back over 63 sessions
or 36 months may look further back than the window that is measured, but never ahead.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from backtester.analysis.gaussian import joint_tail
from backtester.analysis.returns_kernel import ROUNDING
from backtester.analysis.shares import wilson_interval
from backtester.arrays import Array, Flags

SESSIONS = 63
MONTHS = 36
TAILS = (0.05, 0.10)


@dataclass(frozen=True)
class Share:
    """`k` of `n` and its share, with the 90% Wilson interval."""

    k: int
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Tail:
    """How often bonds were in their worst `q` of periods when stocks were in theirs, beside what would be expected."""

    frequency: str
    q: float
    seen: Share
    independent: float
    gaussian: float


@dataclass(frozen=True)
class Correlation:
    """Of daily and of monthly returns between two sessions; how many months that is."""

    start: pd.Timestamp
    end: pd.Timestamp
    daily: float
    monthly: float
    months: int


def rolling_correlations(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> pd.DataFrame:
    """By session, as known at its close: over 63 sessions, and over 36 months at the last month-end; NaN before."""
    daily = _rolling(legs.pct_change(fill_method=None), SESSIONS)
    monthly = _rolling(legs[month_ends].pct_change(fill_method=None), MONTHS)
    return pd.DataFrame(
        {"correlation_63_sessions": daily, "correlation_36_months": monthly.reindex(legs.index).ffill()}
    )


def _rolling(returns: pd.DataFrame, count: int) -> "pd.Series[float]":
    told: pd.Series[float] = returns["stocks"].rolling(count).corr(returns["bonds"])
    return told.where(np.isfinite(told))


def correlation_over(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> Correlation:
    """The correlations over all of these sessions."""
    monthly = period_returns(legs, month_ends)
    return Correlation(
        start=legs.index[0],
        end=legs.index[-1],
        daily=_correlation(legs.pct_change().to_numpy()[1:]),
        monthly=_correlation(monthly),
        months=len(monthly),
    )


def by_decade(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> list[Correlation]:
    """The correlations of each decade, whose first session's return runs from the last close before it."""
    decades = pd.DatetimeIndex(legs.index).year.to_numpy() // 10
    edges = [0, *np.flatnonzero(np.diff(decades)).tolist(), len(decades) - 1]
    return [
        correlation_over(legs.iloc[first : last + 1], month_ends.iloc[first : last + 1])
        for first, last in pairwise(edges)
        if last > first
    ]


def _correlation(returns: Array) -> float:
    """Pearson's, of two columns; NaN of fewer than three returns, or where one of the two does not vary."""
    if len(returns) < 3:
        return float("nan")
    centred = returns - returns.mean(axis=0)
    sizes = np.sqrt((centred**2).mean(axis=0))
    return float(centred.prod(axis=1).mean() / sizes.prod()) if sizes.min() > ROUNDING else float("nan")


def tails(legs: pd.DataFrame, week_ends: "pd.Series[bool]") -> list[Tail]:
    """The tails of daily and of weekly returns, worst 5% and worst 10%."""
    daily = legs.pct_change().to_numpy()[1:]
    return [
        _tail(returns, frequency, q)
        for frequency, returns in (("daily", daily), ("weekly", period_returns(legs, week_ends)))
        for q in TAILS
    ]


def _tail(returns: Array, frequency: str, q: float) -> Tail:
    stocks, bonds = (_worst(one, q) for one in returns.T)
    k, n = int((stocks & bonds).sum()), int(stocks.sum())
    expected = joint_tail(q, _correlation(returns)) / q
    return Tail(frequency, q, share_of(k, n), independent=q, gaussian=expected)


def _worst(returns: Array, q: float) -> Flags:
    """Which are among the worst floor(q n), and those that equal the last of them."""
    count = int(q * len(returns))
    if count == 0:
        return np.zeros(len(returns), dtype=bool)
    worst: Flags = returns <= np.partition(returns, count - 1)[count - 1]
    return worst


def months_both_down(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> Share:
    """In how many whole months both legs fell."""
    monthly = period_returns(legs, month_ends)
    return share_of(int((monthly < 0).all(axis=1).sum()), len(monthly))


def period_returns(legs: pd.DataFrame, ends: "pd.Series[bool]") -> Array:
    """The returns (periods, 2) from one period's last close to the next's."""
    levels = legs.to_numpy()[ends.to_numpy()]
    returns: Array = levels[1:] / levels[:-1] - 1
    return returns


def share_of(k: int, n: int) -> Share:
    """The share k of n, NaN without any."""
    return Share(k, n, k / n if n else float("nan"), *wilson_interval(k, n))
