"""The scorecards of one resample, compiled: the figures of `scorecard.py` for all strategies at once.

All that numba sees is in this file.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit


class Sample(NamedTuple):
    """What a resample drew, by session: returns of bills (N,), and in excess of them those of the reference (1, N), of
    the legs (2, N) and of the strategies (S, N); days since the session before (N,); and levels from 1 of the
    reference (N + 1,) and of the strategies (S, N + 1)."""

    bills: Array
    reference: Array
    legs: Array
    own: Array
    days: Array
    reference_level: Array
    own_levels: Array


class Terms(NamedTuple):
    """Windows of joint and of other sell-offs (W, 2); `same`, the payoff up to which a strategy did in a window as the
    reference did; and the years that the sample lasts."""

    joint: Integers
    other: Integers
    same: float
    years: float


class Regressors(NamedTuple):
    """`excess` (M, N) over bills; `columns` (N - 2, 3M), each series' session before, same and next, centred; and the
    Cholesky factor (3M, 3M) of their cross products, NaN where the columns cannot be told apart."""

    excess: Array
    columns: Array
    factor: Array


@jit
def redraw(returns: Array, rows: Integers, bills: Array, levels: Array, excess: Array) -> None:
    """Fill `levels` (K, N + 1), from 1, and `excess` (K, N) over bills (N,) with the returns (K, N) in that order."""
    for k in range(len(returns)):
        levels[k, 0] = 1.0
        for t in range(len(rows)):
            move = returns[k, rows[t]]
            levels[k, t + 1] = levels[k, t] * (1 + move)
            excess[k, t] = move - bills[t]


@jit
def _regressors(excess: Array) -> Regressors:
    series, sessions = excess.shape
    size = 3 * series
    columns = np.empty((sessions - 2, size))
    factor = np.zeros((size, size))
    for k in range(size):
        one, place, total = excess[k // 3], k % 3, 0.0
        for t in range(sessions - 2):
            total += one[place + t]
        mean = total / (sessions - 2)
        for t in range(sessions - 2):
            columns[t, k] = one[place + t] - mean
    for t in range(sessions - 2):
        for k in range(size):
            for j in range(k + 1):
                factor[k, j] += columns[t, k] * columns[t, j]
    for k in range(size):
        variance = factor[k, k]
        for j in range(k + 1):
            for i in range(j):
                factor[k, j] -= factor[k, i] * factor[j, i]
            if j < k:
                factor[k, j] /= factor[j, j]
        is_own = variance > 1e-15 and factor[k, k] > 1e-14 * variance  # up to rounding, as in betas.py
        factor[k, k] = np.sqrt(factor[k, k]) if is_own else np.nan
    return Regressors(excess, columns, factor)


@jit
def _benchmark(on: Regressors, bills: Array, own: Array) -> tuple[Array, Array]:
    """The sum of the slopes on each series' session before, same and next (Dimson 1979), and the level of bills and as
    much of each series; own (N,) is in excess of bills."""
    size = len(on.factor)
    slopes = np.zeros(size)
    for t in range(len(on.columns)):
        for k in range(size):
            slopes[k] += on.columns[t, k] * own[t + 1]
    for k in range(size):
        for j in range(k):
            slopes[k] -= on.factor[k, j] * slopes[j]
        slopes[k] /= on.factor[k, k]
    for k in range(size - 1, -1, -1):
        for j in range(k + 1, size):
            slopes[k] -= on.factor[j, k] * slopes[j]
        slopes[k] /= on.factor[k, k]
    betas = np.zeros(size // 3)
    for k in range(size):
        betas[k // 3] += slopes[k]
    level = np.ones(len(bills) + 1)
    for t in range(len(bills)):
        grown = 1 + bills[t]
        for k in range(len(betas)):
            grown += betas[k] * on.excess[k, t]
        level[t + 1] = level[t] * grown
    return betas, level


@jit
def _moves(level: Array, windows: Integers) -> Array:
    moves = np.empty(len(windows))
    for place in range(len(windows)):
        first = level[windows[place, 0]]
        moves[place] = level[windows[place, 1]] / first - 1 if first > 0 else np.nan
    return moves


@jit
def _payoff(own: Array, theirs: Array, reference: Array, same: float) -> tuple[float, float, float]:
    """Hit rate, mean payoff and protection of window returns over a benchmark's, each (W,)."""
    acted = better = 0
    kept = lost = 0.0
    for place in range(len(own)):
        if abs(own[place] - reference[place]) > same:
            acted += 1
            better += own[place] > theirs[place]
        kept += own[place]
        lost += theirs[place]
    hit_rate = better / acted if acted else np.nan
    return hit_rate, (kept - lost) / len(own), 1 - kept / lost if lost < 0 else np.nan


@jit
def _growth_lost(level: Array, reference: Array, windows: Integers) -> float:
    """Log points by which the reference outgrew the level over the windows."""
    lost = 0.0
    for place in range(len(windows)):
        start, end = windows[place, 0], windows[place, 1]
        lost += np.log(reference[end] / reference[start]) - np.log(level[end] / level[start])
    return lost


@jit
def _under_water(level: Array, days: Array) -> tuple[float, float]:
    """The deepest drawdown, as a negative fraction, and the days below an earlier high."""
    peak, deepest, below = level[0], 0.0, 0.0
    for t in range(1, len(level)):
        if level[t] < peak:
            deepest = min(deepest, level[t] / peak - 1)
            below += days[t - 1]
        else:
            peak = level[t]
    return deepest, below


@jit
def cards(sample: Sample, terms: Terms, figures: Array) -> None:
    """Fill `figures` (S, 21), NaN where undefined, in the order of `resample.FIGURES`."""
    reference, joint, other = sample.reference_level, terms.joint, terms.other
    on_twin, on_mix = _regressors(sample.reference), _regressors(sample.legs)
    theirs, years = _moves(reference, joint), terms.years
    depth, below = _under_water(reference, sample.days)
    for s in range(len(figures)):
        card, level, own = figures[s], sample.own_levels[s], _moves(sample.own_levels[s], joint)
        betas, twin = _benchmark(on_twin, sample.bills, sample.own[s])
        mixed, mix = _benchmark(on_mix, sample.bills, sample.own[s])
        card[0], card[1], card[2] = betas[0], mixed[0], mixed[1]
        card[3], card[4], card[5] = _payoff(own, theirs, theirs, terms.same)
        card[6], card[7], card[8] = _payoff(own, _moves(twin, joint), theirs, terms.same)
        card[9], card[10], card[11] = _payoff(own, _moves(mix, joint), theirs, terms.same)
        card[12], card[13] = np.log(twin[-1] / level[-1]) / years, np.log(mix[-1] / level[-1]) / years
        total = np.log(reference[-1] / level[-1])
        in_joint, in_other = _growth_lost(level, reference, joint), _growth_lost(level, reference, other)
        rest = total - in_joint - in_other
        card[14], card[15], card[16], card[17] = total / years, in_joint / years, in_other / years, rest / years
        card[18] = max(rest, 0.0) / years / (-in_joint / len(joint)) if in_joint < 0 else np.nan
        own_depth, own_below = _under_water(level, sample.days)
        card[19], card[20] = own_depth - depth, below - own_below
