"""One resample, compiled: levels of all series in another order, each mix without slopes on the legs of that order.

All that numba compiles is in this file.
"""

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part


@jit_part
def _columns(excess: Array) -> Array:
    """Each leg's excess returns (L, N) of the session before, the same and the next, centred: (3L, N - 2)."""
    sessions = excess.shape[1] - 2
    columns = np.empty((3 * len(excess), sessions))
    for k in range(len(columns)):
        leg, place, total = k // 3, k % 3, 0.0
        for t in range(sessions):
            columns[k, t] = excess[leg, place + t]
            total += columns[k, t]
        mean = total / sessions
        for t in range(sessions):
            columns[k, t] -= mean
    return columns


@jit_part
def _dot(one: Array, other: Array) -> float:
    """The sum of products, in four sums side by side: one after another each would wait for the one before."""
    count = len(one) - len(one) % 4
    first = second = third = fourth = 0.0
    for t in range(0, count, 4):
        first += one[t] * other[t]
        second += one[t + 1] * other[t + 1]
        third += one[t + 2] * other[t + 2]
        fourth += one[t + 3] * other[t + 3]
    for t in range(count, len(one)):
        first += one[t] * other[t]
    return first + second + third + fourth


@jit_part
def _factor(columns: Array) -> Array:
    """The Cholesky factor of the columns' products, NaN where they cannot be told apart."""
    size = len(columns)
    factor = np.zeros((size, size))
    for k in range(size):
        for j in range(k + 1):
            factor[k, j] = _dot(columns[k], columns[j])
    for k in range(size):
        variance = factor[k, k]
        for j in range(k + 1):
            for i in range(j):
                factor[k, j] -= factor[k, i] * factor[j, i]
            if j < k:
                factor[k, j] /= factor[j, j]
        is_own = variance > 1e-15 and factor[k, k] > 1e-14 * variance
        factor[k, k] = np.sqrt(factor[k, k]) if is_own else np.nan
    return factor


@jit_part
def _slopes(columns: Array, factor: Array, gaps: Array) -> Array:
    """The sum of the slopes of `gaps` (N,) on each leg's three columns."""
    size = len(factor)
    slopes = np.zeros(size)
    for k in range(size):
        slopes[k] = _dot(columns[k], gaps[1:-1])
    for k in range(size):
        for j in range(k):
            slopes[k] -= factor[k, j] * slopes[j]
        slopes[k] /= factor[k, k]
    for k in range(size - 1, -1, -1):
        for j in range(k + 1, size):
            slopes[k] -= factor[j, k] * slopes[j]
        slopes[k] /= factor[k, k]
    sums = np.zeros(size // 3)
    for k in range(size):
        sums[k // 3] += slopes[k]
    return sums


@jit
def redraw(returns: Array, rows: Integers, places: tuple[Integers, Integers], levels: Array) -> None:
    """Fill `levels` (K, N + 1), from 1, with the session returns (K, N) in the order of `rows` (N,).

    `places` are the row of bills, the first strategy's and the first mix's, and the legs that mixes are fitted on. The
    slopes that a strategy less its mix has on these legs, in this order, are added to the mix.
    """
    (bills, fitted), sessions = places, len(rows)
    first, mixes = bills[1], bills[2]
    excess = np.empty((len(fitted), sessions))
    for leg in range(len(fitted)):
        for t in range(sessions):
            excess[leg, t] = returns[fitted[leg], rows[t]] - returns[bills[0], rows[t]]
    columns = _columns(excess)
    factor, gaps = _factor(columns), np.empty(sessions)
    for k in range(len(returns)):
        levels[k, 0] = 1.0
        if k < mixes:
            for t in range(sessions):
                levels[k, t + 1] = levels[k, t] * (1 + returns[k, rows[t]])
        else:
            own = first + k - mixes
            for t in range(sessions):
                gaps[t] = returns[own, rows[t]] - returns[k, rows[t]]
            slopes = _slopes(columns, factor, gaps)
            for t in range(sessions):
                move = returns[k, rows[t]]
                for leg in range(len(fitted)):
                    move += slopes[leg] * excess[leg, t]
                levels[k, t + 1] = levels[k, t] * (1 + move)
