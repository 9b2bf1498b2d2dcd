"""Sell-offs: windows in which stocks fell, taken worst first and apart from each other.

In a joint sell-off bonds fell too, in an other one they held; a stock sell-off asks nothing of bonds. docs/design.md
defines them. What it leaves open: an other sell-off may touch a joint one at a close but shares no session's return
with it, and the sessions between windows are asked of windows of the same kind. Ties go to the earlier window, then to
the shorter.

All that numba compiles is in this file. The plain definition is in `tests/witness/sell_offs.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared
from backtester.histories.rhythm import DAILY

ROUNDING = 1e-12  # a product and a quotient agree to this


class Legs(NamedTuple):
    """Levels by session of the two legs, and of what windows are ranked by, each (T,) and contiguous."""

    stocks: Array
    bonds: Array
    pair: Array


class Rule(NamedTuple):
    """What makes a window: falls of the legs as negative fractions, the most returns in it, the fewest between two."""

    stocks_fall: float
    bonds_fall: float
    max_sessions: int = DAILY.window_sessions
    gap_sessions: int = DAILY.window_sessions


class Rooms(NamedTuple):
    """What windows are found in, T each: 0 in `free` where a session's return may not be part of one (used up); of the
    worst window from each start its return and its length, 0 for none; 1 in `taken` where a window was chosen; the
    lowest level of stocks ahead; and the starts that still have a window, in order."""

    free: Array
    returns: Array
    taken: Array
    lowest: Array
    lengths: Integers
    starts: Integers


Definition = Callable[[Legs], Integers]  # the windows (W, 2) among legs


def joint_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows in which both legs fell, as session numbers of start and end (W, 2), in order of time."""
    return _find(legs, rule, True, np.ones(len(legs.pair)))


def other_sell_offs(legs: Legs, rule: Rule, joint: Integers) -> Integers:
    """The windows outside the joint ones in which stocks fell and bonds did not, likewise."""
    free = np.ones(len(legs.pair))
    for start, end in joint:
        free[start + 1 : end + 1] = 0.0
    return _find(legs, rule, False, free)


def stock_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows in which stocks fell, whatever bonds did, worst for stocks first, likewise."""
    return _find(legs._replace(pair=legs.stocks), rule._replace(bonds_fall=np.inf), True, np.ones(len(legs.pair)))


def _find(legs: Legs, rule: Rule, is_joint: bool, free: Array) -> Integers:
    """The windows (W, 2) of `_fill_windows`."""
    sessions, windows = len(free), np.empty((len(free), 2), np.int64)
    rooms = Rooms(free, *np.zeros((3, sessions)), *np.zeros((2, sessions), np.int64))
    return windows[: _fill_windows(legs, rule, is_joint, rooms, windows)].copy()


@jit_shared
def _worst(legs: Legs, rule: Rule, is_joint: bool, free: Array, start: int) -> tuple[int, float]:
    """Sessions and return of the window from `start` in which the pair fell most, the shorter of equals; 0 for none.

    A quotient is made only where a product, which is cheaper, leaves it open.
    """
    length, worst, lowest = 0, 0.0, np.inf
    stocks, bonds, pair = legs.stocks[start], legs.bonds[start], legs.pair[start]
    near = stocks * (1 + rule.stocks_fall) * (1 + ROUNDING)
    for end in range(start + 1, min(start + rule.max_sessions, len(free) - 1) + 1):
        if free[end] == 0:
            break
        if legs.pair[end] < lowest and legs.stocks[end] <= near and legs.stocks[end] / stocks - 1 <= rule.stocks_fall:
            move = legs.pair[end] / pair - 1
            if (legs.bonds[end] / bonds - 1 <= rule.bonds_fall) == is_joint and (length == 0 or move < worst):
                length, worst, lowest = end - start, move, legs.pair[end]
    return length, worst


@jit_part
def _fill_lowest(levels: Array, sessions: int, lowest: Array) -> None:
    """Fill the lowest level of the next `sessions` sessions, infinite at the last one: of two spans that cover them."""
    count, span = len(levels), 1
    for start in range(count - 1):  # of the next `span` sessions, doubled while that is not too many
        lowest[start] = levels[start + 1]
    lowest[count - 1] = np.inf
    while span < sessions:
        step = min(span, sessions - span)
        for start in range(count - step):
            lowest[start] = min(lowest[start], lowest[start + step])
        span += step


@jit
def _fill_windows(legs: Legs, rule: Rule, is_joint: bool, rooms: Rooms, windows: Integers) -> int:
    """Fill the windows (T, 2) in order of time, and count them: of each start's worst the worst, then again without
    the sessions near it."""
    free, returns, taken, lowest = rooms.free, rooms.returns, rooms.taken, rooms.lowest
    lengths, starts = rooms.lengths, rooms.starts
    sessions = len(free)
    _fill_lowest(legs.stocks, rule.max_sessions, lowest)
    count = 0
    for start in range(sessions):
        if lowest[start] / legs.stocks[start] - 1 <= rule.stocks_fall:
            lengths[start], returns[start] = _worst(legs, rule, is_joint, free, start)
        if lengths[start] > 0:
            starts[count] = start
            count += 1
    while count > 0:
        worst = starts[0]
        for place in range(1, count):
            if returns[starts[place]] < returns[worst]:
                worst = starts[place]
        taken[worst] = 1.0
        first, last = max(0, worst - rule.gap_sessions + 1), worst + lengths[worst] + rule.gap_sessions
        for t in range(first, min(last + 1, sessions)):
            free[t] = 0.0
        kept = 0
        for place in range(count):
            start = starts[place]
            if taken[start] == 0:
                if first - 1 <= start < last:  # its next session is not free
                    lengths[start] = 0
                elif start < first <= start + lengths[start]:  # a window that ends before stays the worst
                    lengths[start], returns[start] = _worst(legs, rule, is_joint, free, start)
                if lengths[start] > 0:
                    starts[kept] = start
                    kept += 1
        count = kept
    for start in range(sessions):
        if taken[start] > 0:
            windows[count, 0], windows[count, 1] = start, start + lengths[start]
            count += 1
    return count
