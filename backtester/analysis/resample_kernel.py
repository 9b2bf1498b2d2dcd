"""One resample, compiled: levels of all series in another order, each mix without slopes on the legs of that order.

All that numba compiles is in this file.
"""

from typing import NamedTuple

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
def _fill_columns(excess: Array, ones: Array, columns: Array) -> None:
    """Fill each leg's excess returns (L, N) of the session before, the same and the next, centred: (3L, N - 2)."""
    sessions = columns.shape[1]
    for k in range(len(columns)):
        column = excess[k // 3, k % 3 : k % 3 + sessions]
        mean = _dot(column, ones) / sessions
        for t in range(sessions):
            columns[k, t] = column[t] - mean


@jit_part
def _fill_factor(columns: Array, factor: Array) -> None:
    """Fill the Cholesky factor of the columns' products, NaN where they cannot be told apart."""
    size = len(columns)
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


@jit_part
def _fill_slopes(columns: Array, factor: Array, gaps: Array, slopes: Array) -> None:
    """Fill the slopes (3L,) of `gaps` (N - 2,) on the columns."""
    size = len(factor)
    for k in range(size):
        slopes[k] = _dot(columns[k], gaps)
    for k in range(size):
        for j in range(k):
            slopes[k] -= factor[k, j] * slopes[j]
        slopes[k] /= factor[k, k]
    for k in range(size - 1, -1, -1):
        for j in range(k + 1, size):
            slopes[k] -= factor[j, k] * slopes[j]
        slopes[k] /= factor[k, k]


class Rooms(NamedTuple):
    """What a resample of N sessions is worked out in, for L legs and S strategies: excess returns of the legs (L, N),
    gaps of strategies and mixes (S, N), columns of the regression (3L, N - 2), ones (N - 2,), factor (3L, 3L), slopes
    of a gap (3L,), and their sums by leg (S, L)."""

    excess: Array
    gaps: Array
    columns: Array
    ones: Array
    factor: Array
    slopes: Array
    sums: Array


def new_rooms(sessions: int, legs: int, strategies: int) -> Rooms:
    """Rooms for so much, which any number of resamples may use one after the other."""
    return Rooms(
        excess=np.empty((legs, sessions)),
        gaps=np.empty((strategies, sessions)),
        columns=np.empty((3 * legs, sessions - 2)),
        ones=np.ones(sessions - 2),
        factor=np.zeros((3 * legs, 3 * legs)),
        slopes=np.empty(3 * legs),
        sums=np.empty((strategies, legs)),
    )


@jit
def redraw(moves: Array, rows: Integers, places: tuple[Integers, Integers], rooms: Rooms, levels: Array) -> None:
    """Fill `levels` (K, N + 1), 1 at first, with the session returns `moves` (N, K) in the order of `rows` (N,).

    `places` are the place of bills, the first strategy's and the first mix's, and the legs that mixes are fitted on.
    The slopes that a strategy less its mix has on these legs, in this order, are added to the mix. Series stand side by
    side, since a level waits for the one before it.
    """
    (bills, first, mixes), fitted = places[0], places[1]
    excess, gaps, sums, legs = rooms.excess, rooms.gaps, rooms.sums, len(fitted)
    for t in range(len(rows)):
        row = rows[t]
        for leg in range(legs):
            excess[leg, t] = moves[row, fitted[leg]] - moves[row, bills]
        for s in range(len(gaps)):
            gaps[s, t] = moves[row, first + s] - moves[row, mixes + s]
    _fill_columns(excess, rooms.ones, rooms.columns)
    _fill_factor(rooms.columns, rooms.factor)
    for s in range(len(gaps)):
        _fill_slopes(rooms.columns, rooms.factor, gaps[s, 1 : len(rows) - 1], rooms.slopes)
        for leg in range(legs):
            sums[s, leg] = 0.0
            for k in range(3 * leg, 3 * leg + 3):
                sums[s, leg] += rooms.slopes[k]
    for t in range(len(rows)):
        row = rows[t]
        for k in range(mixes):
            levels[k, t + 1] = levels[k, t] * (1 + moves[row, k])
        for s in range(len(gaps)):
            moved = moves[row, mixes + s]
            for leg in range(legs):
                moved += sums[s, leg] * excess[leg, t]
            levels[mixes + s, t + 1] = levels[mixes + s, t] * (1 + moved)
