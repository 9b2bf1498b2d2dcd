"""The compiled search for sell-offs: the worst window of each start, then the worst of these that lie apart.

All that numba compiles is in this file. The plain definition is in `tests/witness/sell_offs.py`.
"""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.compiled import jit, jit_part, jit_shared
from backtester.histories.rhythm import DAILY

PRODUCT_ROUNDING = 1e-12  # a product and a quotient agree to this


class Legs(NamedTuple):
    """Levels by session of the two legs, and of the pair, by which windows are ranked, each (T,) and contiguous."""

    stocks: Array
    bonds: Array
    pair: Array


class Rule(NamedTuple):
    """The rule of a sell-off: falls of the legs as negative fractions, the most sessions in it, the fewest between
    two."""

    stocks_fall: float
    bonds_fall: float
    max_sessions: int = DAILY.window_sessions
    gap_sessions: int = DAILY.window_sessions


class Worst(NamedTuple):
    """The worst window of each start: its return, and its number of sessions, 0 if there is none; (T,) each."""

    returns: Array
    lengths: Integers


class KnownWindows(NamedTuple):
    """What is known before the search: `worst`, the worst windows of an original record; `rows` (T - 1,), the places of
    the legs' session returns in it, empty if there is no original; and `used`, windows (W, 2) to be left out."""

    worst: Worst
    rows: Integers
    used: Integers


class WindowWorkspace(NamedTuple):
    """The arrays that the search works in, T each.

    `free` is 0 if a session's return may not be part of a window; `returns` and `lengths` are those of the worst window
    of each start; `lowest` is the lowest level of stocks ahead; `starts` are those that still have a window, in order.
    """

    free: Array
    returns: Array
    lowest: Array
    lengths: Integers
    starts: Integers


@jit_shared
def _worst(legs: Legs, rule: Rule, is_joint: bool, free: Array, start: int) -> tuple[int, float]:
    """Sessions and return of the window from `start` in which the pair fell most, the shorter of equals; 0 for none.

    A quotient is made only where a product, which is cheaper, leaves it open.
    """
    length, worst, lowest = 0, 0.0, np.inf
    stocks, bonds, pair = legs.stocks[start], legs.bonds[start], legs.pair[start]
    near = stocks * (1 + rule.stocks_fall) * (1 + PRODUCT_ROUNDING)
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


@jit_part
def _fill_worst(legs: Legs, rule: Rule, is_joint: bool, known: KnownWindows, workspace: WindowWorkspace) -> None:
    """Fill the worst window of each start: in a block of the original, all of whose sessions follow each other there,
    those that end in it stay."""
    rows, returns, lengths, start = known.rows, workspace.returns, workspace.lengths, 0
    _fill_lowest(legs.stocks, rule.max_sessions, workspace.lowest)
    while start < len(lengths):
        end = start + 1
        while end < len(rows) and rows[end] == rows[end - 1] + 1:
            end += 1
        stay = max(start, end - rule.max_sessions + 1) if start < len(rows) else start
        for t in range(start, stay):
            lengths[t], returns[t] = known.worst.lengths[rows[t]], known.worst.returns[rows[t]]
        for t in range(stay, end):
            if workspace.lowest[t] / legs.stocks[t] - 1 <= rule.stocks_fall:
                lengths[t], returns[t] = _worst(legs, rule, is_joint, workspace.free, t)
        start = end


@jit_shared
def _use_up(legs: Legs, rule: Rule, is_joint: bool, workspace: WindowWorkspace, first: int, last: int) -> None:
    """Exclude the returns of the sessions from first to last from all windows."""
    lengths, returns, sessions = workspace.lengths, workspace.returns, len(workspace.free)
    for t in range(first, min(last + 1, sessions)):
        workspace.free[t] = 0.0
    for start in range(max(0, first - rule.max_sessions), min(last, sessions)):
        if start >= first - 1:  # its next session is not free
            lengths[start] = 0
        elif start + lengths[start] >= first:  # a window that ends before stays the worst
            lengths[start], returns[start] = _worst(legs, rule, is_joint, workspace.free, start)


@jit
def fill_windows(
    legs: Legs, rule: Rule, is_joint: bool, known: KnownWindows, workspace: WindowWorkspace, windows: Integers
) -> int:
    """Fill the worst window of each start in `workspace` and, unless `windows` (T, 2) is empty, the windows in it.

    The worst window comes first, the next is the worst without the sessions near it, and so on. Returns their number.
    Where the legs keep as many sessions of an original in order as a window may have, its worst window is taken over.
    """
    returns, lengths, starts, sessions = workspace.returns, workspace.lengths, workspace.starts, len(workspace.free)
    workspace.free[:], lengths[:] = 1.0, 0
    _fill_worst(legs, rule, is_joint, known, workspace)
    if len(windows) == 0:
        return 0
    for place in range(len(known.used)):
        _use_up(legs, rule, is_joint, workspace, known.used[place, 0] + 1, known.used[place, 1])
    count = found = 0
    for start in range(sessions):
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
            _use_up(legs, rule, is_joint, workspace, first, end + rule.gap_sessions)
        count = left
    return found
