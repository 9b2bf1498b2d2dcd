"""The compiled steps of every resampled path: its rows, the levels of the legs in them, the deepest falls of its books.

Rows are the numbers of the history's sessions that a path is made of; the legs are the pair's stocks and bonds.
Everything that numba compiles for these is in this file, since its cache does not notice edits in others.
"""

from backtester.arrays import Array, Flags, Integers
from backtester.compiled import jit


@jit
def fill_rows(is_first: Flags, starts: Integers, count: int, rows: Integers) -> None:
    """Fill `rows` (T,) with blocks of consecutive numbers from 0 to `count` - 1, after which a block goes on with 0.

    `is_first` (T,) flags the rows at which a block begins, row 0 among them; `starts` are the first numbers of the
    blocks, in order. A start of `count` or more, which rounding can make, counts as the last number."""
    block = row = 0
    for t in range(len(rows)):
        if is_first[t]:
            row = min(starts[block], count - 1)
            block += 1
        rows[t] = row
        row = row + 1 if row + 1 < count else 0


@jit
def fill_levels(returns: Array, rows: Integers, levels: Array) -> None:
    """Fill `levels` (3, T + 1), from 1, with the session returns (n, 3) of the legs and the pair in the order of
    `rows` (T,)."""
    levels[:, 0] = 1.0
    for t in range(len(rows)):
        for k in range(len(levels)):
            levels[k, t + 1] = levels[k, t] * (1 + returns[rows[t], k])


@jit
def fill_deepest(navs: Array, falls: Array) -> None:
    """Fill `falls` (S,) with the deepest fall of values (S, N) below a peak, a negative fraction or 0."""
    for s in range(len(falls)):
        high, lowest = navs[s, 0], 1.0
        for t in range(navs.shape[1]):
            high = max(high, navs[s, t])
            lowest = min(lowest, navs[s, t] / high)
        falls[s] = lowest - 1
