"""The measures that are made of session returns, and tails, each defined once, compiled; `figures.toml` explains them.

`measure_returns` fills a row a book in the order of `RETURNS_NAMES`: fractions and ratios, a year where their
units say so. What is undefined is NaN. After ruin returns are 0.

One rule keeps ratios of rounding errors out. A session's return is a quotient near one, less one, so it is wrong by
some 1e-16 however small it is itself, and by some tens of that in a book of large positions that cancel. A mean size
of deviations or shortfalls of up to `VARIANCE_ROUNDING` is therefore taken for zero, and a ratio to it is undefined.

All that numba sees is in this file, since its cache does not notice edits elsewhere.
"""

import math

import numpy as np

from backtester.arrays import Array
from backtester.compiled import jit, jit_part, jit_shared

RETURNS_NAMES = (
    *("volatility", "skewness", "excess_kurtosis"),
    *("sharpe", "sharpe_standard_error", "probabilistic_sharpe", "sortino", "omega"),
    *("worst_day", "value_at_risk_95", "expected_shortfall_95", "tail_ratio", "conditional_drawdown_95"),
    *("tracking_error", "information_ratio", "beta", "correlation", "alpha", "probability_above_reference"),
)
VARIANCE_ROUNDING = 1e-14  # see above
AT_PEAK = 1e-12  # as in levels_kernel, whose edits the cache of this file would not notice
TAIL = 0.05  # of sessions, for value at risk and expected shortfall
WORK_ARRAYS = 7  # rows of the workspace of `measure_returns`


@jit_part
def _ratio(numerator: float, size: float) -> float:
    """The ratio to a mean size of deviations or shortfalls; NaN if that is rounding."""
    return numerator / size if size > VARIANCE_ROUNDING else np.nan


@jit_shared
def _fill_returns(nav: Array, returns: Array) -> None:
    """Fill `returns` (T - 1,) with those of net asset values (T,), 0 after ruin."""
    for t in range(1, len(nav)):
        returns[t - 1] = nav[t] / nav[t - 1] - 1 if nav[t - 1] > 0 else 0.0


@jit_shared
def _moments(values: Array) -> tuple[float, float, float, float]:
    """Mean, sample standard deviation (n - 1; NaN of one value), skewness and kurtosis (moments over n).

    Skewness is the third central moment over the deviation cubed, kurtosis the fourth over the variance squared: 3
    for a normal distribution.
    """
    mean, second, third, fourth, count = 0.0, 0.0, 0.0, 0.0, len(values)
    for value in values:
        mean += value
    mean /= count
    for value in values:
        gap = value - mean
        square = gap * gap
        second, third, fourth = second + square, third + square * gap, fourth + square * square
    size = np.sqrt(second / count)
    skewness = third / count / size**3 if size > VARIANCE_ROUNDING else np.nan
    kurtosis = fourth / count / size**4 if size > VARIANCE_ROUNDING else np.nan
    return mean, np.sqrt(second / (count - 1)), skewness, kurtosis


@jit_shared
def _reward(excess: Array, sessions_a_year: float) -> tuple[float, float, float, float, float]:
    """Sharpe ratio, its standard error, probabilistic Sharpe ratio, Sortino ratio and omega, of returns less bills.

    Sharpe (1994), Journal of Portfolio Management 21(1), 49-58: mean over sample deviation, by the root of sessions a
    year. Its error by Lo (2002), Financial Analysts Journal 58(4), 36-52, for independent normal returns: the root of
    (1 + S^2 / 2) / T, S a session. That the true ratio is above zero has the probability
    Phi(S sqrt(T - 1) / sqrt(1 - skewness S + (kurtosis - 1) / 4 S^2)): Bailey and Lopez de Prado (2012), Journal of
    Risk 15(2), 3-44. Sortino and Price (1994), Journal of Investing 3(3), 59-64: mean over the root mean square of
    min(excess, 0) over all sessions. Keating and Shadwick (2002), Journal of Performance Measurement 6(3), 59-84:
    what was gained above bills over what was lost below.
    """
    count, a_year = len(excess), np.sqrt(sessions_a_year)
    mean, deviation, _, _ = _moments(excess)
    above, below, squares = 0.0, 0.0, 0.0
    for value in excess:
        short = (abs(value) - value) / 2
        above, below, squares = above + (value + short), below + short, squares + short * short
    sharpe = _ratio(mean, deviation)
    error = np.sqrt((1 + sharpe**2 / 2) / count)
    sortino = _ratio(mean, np.sqrt(squares / count))
    above_zero, omega = _probability_above(sharpe, 0.0, excess), _ratio(above / count, below / count)
    return sharpe * a_year, error * a_year, above_zero, sortino * a_year, omega


@jit_shared
def _probability_above(sharpe: float, threshold: float, excess: Array) -> float:
    """The probability that the true ratio of a session is above a threshold: as in `_reward`, of ratio less
    threshold."""
    _, _, skewness, kurtosis = _moments(excess)
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    score = (sharpe - threshold) * np.sqrt((len(excess) - 1) / variance) if variance > 0 else np.nan
    return math.erfc(-score / np.sqrt(2)) / 2


