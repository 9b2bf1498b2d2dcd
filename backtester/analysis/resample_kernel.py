"""One resample, compiled: the levels of all series in another order of sessions, and each mix (the fixed shares of the
legs, stocks and bonds, and bills that moved as a strategy did) fitted again to that order.

Consecutive sessions of the record are a block. Inside a block levels move as they did in the record, and the sums of
products that a regression needs are differences of cumulative sums, so the cost is by block and not by session. All
that numba compiles is in this file, since its cache does not notice edits in others.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared

NO_SQUARES = 1e-15  # a sum of squares of up to this is rounding
COLLINEAR_SHARE = 1e-13  # of a regressor's squares that earlier regressors do not explain: with less it is collinear


class ResampleSource(NamedTuple):
    """The record of N sessions that resamples are drawn from, with S strategies and K series in all.

    `levels` (K - S, N + 1) are those of all series but the mixes; `excess` (L, N) are excess returns of the L legs that
    mixes are fitted on; `gaps` (S, N) are returns of strategies less their mixes; `mixes` (S, N) are returns of the
    mixes.

    The regression of a gap has 3L + 1 regressors: the excess returns of each leg in the session before, the same and
    the next one, leg by leg, and the constant 1. A session's terms are the first 3L of these, then the S gaps, then 1.
    `sums` (N, 3L + 1, 3L + S + 1) are cumulative sums of the products of regressors with terms: row t is the sum over
    the sessions before t.
    """

    levels: Array
    excess: Array
    gaps: Array
    mixes: Array
    sums: Array


def make_source(levels: Array, excess: Array, gaps: Array, mixes: Array) -> ResampleSource:
    """The `ResampleSource` of these levels, from 1, and returns."""
    sessions, size = excess.shape[1], 3 * len(excess)
    terms = np.ones((sessions, size + len(gaps) + 1))
    for column in range(size):
        terms[:, column] = np.roll(excess[column // 3], 1 - column % 3)
    terms[:, size:-1] = gaps.T
    terms[[0, -1]] = 0.0  # they have no session before, or none after
    sums = np.zeros((sessions, size + 1, terms.shape[1]))
    regressors = np.delete(terms, np.s_[size:-1], axis=1)
    np.cumsum(regressors[:-1, :, None] * terms[:-1, None, :], axis=0, out=sums[1:])
    contiguous = np.ascontiguousarray
    return ResampleSource(contiguous(levels), contiguous(excess), contiguous(gaps), contiguous(mixes), sums)


class ResampleWorkspace(NamedTuple):
    """The arrays that a resample of M sessions is computed in.

    `bounds` (M + 1,) are the places at which its blocks begin, and the end of the last; `products` (3L + 1, 3L + S + 1)
    are sums of products of regressors with terms; `terms` (3L + S + 1,) are those of a session; `factor` (3L, 3L) is
    the Cholesky factor of the regression, `slopes` (3L,) are those of one gap, and `sums` (S, L) the sums of each leg's
    three slopes. The result is in `levels` (K, M + 1).
    """

    bounds: Integers
    products: Array
    terms: Array
    factor: Array
    slopes: Array
    sums: Array
    levels: Array


def new_resample_workspace(source: ResampleSource, sessions: int) -> ResampleWorkspace:
    """A workspace for resamples of M = `sessions` sessions, to be used for one after the other."""
    legs, strategies = len(source.excess), len(source.gaps)
    size = 3 * legs
    return ResampleWorkspace(
        bounds=np.empty(sessions + 1, np.int64),
        products=np.empty(source.sums.shape[1:]),
        terms=np.ones(source.sums.shape[2]),
        factor=np.zeros((size, size)),
        slopes=np.empty(size),
        sums=np.empty((strategies, legs)),
        levels=np.empty((len(source.levels) + strategies, sessions + 1)),
    )


@jit_part
def _fill_bounds(rows: Integers, bounds: Integers) -> int:
    """Fill `bounds` with the places at which blocks begin, and the end of the last; return the number of blocks."""
    count = 0
    for t in range(len(rows)):
        if t == 0 or rows[t] != rows[t - 1] + 1:
            bounds[count] = t
            count += 1
    bounds[count] = len(rows)
    return count


@jit_shared
def _add_products(source: ResampleSource, rows: Integers, t: int, workspace: ResampleWorkspace) -> None:
    """Add the products of session t of the resample, whose neighbours may be of other blocks; the first and the last
    session lack a neighbour, and are left out."""
    if t == 0 or t == len(rows) - 1:
        return
    terms, size = workspace.terms, 3 * len(source.excess)
    for k in range(size):
        terms[k] = source.excess[k // 3, rows[t - 1 + k % 3]]
    for s in range(len(source.gaps)):
        terms[size + s] = source.gaps[s, rows[t]]
    for i in range(size + 1):
        for j in range(len(terms)):
            workspace.products[i, j] += terms[i if i < size else -1] * terms[j]


@jit_shared
def _fill_products(source: ResampleSource, rows: Integers, blocks: int, workspace: ResampleWorkspace) -> None:
    """Fill `products`: for the first and the last session of each block directly, for those between from cumulative
    sums."""
    workspace.products[:] = 0.0
    for block in range(blocks):
        start, end = workspace.bounds[block], workspace.bounds[block + 1]
        _add_products(source, rows, start, workspace)
        if end > start + 1:
            before, after = source.sums[rows[start] + 1], source.sums[rows[end - 1]]
            for i in range(len(before)):
                for j in range(before.shape[1]):
                    workspace.products[i, j] += after[i, j] - before[i, j]
            _add_products(source, rows, end - 1, workspace)


@jit_shared
def _fill_slopes(workspace: ResampleWorkspace, sessions: int) -> None:
    """Fill `sums` with the summed slopes of each gap on each leg, from products over so many sessions; NaN where the
    regressors are collinear. It solves the normal equations by the Cholesky factor of the centred products."""
    products, factor, slopes, size = workspace.products, workspace.factor, workspace.slopes, len(workspace.factor)
    for i in range(size):  # centre: less the product of both sums over the number of sessions
        for j in range(products.shape[1] - 1):
            products[i, j] -= products[i, -1] * products[-1, j] / sessions
    for k in range(size):
        for j in range(k + 1):
            factor[k, j] = products[k, j]
            for i in range(j):
                factor[k, j] -= factor[k, i] * factor[j, i]
            if j < k:
                factor[k, j] /= factor[j, j]
        is_independent = products[k, k] > NO_SQUARES and factor[k, k] > COLLINEAR_SHARE * products[k, k]
        factor[k, k] = np.sqrt(factor[k, k]) if is_independent else np.nan
    for s in range(len(workspace.sums)):  # forward, then backward substitution
        for k in range(size):
            slopes[k] = products[k, size + s]
            for j in range(k):
                slopes[k] -= factor[k, j] * slopes[j]
            slopes[k] /= factor[k, k]
        for k in range(size - 1, -1, -1):
            for j in range(k + 1, size):
                slopes[k] -= factor[j, k] * slopes[j]
            slopes[k] /= factor[k, k]
        for leg in range(size // 3):
            workspace.sums[s, leg] = slopes[3 * leg] + slopes[3 * leg + 1] + slopes[3 * leg + 2]


@jit_part
def _copy_scaled(source: Array, factor: float, target: Array) -> None:
    """Set the first values of `target` to those of `source` times a factor."""
    for t in range(len(source)):
        target[t] = source[t] * factor


@jit_part
def _add_scaled(source: Array, factor: float, target: Array) -> None:
    """Add the values of `source`, times a factor, to the first ones of `target`."""
    for t in range(len(source)):
        target[t] += source[t] * factor


@jit
def fill_resampled_levels(source: ResampleSource, rows: Integers, workspace: ResampleWorkspace) -> None:
    """Fill the levels (K, M + 1) in `workspace`, from 1, with the sessions of `source` in the order of `rows` (M,):
    those of all series, then of the mixes.

    To each mix are added the legs' returns times the slopes on them that strategy less mix has in this order.
    """
    levels, sums, first = workspace.levels, workspace.sums, len(source.levels)
    blocks = _fill_bounds(rows, workspace.bounds)
    _fill_products(source, rows, blocks, workspace)
    _fill_slopes(workspace, len(rows) - 2)
    levels[:, 0] = 1.0
    for block in range(blocks):
        start, end = workspace.bounds[block], workspace.bounds[block + 1]
        row, last = rows[start], rows[end - 1] + 1
        for k in range(first):
            factor = levels[k, start] / source.levels[k, row]
            _copy_scaled(source.levels[k, row + 1 : last + 1], factor, levels[k, start + 1 :])
        for s in range(len(sums)):
            moves = levels[first + s, start + 1 :]  # returns now, of which levels are made below
            _copy_scaled(source.mixes[s, row:last], 1.0, moves)
            for leg in range(len(source.excess)):
                _add_scaled(source.excess[leg, row:last], sums[s, leg], moves)
    for t in range(len(rows)):  # all mixes of a session together, since each level depends on the one before it
        for s in range(first, len(levels)):
            levels[s, t + 1] = levels[s, t] * (1 + levels[s, t + 1])
