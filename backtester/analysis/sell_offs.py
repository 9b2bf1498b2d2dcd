"""Sell-offs: windows in which stocks fell, taken worst first and apart from each other.

In a joint sell-off bonds fell too, in an other one they held; a stock sell-off asks nothing of bonds. docs/design.md
defines them. What it leaves open: an other sell-off may touch a joint one at a close but shares no session's return
with it, and the sessions between windows are asked of windows of the same kind. Ties go to the earlier window, then to
the shorter.

All that numba compiles is in this file. The plain definition is in `tests/witness/sell_offs.py`.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

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


class Worst(NamedTuple):
    """Of each start the return of the worst window, and how many sessions' returns it has, 0 for none; (T,) each."""

    returns: Array
    lengths: Integers


class Rooms(NamedTuple):
    """What windows are found in, T each: 0 in `free` where a session's return may not be part of one (used up); of the
    worst window from each start its return and its length; the lowest level of stocks ahead; and the starts that still
    have a window, in order."""

    free: Array
    returns: Array
    lowest: Array
    lengths: Integers
    starts: Integers


@dataclass(frozen=True, eq=False)
class History:
    """Legs whose sessions are put in other orders again and again: what of their windows stays is found once."""

    legs: Legs
    found: dict[tuple[Rule, bool], Worst] = field(default_factory=dict)

    def worst(self, rule: Rule, is_joint: bool) -> Worst:
        """The worst window from each session of the history in its own order."""
        if (rule, is_joint) not in self.found:
            rooms = _rooms(len(self.legs.pair))
            _fill_windows(self.legs, rule, is_joint, UNKNOWN, NO_ROWS, NO_WINDOWS, rooms, NO_WINDOWS)
            self.found[rule, is_joint] = Worst(rooms.returns, rooms.lengths)
        return self.found[rule, is_joint]


class Redrawn(NamedTuple):
    """Where legs come from: a history, and which of its session returns they have, in order (T - 1,)."""

    history: History
    rows: Integers


UNKNOWN = Worst(np.empty(0), np.empty(0, np.int64))
NO_ROWS, NO_WINDOWS = np.empty(0, np.int64), np.empty((0, 2), np.int64)


def joint_sell_offs(legs: Legs, rule: Rule, redrawn: Redrawn | None = None) -> Integers:
    """The windows in which both legs fell, as session numbers of start and end (W, 2), in order of time."""
    return _find(legs, rule, True, redrawn)


def other_sell_offs(legs: Legs, rule: Rule, joint: Integers, redrawn: Redrawn | None = None) -> Integers:
    """The windows outside the joint ones in which stocks fell and bonds did not, likewise."""
    return _find(legs, rule, False, redrawn, joint)


def stock_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows in which stocks fell, whatever bonds did, worst for stocks first, likewise."""
    return _find(legs._replace(pair=legs.stocks), rule._replace(bonds_fall=np.inf), True)


class Definition(Protocol):
    """What windows (W, 2) are meant by a sell-off."""

    def __call__(self, legs: Legs, redrawn: Redrawn | None = None) -> Integers:
        """The windows among legs."""


@dataclass(frozen=True)
class JointSellOffs:
    """The definition of windows that are joint sell-offs by a rule."""

    rule: Rule

    def __call__(self, legs: Legs, redrawn: Redrawn | None = None) -> Integers:
        """The windows among legs."""
        return joint_sell_offs(legs, self.rule, redrawn)


def _find(
    legs: Legs, rule: Rule, is_joint: bool, redrawn: Redrawn | None = None, before: Integers = NO_WINDOWS
) -> Integers:
    """The windows (W, 2) of `_fill_windows`."""
    known, rows = (redrawn.history.worst(rule, is_joint), redrawn.rows) if redrawn else (UNKNOWN, NO_ROWS)
    windows = np.empty((len(legs.pair), 2), np.int64)
    count = _fill_windows(legs, rule, is_joint, known, rows, before, _rooms(len(windows)), windows)
    return windows[:count][windows[:count, 0].argsort()]


def _rooms(sessions: int) -> Rooms:
    return Rooms(*np.empty((3, sessions)), *np.empty((2, sessions), np.int64))


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


@jit_shared
def _use_up(legs: Legs, rule: Rule, is_joint: bool, rooms: Rooms, first: int, last: int) -> None:
    """Take the returns of the sessions from first to last out of all windows."""
    lengths, returns, sessions = rooms.lengths, rooms.returns, len(rooms.free)
    for t in range(first, min(last + 1, sessions)):
        rooms.free[t] = 0.0
    for start in range(max(0, first - rule.max_sessions), min(last, sessions)):
        if start >= first - 1:  # its next session is not free
            lengths[start] = 0
        elif start + lengths[start] >= first:  # a window that ends before stays the worst
            lengths[start], returns[start] = _worst(legs, rule, is_joint, rooms.free, start)


@jit
def _fill_windows(
    legs: Legs,
    rule: Rule,
    is_joint: bool,
    known: Worst,
    rows: Integers,
    before: Integers,
    rooms: Rooms,
    windows: Integers,
) -> int:
    """Fill the worst windows of all starts in `rooms`, then `windows` (T, 2), if there is room: the worst of them, and
    again without the sessions near it; and count those.

    Sessions of the windows `before` (W, 2) are not free. Legs may have the session returns `rows` (T - 1,) of a history
    whose worst windows are `known`: what they are stays where so many sessions follow each other as there.
    """
    returns, lengths, starts, lowest = rooms.returns, rooms.lengths, rooms.starts, rooms.lowest
    sessions = len(rooms.free)
    _fill_lowest(legs.stocks, rule.max_sessions, lowest)
    follow = 0
    for start in range(sessions - 1, -1, -1):
        rooms.free[start], lengths[start] = 1.0, 0
        follow = follow + 1 if start + 1 < len(rows) and rows[start + 1] == rows[start] + 1 else 1
        if start < len(rows) and follow >= rule.max_sessions:
            lengths[start], returns[start] = known.lengths[rows[start]], known.returns[rows[start]]
        elif lowest[start] / legs.stocks[start] - 1 <= rule.stocks_fall:
            lengths[start], returns[start] = _worst(legs, rule, is_joint, rooms.free, start)
    if len(windows) == 0:
        return 0
    for place in range(len(before)):
        _use_up(legs, rule, is_joint, rooms, before[place, 0] + 1, before[place, 1])
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
            _use_up(legs, rule, is_joint, rooms, first, end + rule.gap_sessions)
        count = left
    return found