@jit_shared
def _tail(returns: Array, bound: float, below: Array) -> tuple[float, float, float]:
    """The worst return, historical value at risk and expected shortfall, both as returns.

    Value at risk is the 5% quantile, between neighbours in a straight line: Hyndman and Fan (1996), American
    Statistician 50, 361-365, their definition 7. Expected shortfall is the mean of the worst floor((n - 1) x 5%) + 1
    returns: Acerbi and Tasche (2002), Journal of Banking and Finance 26, 1487-1503, who round down; vectorbt and
    empyrical count as here.

    The mildest of the worst is found by halving the range that holds it: passes that only count are faster than
    sorting, and faster still over the returns below `bound`, if these are enough.
    """
    place = (len(returns) - 1) * TAIL
    worst, held = int(place) + 1, 0
    for value in returns:
        below[held] = value
        held += value < bound
    tail = below[:held] if held > worst else returns
    least, high = np.inf, -np.inf
    for value in tail:
        least = value if value < least else least
        high = value if value > high else high
    low, middle, counted = least, least, 0
    while counted != worst and (counted == 0 or low < middle < high):
        counted = 0
        for value in tail:
            counted += value <= middle
        low, high = (middle, high) if counted < worst else (low, middle)
        middle = low + (high - low) / 2
    total, held, mildest, following = 0.0, 0, -np.inf, np.inf
    for value in tail:
        if value <= high:
            total += value
            held += 1
            mildest = value if value > mildest else mildest
        elif value < following:
            following = value
    if held > worst:  # several are equal to the mildest
        total -= (held - worst) * mildest
        following = mildest
    share = place - worst + 1
    return least, mildest + (following - mildest) * share if share > 0 else mildest, total / worst


@jit_part
def _against(
    returns: Array, theirs: Array, bills: Array, sessions_a_year: float
) -> tuple[float, float, float, float, float]:
    """Tracking error, information ratio, beta, correlation and alpha, from returns and the reference's.

    The deviation of the difference a year, and its mean over that: Grinold (1989), Journal of Portfolio Management
    15(3), 30-37. Beta is the slope of returns on the reference's of the same session, correlation Pearson's, both of
    returns less bills. Alpha is what the mean return over bills is above beta times the reference's, times sessions a
    year: Jensen (1968), Journal of Finance 23(2), 389-416.
    """
    count, a_year = len(returns), np.sqrt(sessions_a_year)
    own_mean, their_mean = 0.0, 0.0
    for t in range(count):
        own_mean += returns[t] - bills[t + 1]
        their_mean += theirs[t] - bills[t + 1]
    gap, own_mean, their_mean = (own_mean - their_mean) / count, own_mean / count, their_mean / count
    gaps, own_squares, their_squares, products = 0.0, 0.0, 0.0, 0.0
    for t in range(count):
        own, their = returns[t] - bills[t + 1] - own_mean, theirs[t] - bills[t + 1] - their_mean
        gaps += (returns[t] - theirs[t] - gap) ** 2
        own_squares, their_squares = own_squares + own * own, their_squares + their * their
        products += own * their
    error = np.sqrt(gaps / (count - 1))
    own_size, their_size = np.sqrt(own_squares / count), np.sqrt(their_squares / count)
    slope = _ratio(products / count, their_size) / their_size
    alpha = (own_mean - slope * their_mean) * sessions_a_year
    correlation = np.minimum(1.0, np.maximum(-1.0, _ratio(slope * their_size, own_size)))  # beyond by rounding
    return error * a_year, _ratio(gap, error) * a_year, slope, correlation, alpha


@jit_part
def _fill_drawdowns(nav: Array, falls: Array) -> None:
    """Fill `falls` (T,) with the drawdown at each session, a negative fraction or 0."""
    high = nav[0]
    for t in range(len(nav)):
        high = max(high, nav[t])
        falls[t] = nav[t] / high - 1 if nav[t] <= high * (1 - AT_PEAK) else 0.0


@jit
def measure_returns(
    navs: Array, bills: Array, reference: Array, sessions_a_year: float, workspace: Array, measured: Array
) -> None:
    """Fill `measured` (B, F), NaN before, with the measures `RETURNS_NAMES` of net asset values (B, T), T at least 2.

    `bills` (T,) are returns, the first unused; `reference` is net asset values (T,), or (0,) where there is none;
    `workspace` (`WORK_ARRAYS`, T) is overwritten: its rows hold what is computed on the way.
    """
    sessions, compared = len(bills) - 1, len(reference) == len(bills)
    returns, excess, reference_returns = workspace[0, :sessions], workspace[1, :sessions], workspace[2, :sessions]
    negated, below, falls, milder_falls = workspace[3, :sessions], workspace[4], workspace[5], workspace[6]
    reference_sharpe = np.nan  # of a session
    if compared:
        _fill_returns(reference, reference_returns)
        for t in range(sessions):
            excess[t] = reference_returns[t] - bills[t + 1]
        mean, deviation, _, _ = _moments(excess)
        reference_sharpe = _ratio(mean, deviation)
    for b in range(len(navs)):
        row = measured[b]
        _fill_returns(navs[b], returns)
        for t in range(sessions):
            excess[t], negated[t] = returns[t] - bills[t + 1], -returns[t]
        mean, deviation, skewness, kurtosis = _moments(returns)
        row[0], row[1], row[2] = deviation * np.sqrt(sessions_a_year), skewness, kurtosis - 3
        row[3], row[4], row[5], row[6], row[7] = _reward(excess, sessions_a_year)
        row[8], row[9], row[10] = _tail(returns, mean - deviation, below)
        _, upper, _ = _tail(negated, -mean - deviation, below)  # the 95% quantile with its sign turned
        row[11] = _ratio(abs(upper), abs(row[9]))
        _fill_drawdowns(navs[b], falls)
        _, _, row[12] = _tail(falls, -np.inf, milder_falls)
        if compared:
            row[13], row[14], row[15], row[16], row[17] = _against(returns, reference_returns, bills, sessions_a_year)
            row[18] = _probability_above(row[3] / np.sqrt(sessions_a_year), reference_sharpe, excess)
