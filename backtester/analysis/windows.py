"""Windows of sessions, what a level did in them, and its drawdowns: falls from a peak to a trough, and recoveries."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.arrays import Array


@dataclass(frozen=True)
class Window:
    """From the close of session number `start` to the close of session number `end`."""

    start: int
    end: int

    @property
    def sessions(self) -> int:
        """The number of returns that the window holds."""
        return self.end - self.start

    def shared(self, other: "Window") -> int:
        """The number of returns that another window holds too; negative where the two are apart."""
        return min(self.end, other.end) - max(self.start, other.start)


def window_return(levels: "pd.Series[float]", window: Window) -> float:
    """The return from the first close to the last; NaN where the level had not begun, broke off, or had fallen to 0."""
    inside = np.asarray(levels, np.float64)[window.start : window.end + 1]
    return float(inside[-1] / inside[0] - 1) if inside[0] > 0 and not np.isnan(inside).any() else float("nan")


def window_returns(levels: Array, window: Window) -> Array:
    """The returns (K,) of levels (T, K), as `window_return` has them."""
    inside = levels[window.start : window.end + 1]
    sound = ~np.isnan(inside).any(axis=0) & (inside[0] > 0)
    returns: Array = np.divide(inside[-1], inside[0], out=np.full(len(sound), np.nan), where=sound) - 1
    return returns


@dataclass(frozen=True)
class Drawdown:
    """A fall by session numbers: the last close at the peak, the lowest close, and the first close back at the peak
    (None if there is none); and its depth, a negative fraction."""

    peak: int
    trough: int
    recovery: int | None
    depth: float


def underwater(levels: Array) -> Array:
    """The drawdown (T,) at each session: level over the highest so far, less one; 0 at a peak or within 1e-12 of it."""
    depths: Array = levels / np.maximum.accumulate(levels) - 1
    return np.where(depths > -AT_PEAK, 0.0, depths)


def drawdowns(levels: Array, *, at_least: float) -> list[Drawdown]:
    """Every fall of `at_least` (a positive fraction) or more between two peaks, in order of time.

    The starting level counts as a peak. A fall that has not recovered at the last session has no recovery.
    """
    depths = underwater(levels)
    below = np.concatenate([[False], depths < 0, [False]])
    edges = np.flatnonzero(below[1:] != below[:-1])  # first session of a fall, first one after it, and so on
    deepest = np.minimum.reduceat(np.append(depths, 0.0), edges)[::2] if len(edges) else np.empty(0)
    deep, falls = deepest <= -at_least, []
    for start, end in zip(edges[::2][deep].tolist(), edges[1::2][deep].tolist(), strict=True):
        trough = start + int(depths[start:end].argmin())
        falls.append(Drawdown(start - 1, trough, end if end < len(levels) else None, float(depths[trough])))
    return falls
