"""Drawdowns: falls of a level from a peak to a trough, and its recovery."""

from dataclasses import dataclass

import numpy as np

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.arrays import Array


@dataclass(frozen=True)
class Drawdown:
    """A fall by session numbers: the last close at the peak, the lowest close, the first back at the peak (or None)."""

    peak: int
    trough: int
    recovery: int | None
    depth: float


def underwater(levels: Array) -> Array:
    """Level over running peak less one, (T,): 0 at a peak, or within 1e-12 of it, and negative below."""
    depths: Array = levels / np.maximum.accumulate(levels) - 1
    return np.where(depths > -AT_PEAK, 0.0, depths)


def drawdowns(levels: Array, *, at_least: float) -> list[Drawdown]:
    """Every fall of `at_least` (a positive fraction) or more between two peaks, in order of time.

    The starting level counts as a peak. A fall that has not recovered at the last session has no recovery.
    """
    depths = underwater(levels)
    below = np.concatenate([[False], depths < 0, [False]])
    edges = np.flatnonzero(below[1:] != below[:-1])
    falls = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        trough = int(start + depths[start:end].argmin())
        if depths[trough] <= -at_least:
            recovery = int(end) if end < len(levels) else None
            falls.append(Drawdown(int(start) - 1, trough, recovery, float(depths[trough])))
    return falls


def deepest(levels: Array) -> Drawdown | None:
    """The deepest fall, the first of equals; None where the level never fell."""
    depths = underwater(levels)
    trough = int(depths.argmin())
    if not depths[trough] < 0:
        return None
    peak = int(np.flatnonzero(depths[:trough] >= 0)[-1])
    back = np.flatnonzero(depths[trough:] >= 0)
    return Drawdown(peak, trough, trough + int(back[0]) if len(back) else None, float(depths[trough]))
