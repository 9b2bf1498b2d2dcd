"""Sell-offs: windows of at most 21 sessions in which stocks fell, taken worst first and apart from each other.

A joint sell-off has bonds falling too; in an other one they held. DESIGN section 7 defines both; what it leaves open is
settled here: an other sell-off may touch a joint one at a close but shares no session's return with it, and the
21 sessions between windows are asked of windows of the same kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backtester.analysis.pair import Pair
from backtester.analysis.windows import Window
from backtester.arrays import Array, Flags

MAX_SESSIONS = 21
GAP_SESSIONS = 21


@dataclass(frozen=True)
class Thresholds:
    """How far each leg falls at least, as negative fractions."""

    stocks: float = -0.05
    bonds: float = -0.005


ELSEWHERE = (Thresholds(-0.03, -0.005), Thresholds(-0.05, -0.01), Thresholds(-0.05, -0.02))


def joint_selloffs(pair: Pair, thresholds: Thresholds = Thresholds()) -> list[Window]:
    """The windows in which stocks and bonds both fell by their thresholds, in order of time."""
    return _take(pair, thresholds, joint=True, taken=[])


def counts_elsewhere(pair: Pair) -> list[tuple[Thresholds, int]]:
    """How many joint sell-offs there are at other thresholds: how much hangs on the choice."""
    return [(elsewhere, len(joint_selloffs(pair, elsewhere))) for elsewhere in ELSEWHERE]


def other_selloffs(pair: Pair, joint: list[Window], thresholds: Thresholds = Thresholds()) -> list[Window]:
    """The windows outside the joint ones in which stocks fell by their threshold and bonds did not, in time order."""
    return _take(pair, thresholds, joint=False, taken=joint)


def _take(pair: Pair, thresholds: Thresholds, *, joint: bool, taken: list[Window]) -> list[Window]:
    """Greedily by the pair's return; ties go to the earlier, then the shorter window."""
    free = np.ones(len(pair.nav), dtype=bool)  # by session: may its return still be part of a window
    for window in taken:
        free[window.start + 1 : window.end + 1] = False
    chosen: list[Window] = []
    for window in _candidates(pair, thresholds, joint=joint):
        if free[window.start + 1 : window.end + 1].all():
            chosen.append(window)
            # a window that held the return of one of these sessions would end or start nearer than the gap
            free[max(0, window.start - GAP_SESSIONS + 1) : window.end + GAP_SESSIONS + 1] = False
    return sorted(chosen, key=lambda window: window.start)


def _candidates(pair: Pair, thresholds: Thresholds, *, joint: bool) -> Iterator[Window]:
    stocks, bonds, nav = (np.asarray(series, dtype=np.float64) for series in (pair.stocks, pair.bonds, pair.nav))
    found = []
    for length in range(1, min(MAX_SESSIONS, len(nav) - 1) + 1):
        bonds_fell = _returns(bonds, length) <= thresholds.bonds
        inside: Flags = (_returns(stocks, length) <= thresholds.stocks) & (bonds_fell == joint)
        starts = np.flatnonzero(inside)
        found.append(np.column_stack([_returns(nav, length)[starts], starts, np.full(len(starts), length)]))
    table = np.concatenate(found) if found else np.empty((0, 3))
    for _, start, length in table[np.lexsort(table.T[::-1])]:
        yield Window(int(start), int(start + length))


def _returns(levels: Array, length: int) -> Array:
    moves: Array = levels[length:] / levels[:-length] - 1
    return moves
