"""Figures of session returns (T,): risk, shape, and reward for risk. Fractions; what is undefined is NaN."""

from statistics import NormalDist

import numpy as np

from backtester.arrays import Array


def volatility(returns: Array, *, sessions_a_year: float) -> float:
    """Sample standard deviation (n - 1) of session returns times the square root of sessions a year."""
    return float(np.std(returns, ddof=1) * np.sqrt(sessions_a_year)) if len(returns) > 1 else float("nan")


def sharpe(excess: Array, *, sessions_a_year: float) -> float:
    """Mean over sample standard deviation of returns in excess of bills, annualised; NaN without variance.

    Sharpe (1994), Journal of Portfolio Management 21(1), 49-58. The same ratio of the differences to a benchmark is
    the information ratio.
    """
    deviation = np.std(excess, ddof=1) if len(excess) > 1 else 0.0
    return ratio(float(np.mean(excess)), float(deviation)) * float(np.sqrt(sessions_a_year))


def sharpe_standard_error(excess: Array, *, sessions_a_year: float) -> float:
    """Of the annualised Sharpe: the root of (1 + S^2 / 2) / T, S a session, times the root of sessions a year.

    Lo (2002), Financial Analysts Journal 58(4), 36-52, for independent, identically distributed normal returns.
    """
    per_session = sharpe(excess, sessions_a_year=1)
    return lo_standard_error(per_session, len(excess)) * float(np.sqrt(sessions_a_year))


def lo_standard_error(sharpe_a_period: float, periods: int) -> float:
    """The standard error of a Sharpe ratio a period over that many periods: Lo (2002), independent returns."""
    return float(np.sqrt((1 + sharpe_a_period**2 / 2) / periods))


def probabilistic_sharpe(sharpe_a_period: float, periods: int, skewness: float, kurtosis: float) -> float:
    """The probability that the true Sharpe ratio is above zero, given the one seen a period and the returns' shape.

    `kurtosis` is 3 for a normal distribution. Bailey and Lopez de Prado (2012), Journal of Risk 15(2), 3-44.
    """
    variance = 1 - skewness * sharpe_a_period + (kurtosis - 1) / 4 * sharpe_a_period**2
    if periods < 2 or not variance > 0:
        return float("nan")
    return NormalDist().cdf(sharpe_a_period * np.sqrt((periods - 1) / variance))


def sortino(excess: Array, *, sessions_a_year: float) -> float:
    """Mean excess return over downside deviation, the root mean square of min(excess, 0) over all sessions, annualised.

    Sortino and Price (1994), Journal of Investing 3(3), 59-64. NaN when no session fell short of bills.
    """
    downside = np.sqrt(np.mean(np.minimum(excess, 0.0) ** 2))
    return ratio(float(np.mean(excess)), float(downside)) * float(np.sqrt(sessions_a_year))


def omega(excess: Array) -> float:
    """The sum of the returns above bills over the sum of the shortfalls below; NaN when no session fell short.

    Keating and Shadwick (2002), Journal of Performance Measurement 6(3), 59-84, with bills as the threshold.
    """
    return ratio(float(np.maximum(excess, 0.0).sum()), float(np.maximum(-excess, 0.0).sum()))


def value_at_risk(returns: Array, *, tail: float = 0.05) -> float:
    """Historical value at risk: the `tail` quantile of session returns, between neighbours in a straight line.

    A return, so mostly negative. Hyndman and Fan (1996), American Statistician 50, 361-365, their definition 7.
    """
    return float(np.quantile(returns, tail)) if len(returns) else float("nan")


def expected_shortfall(returns: Array, *, tail: float = 0.05) -> float:
    """Historical expected shortfall: the mean of the worst floor((n - 1) * tail) + 1 session returns.

    Rockafellar and Uryasev (2002), Journal of Banking and Finance 26, 1443-1471; vectorbt and empyrical count alike.
    """
    if not len(returns):
        return float("nan")
    worst = int((len(returns) - 1) * tail) + 1
    return float(np.mean(np.sort(returns)[:worst]))


def skewness(returns: Array) -> float:
    """The third central moment over the deviation cubed, moments over n; negative when the long tail is of losses."""
    return _moment(returns, 3)


def excess_kurtosis(returns: Array) -> float:
    """The fourth central moment over the variance squared, less the 3 of a normal distribution; moments over n."""
    return _moment(returns, 4) - 3


def _moment(returns: Array, power: int) -> float:
    """The standardised central moment, NaN without variance."""
    centred = returns - returns.mean() if len(returns) else returns
    deviation = float(np.sqrt(np.mean(centred**2))) if len(returns) else 0.0
    return float(np.mean((centred / deviation) ** power)) if deviation > 1e-15 else float("nan")


def correlation(one: Array, other: Array) -> float:
    """Pearson's correlation of two returns; NaN where one of them does not vary."""
    a, b = one - one.mean(), other - other.mean()
    return ratio(float((a * b).sum()), float(np.sqrt((a * a).sum() * (b * b).sum())))


def ratio(numerator: float, denominator: float) -> float:
    """The quotient, NaN where the denominator is zero up to rounding."""
    return numerator / denominator if abs(denominator) > 1e-15 else float("nan")
