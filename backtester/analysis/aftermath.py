"""What surrounds joint sell-offs: the drawdown that one belongs to, the sessions after it, and its recovery; and the
calendar years without a joint sell-off.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.windows import Drawdown, Window
from backtester.arrays import Flags


def parent_drawdown(window: Window, falls: list[Drawdown]) -> Drawdown | None:
    """The drawdown, from its peak to its recovery (or the window's end without one), that shares the most returns with
    the window; None where none shares any."""

    def shared(fall: Drawdown) -> int:
        """The number of returns that a fall and its recovery share with the window."""
        return window.shared(Window(fall.peak, window.end if fall.recovery is None else fall.recovery))

    return max((fall for fall in falls if shared(fall) > 0), key=shared, default=None)


def window_after(window: Window, sessions: int, *, longest: int) -> Window:
    """The window of the `longest` sessions that follow a window; fewer if the record, of `sessions` sessions, ends."""
    return Window(window.end, min(window.end + longest, sessions - 1))


def median_recovery(nav: "pd.Series[float]", windows: list[Window]) -> tuple[float, int]:
    """The median calendar days from a window's end to the first close at or above that of its start, up to
    rounding, and the number of windows with such a close.

    A window without recovery counts as longer than all others, so the median is NaN where half of the windows or more
    have none, or there is no window.
    """
    values, dates, days = nav.to_numpy(), pd.DatetimeIndex(nav.index), []
    for window in windows:
        back = np.flatnonzero(values[window.end :] >= values[window.start] * (1 - AT_PEAK))  # or below it by rounding
        days.append(float((dates[window.end + back[0]] - dates[window.end]).days) if len(back) else np.inf)
    median = float(np.median(days)) if days else np.inf
    return median if np.isfinite(median) else float("nan"), int(np.isfinite(days).sum())


def calm_year_excess(
    nav: "pd.Series[float]", reference: "pd.Series[float]", joint: list[Window], year_ends: Flags
) -> dict[int, float]:
    """The log return of the strategy less the reference's, by calendar year without a return in a joint sell-off.

    Only whole years count: the record has the last close of the year (flagged in `year_ends`) and of the year before.
    NaN after ruin.
    """
    years = pd.DatetimeIndex(nav.index).year.to_numpy()
    touched = {year for window in joint for year in years[window.start + 1 : window.end + 1].tolist()}
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(nav.to_numpy()) - np.log(reference.to_numpy())
    gap = np.where(np.isfinite(gap), gap, np.nan)
    by_year = {int(years[end]): float(gap[end] - gap[start]) for start, end in pairwise(np.flatnonzero(year_ends))}
    return {year: difference for year, difference in by_year.items() if year not in touched}
