"""The measures of many track records at once, compiled: those of `measures.py` that a batch shows, and its definitions.

All that numba sees is in this file, since its cache does not notice edits elsewhere.
"""

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part

NAMES = (
    "final_nav",
    "cagr",
    "volatility",
    "sharpe",
    "sortino",
    "max_drawdown",
    "max_drawdown_days",
    "calmar",
    "worst_day",
    "expected_shortfall_95",
)
BINS = 1024
SMALL = 1e-15  # a deviation below this is rounding


@jit_part
def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if abs(denominator) > SMALL else np.nan


@jit_part
def _moments(values: Array) -> tuple[float, float]:
    """Mean and sample standard deviation; the latter NaN for one value."""
    mean = 0.0
    for value in values:
        mean += value
    mean /= len(values)
    squares = 0.0
    for value in values:
        squares += (value - mean) ** 2
    return mean, np.sqrt(squares / (len(values) - 1)) if len(values) > 1 else np.nan


@jit_part
def _deepest(nav: Array, elapsed: Array) -> tuple[float, float]:
    """The deepest drawdown, the first of equals, and the calendar days from its peak to its recovery or the end."""
    peak, at_peak = nav[0], 0
    depth, start, end = 0.0, 0, -1
    for t in range(len(nav)):
        if nav[t] >= peak:
            if end < 0:
                end = t
            peak, at_peak = nav[t], t
        elif nav[t] / peak - 1 < depth:
            depth, start, end = nav[t] / peak - 1, at_peak, -1
    return depth, elapsed[end if end >= 0 else len(nav) - 1] - elapsed[start] if depth < 0 else 0.0


@jit_part
def _worst(returns: Array, counts: Integers, room: Array) -> tuple[float, float]:
    """The worst return, and the mean of the worst twentieth of them, floor((n - 1) / 20) + 1.

    The returns are counted into bins, so that only those of the bin in which the twentieth ends have to be sorted.
    """
    wanted = int((len(returns) - 1) * 0.05) + 1
    least, most = np.inf, -np.inf
    for value in returns:
        least, most = min(least, value), max(most, value)
    scale = (BINS - 1) / (most - least) if most > least else 0.0
    for i in range(BINS):
        counts[i] = 0
    for value in returns:
        counts[int((value - least) * scale)] += 1
    last, below = 0, 0
    while below + counts[last] < wanted:
        below += counts[last]
        last += 1
    total, held = 0.0, 0
    for value in returns:
        place = int((value - least) * scale)
        if place < last:
            total += value
        elif place == last:
            room[held] = value
            held += 1
    for value in np.sort(room[:held])[: wanted - below]:
        total += value
    return least, total / wanted


@jit
def measure_navs(
    navs: Array, bills: Array, elapsed: Array, sessions_a_year: float, windows: Integers, measured: tuple[Array, Array]
) -> None:
    """Fill `measured`: the measures `NAMES` (C, 10) of net asset values (C, T), and their returns in windows (C, W).

    `elapsed` (T,) is in calendar days from the first session; `windows` (W, 2) are first and last sessions.
    """
    own, in_windows = measured
    sessions = navs.shape[1]
    returns, excess, room = np.empty(sessions - 1), np.empty(sessions - 1), np.empty(sessions - 1)
    counts = np.empty(BINS, np.int64)
    years, a_year = elapsed[sessions - 1] / 365.25, np.sqrt(sessions_a_year)
    for c in range(len(navs)):
        nav = navs[c]
        below = 0.0
        for t in range(1, sessions):
            returns[t - 1] = nav[t] / nav[t - 1] - 1 if nav[t - 1] > 0 else 0.0
            excess[t - 1] = returns[t - 1] - bills[t]
            below += min(excess[t - 1], 0.0) ** 2
        mean, deviation = _moments(excess)
        growth = (nav[sessions - 1] / nav[0]) ** (1 / years) - 1
        depth, days = _deepest(nav, elapsed)
        own[c, 0] = nav[sessions - 1] / nav[0]
        own[c, 1] = growth
        own[c, 2] = _moments(returns)[1] * a_year
        own[c, 3] = _ratio(mean, deviation) * a_year
        own[c, 4] = _ratio(mean, np.sqrt(below / (sessions - 1))) * a_year
        own[c, 5] = depth
        own[c, 6] = days
        own[c, 7] = _ratio(growth, -depth)
        own[c, 8], own[c, 9] = _worst(returns, counts, room)
        for i in range(len(windows)):
            first, last = nav[windows[i, 0]], nav[windows[i, 1]]
            in_windows[c, i] = last / first - 1 if first > 0 else np.nan
