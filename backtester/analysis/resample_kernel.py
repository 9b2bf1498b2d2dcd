"""One resample, compiled: levels of all series in another order, each mix without slopes on the legs of that order.

Sessions that follow each other in the history are a block. In it levels move as they did, and the products that slopes
are made of are differences of running sums. All that numba compiles is in this file.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared


class ResampleSource(NamedTuple):
    """The N sessions that resamples are drawn from: levels of all series but the mixes (K - S, N + 1), excess returns
    of the L legs that mixes are fitted on (L, N), of each of S strategies less its mix (S, N), and the returns of mixes
    (S, N).

    A session's terms are the legs' excess returns of the session before, the same and the next, leg by leg, then the
    gaps of strategies, then 1; `sums` (N, 3L + 1, 3L + S + 1) are of the products of all sessions before, but the
    first: of the terms that are no gaps with all.
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
    for place in range(size):
        terms[:, place] = np.roll(excess[place // 3], 1 - place % 3)
    terms[:, size:-1] = gaps.T
    terms[[0, -1]] = 0.0  # which have no session before or next
    sums = np.zeros((sessions, size + 1, terms.shape[1]))
    own = np.delete(terms, np.s_[size:-1], axis=1)
    np.cumsum(own[:-1, :, None] * terms[:-1, None, :], axis=0, out=sums[1:])
    whole = np.ascontiguousarray
    return ResampleSource(whole(levels), whole(excess), whole(gaps), whole(mixes), sums)


class ResampleWorkspace(NamedTuple):
    """The arrays that a resample of M sessions is computed in: where its blocks begin and the last ends (M + 1,), the
    products of terms (3L + 1, 3L + S + 1), a session's terms (3L + S + 1,), the factor of the regression (3L, 3L), the
    slopes of a gap (3L,), their sums by leg (S, L); and what comes of it, the `levels` (K, M + 1)."""

    bounds: Integers
    products: Array
    terms: Array
    factor: Array
    slopes: Array
    sums: Array
    levels: Array


def new_resample_workspace(source: ResampleSource, sessions: int) -> ResampleWorkspace:
    """The workspace for so many sessions of a source, which any number of resamples may use one after the other."""
    legs, strategies = len(source.excess), len(source.gaps)
    return ResampleWorkspace(
        bounds=np.empty(sessions + 1, np.int64),
        products=np.empty(source.sums.shape[1:]),
        terms=np.ones(source.sums.shape[2]),
        factor=np.zeros((3 * legs, 3 * legs)),
        slopes=np.empty(3 * legs),
        sums=np.empty((strategies, legs)),
        levels=np.empty((len(source.levels) + strategies, sessions + 1)),
    )


@jit_part
def _fill_bounds(rows: Integers, bounds: Integers) -> int:
    """Fill where each block begins, and behind them where the last ends; return how many blocks there are."""
    count = 0
    for t in range(len(rows)):
        if t == 0 or rows[t] != rows[t - 1] + 1:
            bounds[count] = t
            count += 1
    bounds[count] = len(rows)
    return count


@jit_shared
def _add_products(source: ResampleSource, rows: Integers, t: int, workspace: ResampleWorkspace) -> None:
    """Add those of a session whose neighbours may be of other blocks; the first and the last have no terms."""
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
    """Fill the summed slopes of the gaps by leg, from products over so many sessions; NaN where the legs' returns
    cannot be told apart: by the Cholesky factor of their centred products."""
    products, factor, slopes, size = workspace.products, workspace.factor, workspace.slopes, len(workspace.factor)
    for i in range(size):
        for j in range(products.shape[1] - 1):
            products[i, j] -= products[i, -1] * products[-1, j] / sessions
    for k in range(size):
        for j in range(k + 1):
            factor[k, j] = products[k, j]
            for i in range(j):
                factor[k, j] -= factor[k, i] * factor[j, i]
            if j < k:
                factor[k, j] /= factor[j, j]
        is_own = products[k, k] > 1e-15 and factor[k, k] > 1e-13 * products[k, k]
        factor[k, k] = np.sqrt(factor[k, k]) if is_own else np.nan
    for s in range(len(workspace.sums)):
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
def _fill(source: Array, factor: float, target: Array) -> None:
    for t in range(len(source)):
        target[t] = source[t] * factor


@jit_part
def _add(source: Array, factor: float, target: Array) -> None:
    for t in range(len(source)):
        target[t] += source[t] * factor


@jit
def fill_resampled_levels(source: ResampleSource, rows: Integers, workspace: ResampleWorkspace) -> None:
    """Fill the levels (K, M + 1) in `workspace`, from 1, of all series and then of the mixes, with the sessions of
    `source` in the order of `rows` (M,).

    The slopes that a strategy less its mix has on the legs, in this order, are added to the mix.
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
            _fill(source.levels[k, row + 1 : last + 1], factor, levels[k, start + 1 :])
        for s in range(len(sums)):
            moves = levels[first + s, start + 1 :]
            _fill(source.mixes[s, row:last], 1.0, moves)
            for leg in range(len(source.excess)):
                _add(source.excess[leg, row:last], sums[s, leg], moves)
    for t in range(len(rows)):  # side by side, since a level waits for the one before it
        for s in range(first, len(levels)):
            levels[s, t + 1] = levels[s, t] * (1 + levels[s, t + 1])
