"""Windows of sessions, and what a level did in them."""

from dataclasses import dataclass

import pandas as pd


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
    if levels.iloc[window.start : window.end + 1].isna().any():
        return float("nan")
    first, last = float(levels.iloc[window.start]), float(levels.iloc[window.end])
    return last / first - 1 if first > 0 else float("nan")
