"""How stocks and bonds move together: their correlation through time and its sign, in the tails, and in months.

Monthly figures are of whole calendar months, from month-end close to month-end close; in a quarterly history they are
of quarters. Rolling correlations may use sessions before the window that is measured, but never later ones. A spell is
a number of month-ends in a row at which the rolling correlation has the same sign. Rhythm: how often sessions come.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pandas as pd

from backtester.analysis.returns_kernel import VARIANCE_ROUNDING
from backtester.analysis.shares import wilson_interval
from backtester.analysis.windows import Window
from backtester.arrays import Array, Flags
from backtester.histories.market import Market
from backtester.histories.rhythm import DAILY, Rhythm

CORRELATION_MONTHS = 36
NEXT_LONGER = {"day": "week", "week": "month", "month": "quarter", "quarter": "year"}  # period, by that of a session
FREQUENCY = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly"}
TAILS = (0.05, 0.10)
NODES = 64  # of the quadrature: exact to 1e-14 for correlations up to 0.999, as the integrand is smooth in the angle
SIGN_NAMES = {1: "positive", -1: "negative"}


@dataclass(frozen=True)
class Share:
    """The share of `k` in `n`, with its 90% Wilson interval from `low` to `high`."""

    k: int
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Tail:
    """The share of the periods with stocks in their worst `q` in which bonds were in theirs, `k` of `n`, with its 90%
    Wilson interval; and the shares expected of independent returns, and of normal ones with the same correlation."""

    frequency: str
    q: float
    k: int
    n: int
    share: float
    low: float
    high: float
    independent: float
    gaussian: float


@dataclass(frozen=True)
class Correlation:
    """The correlations of session and of monthly returns between two sessions, and the number of those months."""

    start: pd.Timestamp
    end: pd.Timestamp
    by_session: float
    monthly: float
    months: int


def dependence(legs: pd.DataFrame, market: Market, correlation: "pd.Series[float]") -> dict[str, object]:
    """All of this over the sessions of the market and `legs` (levels, columns stocks and bonds), by its keys in the
    document; `correlation` (T,) is the rolling one of 36 months."""
    months = market.calendar["month"]
    overall = correlation_over(legs, months)
    return {
        "correlation": {"by_session": overall.by_session, "monthly": overall.monthly, "months": overall.months},
        "by_period": by_decade(legs, months),
        "tails": tails(legs, market.calendar, market.rhythm),
        "months_both_down": months_both_down(legs, months),
        "spells": spells(correlation, months),
    }


def rolling_correlations(legs: pd.DataFrame, month_ends: "pd.Series[bool]", rhythm: Rhythm = DAILY) -> pd.DataFrame:
    """Two correlations of the legs by session, as known at its close, NaN where returns are too few: of the rhythm's
    number of session returns (63 of daily data), and of the 36 monthly returns up to the last month-end."""
    count, months = rhythm.correlation_sessions, round(CORRELATION_MONTHS * min(1, rhythm.sessions_a_year / 12))
    short = _rolling(legs.pct_change(fill_method=None), count)
    monthly = _rolling(legs[month_ends].pct_change(fill_method=None), months)
    return pd.DataFrame(
        {f"correlation_{count}_sessions": short, "correlation_36_months": monthly.reindex(legs.index).ffill()}
    )


def _rolling(returns: pd.DataFrame, count: int) -> "pd.Series[float]":
    """The correlation of the last `count` returns of both legs at each of their dates."""
    correlation: pd.Series[float] = returns["stocks"].rolling(count).corr(returns["bonds"])
    return correlation.where(np.isfinite(correlation)).clip(-1, 1)  # beyond by rounding


def correlation_over(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> Correlation:
    """The correlations over all of these sessions; `month_ends` flags the last session of each month."""
    monthly = period_returns(legs, month_ends)
    return Correlation(
        start=legs.index[0],
        end=legs.index[-1],
        by_session=_correlation(legs.pct_change().to_numpy()[1:]),
        monthly=_correlation(monthly),
        months=len(monthly),
    )


def by_decade(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> list[Correlation]:
    """The correlations of each decade; the first return of one starts at the last close of the one before."""
    decades = pd.DatetimeIndex(legs.index).year.to_numpy() // 10
    edges = [0, *np.flatnonzero(np.diff(decades)).tolist(), len(decades)]
    return [
        correlation_over(legs.iloc[first : last + 1], month_ends.iloc[first : last + 1])
        for first, last in pairwise(edges)
        if last > first
    ]


def _correlation(returns: Array) -> float:
    """Pearson's correlation of two columns; NaN of fewer than three returns, or where one of the two does not vary."""
    if len(returns) < 3:
        return float("nan")
    centred = returns - returns.mean(axis=0)
    sizes = np.sqrt((centred**2).mean(axis=0))
    if sizes.min() <= VARIANCE_ROUNDING:
        return float("nan")
    return float(np.clip(centred.prod(axis=1).mean() / sizes.prod(), -1, 1))  # beyond by rounding


