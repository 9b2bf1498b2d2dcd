"""Around a joint sell-off: the drawdown that it is part of, the crisis, the sessions after it, the way back."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.crises import Crisis
from backtester.analysis.drawdowns import Drawdown
from backtester.analysis.windows import Window

AFTER_SESSIONS = 21


@dataclass(frozen=True)
class Recovery:
    """From the windows' ends to the first close at or above their starts, in calendar days.

    `median_days` counts a window without recovery as longer than any: NaN where as many as half have none.
    """

    median_days: float
    recovered: int
    windows: int


def parent(window: Window, falls: list[Drawdown], sessions: int) -> Drawdown | None:
    """The drawdown, from its peak to its recovery, that shares most of the window's returns; None where none does."""

    def shared(fall: Drawdown) -> int:
        until = sessions - 1 if fall.recovery is None else fall.recovery
        return min(window.end, until) - max(window.start, fall.peak)

    best = max(falls, key=shared, default=None)
    return best if best is not None and shared(best) > 0 else None


def crisis_of(window: Window, crises: list[tuple[Crisis, Window]]) -> Crisis | None:
    """The crisis that the window overlaps most: sessions of both over sessions of either; None where none does.

    So a short crisis inside a long one has the windows that are its own (March 2020: the dash for cash).
    """

    def overlap(other: Window) -> int:
        return min(window.end, other.end) - max(window.start, other.start)

    near = [(crisis, other) for crisis, other in crises if overlap(other) > 0]
    return max(
        near,
        key=lambda found: overlap(found[1]) / (window.sessions + found[1].sessions - overlap(found[1])),
        default=(None, None),
    )[0]


def after(window: Window, sessions: int) -> Window:
    """The 21 sessions after a window, fewer where the record ends."""
    return Window(window.end, min(window.end + AFTER_SESSIONS, sessions - 1))


def recovery(nav: "pd.Series[float]", windows: list[Window]) -> Recovery:
    """How long a record took to come back from each window."""
    days = np.array([_recovery_days(nav, window) for window in windows], dtype=np.float64)
    median = float(np.median(days)) if len(days) else float("nan")
    return Recovery(median if np.isfinite(median) else float("nan"), int(np.isfinite(days).sum()), len(days))


def _recovery_days(nav: "pd.Series[float]", window: Window) -> float:
    """Calendar days to the first close back at the start, infinite without one; 0 where nothing was lost."""
    values = nav.to_numpy()
    back = np.flatnonzero(values[window.end :] >= values[window.start])
    dates = pd.DatetimeIndex(nav.index)
    return float((dates[window.end + back[0]] - dates[window.end]).days) if len(back) else float("inf")
