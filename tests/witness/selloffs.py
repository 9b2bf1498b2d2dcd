"""Sell-offs: windows of at most 21 sessions in which stocks fell, taken worst first and apart from each other.

A joint sell-off has bonds falling too; in an other one they held. DESIGN section 7 defines both; what it leaves open is
settled here: an other sell-off may touch a joint one at a close but shares no session's return with it, and the
21 sessions between windows are asked of windows of the same kind.
"""

import numpy as np

from backtester.analysis.lenses import USUAL, Thresholds
from backtester.analysis.pair import Pair
from backtester.analysis.windows import Window
from backtester.arrays import Array, Integers

MAX_SESSIONS = 21
GAP_SESSIONS = 21
ELSEWHERE = (Thresholds(-0.03, -0.005), Thresholds(-0.05, -0.01), Thresholds(-0.05, -0.02))


def joint_selloffs(pair: Pair, thresholds: Thresholds = USUAL.thresholds) -> list[Window]:
    """The windows in which stocks and bonds both fell by their thresholds, in order of time."""
    return _take(_candidates(pair, thresholds, joint=True), [])


def counts_elsewhere(pair: Pair) -> list[tuple[Thresholds, int]]:
    """How many joint sell-offs there are at other thresholds: how much hangs on the choice."""
    return [(elsewhere, len(joint_selloffs(pair, elsewhere))) for elsewhere in ELSEWHERE]


def other_selloffs(pair: Pair, joint: list[Window], thresholds: Thresholds = USUAL.thresholds) -> list[Window]:
    """The windows outside the joint ones in which stocks fell by their threshold and bonds did not, in time order."""
    return _take(_candidates(pair, thresholds, joint=False), joint)


def _take(candidates: tuple[Integers, Integers], taken: list[Window]) -> list[Window]:
    """Greedily from the worst on, sharing no session's return with those taken."""
    starts, ends = candidates
    for window in taken:
        apart = (starts >= window.end) | (ends <= window.start)
        starts, ends = starts[apart], ends[apart]
    chosen: list[Window] = []
    while len(starts):
        window = Window(int(starts[0]), int(ends[0]))
        chosen.append(window)
        apart = (starts >= window.end + GAP_SESSIONS) | (ends <= window.start - GAP_SESSIONS)
        starts, ends = starts[apart], ends[apart]
    return sorted(chosen, key=lambda window: window.start)


def _candidates(pair: Pair, thresholds: Thresholds, *, joint: bool) -> tuple[Integers, Integers]:
    """First and last closes of the windows that qualify, by the pair's return; ties go to the earlier, then shorter."""
    stocks, bonds, nav = (np.asarray(series, dtype=np.float64) for series in (pair.stocks, pair.bonds, pair.nav))
    found = [np.empty((3, 0))]
    for length in range(1, min(MAX_SESSIONS, len(nav) - 1) + 1):
        starts = np.flatnonzero(_returns(stocks, length) <= thresholds.stocks)
        starts = starts[(bonds[starts + length] / bonds[starts] - 1 <= thresholds.bonds) == joint]
        found.append(np.stack([nav[starts + length] / nav[starts] - 1, starts, starts + length]))
    table = np.concatenate(found, axis=1)
    _, first, last = table[:, np.lexsort(table[::-1])].astype(np.int64)
    return first, last


def _returns(levels: Array, length: int) -> Array:
    moves: Array = levels[length:] / levels[:-length] - 1
    return moves