def tails(legs: pd.DataFrame, calendar: pd.DataFrame, rhythm: Rhythm = DAILY) -> list[Tail]:
    """The tails, worst 5% and 10%, of session returns and of those of the next longer period (weeks of daily data)."""
    longer = NEXT_LONGER[rhythm.span]
    found = {rhythm.span: legs.pct_change().to_numpy()[1:], longer: period_returns(legs, calendar[longer])}
    return [_tail(returns, FREQUENCY[span], q) for span, returns in found.items() for q in TAILS]


def _tail(returns: Array, frequency: str, q: float) -> Tail:
    """The tail of returns (n, 2) of stocks and bonds with this frequency."""
    stocks, bonds = (_worst(leg, q) for leg in returns.T)
    k, n = int((stocks & bonds).sum()), int(stocks.sum())
    expected = joint_tail(q, _correlation(returns)) / q
    return Tail(frequency, q, **vars(share_of(k, n)), independent=q, gaussian=expected)


def _worst(returns: Array, q: float) -> Flags:
    """Flags (n,) of the worst floor(q n) returns, and of those that are equal to the mildest of them."""
    count = int(q * len(returns))
    if count == 0:
        return np.zeros(len(returns), dtype=bool)
    return np.asarray(returns <= np.sort(returns)[count - 1], bool)


def months_both_down(legs: pd.DataFrame, month_ends: "pd.Series[bool]") -> Share:
    """The share of whole months in which both legs fell."""
    monthly = period_returns(legs, month_ends)
    return share_of(int((monthly < 0).all(axis=1).sum()), len(monthly))


def period_returns(legs: pd.DataFrame, ends: "pd.Series[bool]") -> Array:
    """The returns (periods, 2) from one period's last close to the next's."""
    levels = legs.to_numpy()[ends.to_numpy()]
    returns: Array = levels[1:] / levels[:-1] - 1
    return returns


def share_of(k: int, n: int) -> Share:
    """The share of k in n; NaN for an n of 0."""
    return Share(k, n, k / n if n else float("nan"), *wilson_interval(k, n))


def joint_tail(q: float, correlation: float) -> float:
    """P(both below their quantile q) of two normal variables of that correlation; NaN without one.

    Phi(h)^2 + the integral over angles from 0 to arcsin(rho) of exp(-h^2 / (1 + sin angle)) / (2 pi), h the quantile:
    Plackett (1954), Biometrika 41, 351-360, by Gauss-Legendre quadrature.
    """
    if not -1 <= correlation <= 1:
        return float("nan")
    if correlation == -1:
        return max(0.0, 2 * q - 1)
    h = NormalDist().inv_cdf(q)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    angle = float(np.arcsin(correlation))
    angles = angle * (nodes + 1) / 2
    integral = angle / 2 * float(weights @ np.exp(-h * h / (1 + np.sin(angles))))
    return q * q + integral / (2 * np.pi)


@dataclass(frozen=True)
class CorrelationSpell:
    """A spell: the first and the last of month-ends in a row at which the correlation had one sign, and their
    number."""

    start: pd.Timestamp
    end: pd.Timestamp
    sign: str
    months: int


def regime(correlation: "pd.Series[float]", window: Window) -> str | None:
    """The name of the sign of the correlation (T,) at the window's first close; None if it is NaN or zero there."""
    value = correlation.iloc[window.start]
    return None if np.isnan(value) else SIGN_NAMES.get(int(np.sign(value)))


def spells(correlation: "pd.Series[float]", month_ends: "pd.Series[bool]") -> list[CorrelationSpell]:
    """The spells of a rolling correlation (T,), in order of time; month-ends at which it is NaN or zero are in none."""
    at_ends = correlation[month_ends]
    signs = np.sign(at_ends.to_numpy())
    edges = np.flatnonzero(signs[1:] != signs[:-1]) + 1  # NaN differs from everything, itself included
    spells = []
    for first, after_last in zip([0, *edges], [*edges, len(signs)], strict=True):
        sign = SIGN_NAMES.get(0 if first == after_last or np.isnan(signs[first]) else int(signs[first]))
        if sign is not None:
            dates = at_ends.index[first], at_ends.index[after_last - 1]
            spells.append(CorrelationSpell(*dates, sign, int(after_last - first)))
    return spells
