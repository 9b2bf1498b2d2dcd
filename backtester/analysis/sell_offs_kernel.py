"""The compiled search for sell-offs: the worst window from each start, then the worst of these that lie apart.

All that numba compiles is in this file, since its cache does not notice edits in others. The plain definition is in
`tests/witness/sell_offs.py`.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared
from backtester.histories.rhythm import DAILY

PRODUCT_ROUNDING = 1e-12  # a quotient, and the same comparison as a product, agree to this


class Legs(NamedTuple):
    """The levels (T,) of the two legs, and of the pair, by whose return windows are ranked; contiguous arrays."""

    stocks: Array
    bonds: Array
    pair: Array


class Rule(NamedTuple):
    """The rule of a sell-off: the falls of the legs (negative fractions) that make one, the most returns in one, and
    the fewest sessions between two."""

    stocks_fall: float
    bonds_fall: float
    max_sessions: int = DAILY.window_sessions
    gap_sessions: int = DAILY.window_sessions


class Worst(NamedTuple):
    """The worst window from each start, (T,) each: the pair's return, and the number of sessions, 0 for no window."""

    returns: Array
    lengths: Integers


class KnownWindows(NamedTuple):
    """What is known before the search. If the legs are resampled from an original record, `worst` are its worst windows
    and `rows` (T - 1,) the numbers of the resampled returns in it; else both are empty. `used` are windows (W, 2) whose
    sessions are left out."""

    worst: Worst
    rows: Integers
    used: Integers


class WindowWorkspace(NamedTuple):
    """The arrays that the search works in, (T,) each.

    `free` is 0 if a session's return may no longer be part of a window, else 1; `returns` and `lengths` are those of
    the worst window from each start; `lowest` is the lowest level of stocks in the sessions that a window from there
    may have; `starts` are the starts that still have a window, in order.
    """

    free: Array
    returns: Array
    lowest: Array
    lengths: Integers
    starts: Integers


@jit_shared
def _worst(legs: Legs, rule: Rule, is_joint: bool, free: Array, start: int) -> tuple[int, float]:
    """The number of sessions, and the return, of the window from `start` in which the pair fell most, the shorter of
    equals; 0 sessions for no window.

    A division is slow, so it is done only where a product does not rule the window out.
    """
    length, worst, lowest = 0, 0.0, np.inf
    stocks, bonds, pair = legs.stocks[start], legs.bonds[start], legs.pair[start]
    most = stocks * (1 + rule.stocks_fall) * (1 + PRODUCT_ROUNDING)  # at a level above this stocks fell too little
    for end in range(start + 1, min(start + rule.max_sessions, len(free) - 1) + 1):
        if free[end] == 0:
            break
        if legs.pair[end] < lowest and legs.stocks[end] <= most and legs.stocks[end] / stocks - 1 <= rule.stocks_fall:
            move = legs.pair[end] / pair - 1
            if (legs.bonds[end] / bonds - 1 <= rule.bonds_fall) == is_joint and (length == 0 or move < worst):
                length, worst, lowest = end - start, move, legs.pair[end]
    return length, worst


@jit_part
def _fill_lowest(levels: Array, sessions: int, lowest: Array) -> None:
    """Fill `lowest` (T,) with the lowest level of the next `sessions` sessions, infinite at the last one.

    It is known for spans of 1, 2, 4, ... sessions: the lowest of a longer span is that of two shorter ones that cover
    it.
    """
    count, span = len(levels), 1
    for start in range(count - 1):
        lowest[start] = levels[start + 1]
    lowest[count - 1] = np.inf
    while span < sessions:
        step = min(span, sessions - span)
        for start in range(count - step):
            lowest[start] = min(lowest[start], lowest[start + step])
        span += step


@jit_part
def _fill_worst(legs: Legs, rule: Rule, is_joint: bool, known: KnownWindows, workspace: WindowWorkspace) -> None:
    """Fill the worst window from each start.

    A block is a run of sessions that follow each other in the original record, too. The worst windows from starts early
    enough in a block that every window from there ends in it are copied from the original.
    """
    rows, returns, lengths, start = known.rows, workspace.returns, workspace.lengths, 0
    _fill_lowest(legs.stocks, rule.max_sessions, workspace.lowest)
    while start < len(lengths):
        end = start + 1
        while end < len(rows) and rows[end] == rows[end - 1] + 1:
            end += 1
        copied = max(start, end - rule.max_sessions + 1) if start < len(rows) else start
        for t in range(start, copied):
            lengths[t], returns[t] = known.worst.lengths[rows[t]], known.worst.returns[rows[t]]
        for t in range(copied, end):
            if workspace.lowest[t] / legs.stocks[t] - 1 <= rule.stocks_fall:
                lengths[t], returns[t] = _worst(legs, rule, is_joint, workspace.free, t)
        start = end


@jit_shared
def _exclude(legs: Legs, rule: Rule, is_joint: bool, workspace: WindowWorkspace, first: int, last: int) -> None:
    """Exclude the returns of sessions `first` to `last` from windows, and find the worst windows near them again."""
    lengths, returns, sessions = workspace.lengths, workspace.returns, len(workspace.free)
    for t in range(first, min(last + 1, sessions)):
        workspace.free[t] = 0.0
    for start in range(max(0, first - rule.max_sessions), min(last, sessions)):
        if start >= first - 1:  # the first return of any window from there is excluded
            lengths[start] = 0
        elif start + lengths[start] >= first:  # a window that ends before stays the worst
            lengths[start], returns[start] = _worst(legs, rule, is_joint, workspace.free, start)


@jit
def fill_windows(
    legs: Legs, rule: Rule, is_joint: bool, known: KnownWindows, workspace: WindowWorkspace, windows: Integers
) -> int:
    """Fill the worst window from each start in `workspace` and, unless `windows` (T, 2) is empty, the sell-offs in it;
    return their number.

    The worst window is the first sell-off; the next is the worst without the sessions near it, and so on.
    """
    returns, lengths, starts, sessions = workspace.returns, workspace.lengths, workspace.starts, len(workspace.free)
    workspace.free[:], lengths[:] = 1.0, 0
    _fill_worst(legs, rule, is_joint, known, workspace)
    if len(windows) == 0:
        return 0
    for place in range(len(known.used)):
        _exclude(legs, rule, is_joint, workspace, known.used[place, 0] + 1, known.used[place, 1])
    count = found = 0
    for start in range(sessions):  # keep the starts that have a window: a start without one is overwritten
        starts[count] = start
        count += lengths[start] > 0
    while count > 0:
        left, worst, least = 0, -1, np.inf
        for place in range(count):
            start = starts[place]
            starts[left] = start
            left += lengths[start] > 0
            if returns[start] < least and lengths[start] > 0:
                worst, least = start, returns[start]
        if left > 0:
            end = worst + lengths[worst]
            windows[found, 0], windows[found, 1] = worst, end
            found += 1
            first = max(0, worst - rule.gap_sessions + 1)
            _exclude(legs, rule, is_joint, workspace, first, end + rule.gap_sessions)
        count = left
    return found
