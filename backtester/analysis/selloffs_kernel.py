"""Sell-offs again, compiled, for resamples and rotations: the windows of `selloffs.py`, a hundred times as fast.

All that numba sees is in this file.
"""

from typing import NamedTuple

import numpy as np

from backtester.analysis.lenses import Thresholds
from backtester.analysis.selloffs import GAP_SESSIONS, MAX_SESSIONS
from backtester.arrays import Array, Integers
from backtester.compiled import jit


class Legs(NamedTuple):
    """Levels by session of the two legs and of the pair of them, each (T,) and contiguous."""

    stocks: Array
    bonds: Array
    pair: Array


class Rule(NamedTuple):
    """What makes a window: falls of the legs as negative fractions, whether both fall, sessions in it and after it."""

    stocks_fall: float
    bonds_fall: float
    is_joint: bool
    max_sessions: int
    gap_sessions: int


def joint_windows(legs: Legs, thresholds: Thresholds) -> Integers:
    """The joint sell-offs as session numbers of start and end (W, 2), in order of time."""
    rule = Rule(thresholds.stocks, thresholds.bonds, True, MAX_SESSIONS, GAP_SESSIONS)
    return windows(legs, rule, np.ones(len(legs.pair)))


def other_windows(legs: Legs, joint: Integers, thresholds: Thresholds) -> Integers:
    """The other sell-offs outside the joint ones, likewise."""
    rule = Rule(thresholds.stocks, thresholds.bonds, False, MAX_SESSIONS, GAP_SESSIONS)
    free = np.ones(len(legs.pair))
    for start, end in joint:
        free[start + 1 : end + 1] = 0.0
    return windows(legs, rule, free)


@jit
def _worst(legs: Legs, rule: Rule, free: Array, start: int) -> tuple[int, float]:
    """Sessions and return of the window from `start` in which the pair fell most, the shorter of equals; 0 for none."""
    length, worst = 0, 0.0
    for end in range(start + 1, min(start + rule.max_sessions, len(free) - 1) + 1):
        if free[end] == 0:
            break
        if legs.stocks[end] / legs.stocks[start] - 1 <= rule.stocks_fall:
            bonds_fell = legs.bonds[end] / legs.bonds[start] - 1 <= rule.bonds_fall
            move = legs.pair[end] / legs.pair[start] - 1
            if bonds_fell == rule.is_joint and (length == 0 or move < worst):
                length, worst = end - start, move
    return length, worst


@jit
def _lowest(levels: Array, sessions: int) -> Array:
    """The lowest level of the next `sessions` sessions, infinite at the last one; all lengths at a time, in lanes."""
    lowest = np.full(len(levels), np.inf)
    for length in range(1, sessions + 1):
        for start in range(len(levels) - length):
            lowest[start] = min(lowest[start], levels[start + length])
    return lowest


@jit
def windows(legs: Legs, rule: Rule, free: Array) -> Integers:
    """The windows (W, 2) in order of time: of each start's worst the worst, then again without the sessions near it.

    `free` (T,) is 0 where a session's return may not be part of a window; it is used up.
    """
    sessions = len(free)
    lengths, returns, taken = np.zeros(sessions, np.int64), np.zeros(sessions), np.zeros(sessions)
    starts = np.empty(sessions, np.int64)  # those that still have a window, in order, `count` of them
    lowest = _lowest(legs.stocks, rule.max_sessions)
    count = chosen = 0
    for start in range(sessions):
        if lowest[start] / legs.stocks[start] - 1 <= rule.stocks_fall:
            lengths[start], returns[start] = _worst(legs, rule, free, start)
        if lengths[start] > 0:
            starts[count] = start
            count += 1
    while count > 0:
        worst = starts[0]
        for place in range(1, count):
            if returns[starts[place]] < returns[worst]:
                worst = starts[place]
        taken[worst] = 1.0
        chosen += 1
        first, last = max(0, worst - rule.gap_sessions + 1), worst + lengths[worst] + rule.gap_sessions
        for t in range(first, min(last + 1, sessions)):
            free[t] = 0.0
        kept = 0
        for place in range(count):
            start = starts[place]
            if taken[start] == 0:
                if first - rule.max_sessions <= start <= last:
                    lengths[start], returns[start] = _worst(legs, rule, free, start)
                if lengths[start] > 0:
                    starts[kept] = start
                    kept += 1
        count = kept
    found = np.empty((chosen, 2), np.int64)
    for start in range(sessions):
        if taken[start] > 0:
            found[count, 0], found[count, 1] = start, start + lengths[start]
            count += 1
    return found
