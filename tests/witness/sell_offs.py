"""Sell-offs as docs/design.md defines them: every window listed and taken greedily, worst first.

What it leaves open is settled here: an other sell-off may touch a joint one at a close but shares no session's return
with it, and the sessions between windows are asked of windows of the same kind. Ties go to the earlier window, then to
the shorter.
"""

import numpy as np

from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.arrays import Flags, Integers

NONE = np.empty((0, 2), np.int64)


def joint_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows (W, 2) in which stocks and bonds both fell by their thresholds, in order of time."""
    return _greedy(
        legs, rule, np.array([_move(legs.bonds, window) <= rule.bonds_fall for window in _falls(legs, rule)])
    )


def other_sell_offs(legs: Legs, rule: Rule, joint: Integers) -> Integers:
    """The windows outside the joint ones in which stocks fell by their threshold and bonds did not, likewise."""
    held = [
        _move(legs.bonds, (start, end)) > rule.bonds_fall
        and all(start >= last or end <= first for first, last in joint)
        for start, end in _falls(legs, rule)
    ]
    return _greedy(legs, rule, np.array(held))


def stock_sell_offs(legs: Legs, rule: Rule) -> Integers:
    """The windows in which stocks fell by their threshold, whatever bonds did, worst for stocks first, likewise."""
    return _greedy(legs._replace(pair=legs.stocks), rule, np.ones(len(_falls(legs, rule)), bool))


def _move(level: "np.typing.NDArray[np.float64]", window: tuple[int, int]) -> float:
    start, end = window
    return float(level[end] / level[start] - 1)


def _falls(legs: Legs, rule: Rule) -> list[tuple[int, int]]:
    """Every window in which stocks fell by their threshold."""
    found = []
    for length in range(1, min(rule.max_sessions, len(legs.stocks) - 1) + 1):
        moves = legs.stocks[length:] / legs.stocks[:-length] - 1
        found += [(int(start), int(start) + length) for start in np.flatnonzero(moves <= rule.stocks_fall)]
    return found


def _greedy(legs: Legs, rule: Rule, allowed: Flags) -> Integers:
    """Of the falls that are allowed the worst for the pair, then the worst that keeps its distance, and so on."""
    falls = [window for window, is_allowed in zip(_falls(legs, rule), allowed, strict=True) if is_allowed]
    left = sorted((_move(legs.pair, window), *window) for window in falls)
    taken: list[tuple[int, int]] = []
    while left:
        _, start, end = left[0]
        taken.append((start, end))
        gap = rule.gap_sessions
        left = [one for one in left if one[1] >= end + gap or one[2] <= start - gap]
    return np.array(sorted(taken), np.int64).reshape(-1, 2)
