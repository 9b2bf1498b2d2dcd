"""Calm years: what a strategy did in calendar years that no joint sell-off touched."""

from itertools import pairwise

import numpy as np
import pandas as pd

from backtester.analysis.windows import Window
from backtester.arrays import Flags


def calm_years(
    nav: "pd.Series[float]", reference: "pd.Series[float]", joint: list[Window], year_ends: Flags
) -> dict[int, float]:
    """By whole year without a session of a joint sell-off, the log return of the strategy less the reference's.

    A year is whole when the record holds its last close and the last one before it. NaN after ruin.
    """
    years = pd.DatetimeIndex(nav.index).year.to_numpy()
    touched = {year for window in joint for year in years[window.start + 1 : window.end + 1].tolist()}
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(nav.to_numpy() / nav.iloc[0]) - np.log(reference.to_numpy() / reference.iloc[0])
    gap = np.where(np.isfinite(gap), gap, np.nan)
    whole = {int(years[end]): float(gap[end] - gap[start]) for start, end in pairwise(np.flatnonzero(year_ends))}
    return {year: difference for year, difference in whole.items() if year not in touched}
