"""One resample, compiled: levels of all series in another order, each mix without slopes on the legs of that order.

All that numba compiles is in this file.
"""

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_sum


@jit_sum
def _dot(one: Array, other: Array) -> float:
    """The sum of products."""
    total = 0.0
    for t in range(len(one)):
        total += one[t] * other[t]
    return total


@jit_part
def _columns(excess: Array) -> Array:
    """Each leg's excess returns (L, N) of the session before, the same and the next, centred: (3L, N - 2)."""
    sessions = excess.shape[1] - 2
    columns, ones = np.empty((3 * len(excess), sessions)), np.ones(sessions)
    for k in range(len(columns)):
        column = excess[k // 3, k % 3 : k % 3 + sessions]
        mean = _dot(column, ones) / sessions
        for t in range(sessions):
            columns[k, t] = column[t] - mean
    return columns


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
def redraw(moves: Array, rows: Integers, places: tuple[Integers, Integers], levels: Array) -> None:
    """Fill `levels` (K, N + 1), from 1, with the session returns `moves` (N, K) in the order of `rows` (N,).

    `places` are the place of bills, the first strategy's and the first mix's, and the legs that mixes are fitted on.
    The slopes that a strategy less its mix has on these legs, in this order, are added to the mix. Series stand side by
    side, since a level waits for the one before it.
    """
    (bills, first, mixes), fitted = places[0], places[1]
    excess, gaps = np.empty((len(fitted), len(rows))), np.empty((len(levels) - mixes, len(rows)))
    for t in range(len(rows)):
        move = moves[rows[t]]
        for leg in range(len(fitted)):
            excess[leg, t] = move[fitted[leg]] - move[bills]
        for s in range(len(gaps)):
            gaps[s, t] = move[first + s] - move[mixes + s]
    columns, slopes = _columns(excess), np.empty((len(gaps), len(fitted)))
    factor = _factor(columns)
    for s in range(len(gaps)):
        of_gap = _slopes(columns, factor, gaps[s])
        for leg in range(len(fitted)):  # numba takes three seconds to compile the assignment of a row
            slopes[s, leg] = of_gap[leg]
    levels[:, 0] = 1.0
    for t in range(len(rows)):
        move = moves[rows[t]]
        for k in range(mixes):
            levels[k, t + 1] = levels[k, t] * (1 + move[k])
        for s in range(len(gaps)):
            moved = move[mixes + s]
            for leg in range(len(fitted)):
                moved += slopes[s, leg] * excess[leg, t]
            levels[mixes + s, t + 1] = levels[mixes + s, t] * (1 + moved)
