"""Windows of sessions, and what a level did in them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array


@dataclass(frozen=True)
class Window:
    """From the close of session number `start` to the close of session number `end`."""

    start: int
    end: int

    @property
    def sessions(self) -> int:
        """How many sessions' returns it holds."""
        return self.end - self.start


def window_return(levels: "pd.Series[float]", window: Window) -> float:
    """The return from the first close to the last; NaN where the level had not begun, broke off, or had fallen to 0."""
    inside = levels.to_numpy()[window.start : window.end + 1]
    if np.isnan(inside).any() or not inside[0] > 0:
        return float("nan")
    return float(inside[-1] / inside[0] - 1)


def window_returns(levels: "pd.Series[float]", windows: list[Window]) -> Array:
    """The return of each window, (windows,)."""
    return np.array([window_return(levels, window) for window in windows], dtype=np.float64)
