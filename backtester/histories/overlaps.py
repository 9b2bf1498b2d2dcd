"""Two series on their common dates: whether they agree, by how much they differ, and whether they are copies."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array

MIN_OVERLAP = 20  # common dates
MIN_ALIKE_SHARE = 0.9  # share of the common dates on which copies are near each other
SAME_SERIES = 0.05  # of a typical change: values of copies differ by no more
IN_STEP = 0.005  # of a typical change: changes of copies, one adjusted or rebased, differ by less
FLOAT32_ERROR = 4e-7  # of a value: the rounding that differences of 32-bit floats keep


@dataclass(frozen=True)
class Disagreement:
    """Common dates on which two series differ by more than rounding: how many of how many, when, and by how much.

    `typical` and `largest` are absolute differences, the median and the maximum of those that are beyond rounding.
    """

    common: int
    differing: int
    first: pd.Timestamp
    worst: pd.Timestamp
    typical: float
    largest: float

    def __str__(self) -> str:
        """The differences in words."""
        return (
            f"{self.differing:,} of {self.common:,} common dates differ, from {self.first.date()} on, "
            f"typically by {self.typical:.3g} and at most by {self.largest:.3g} ({self.worst.date()})"
        )


def disagreement(older: "pd.Series[float]", newer: "pd.Series[float]") -> Disagreement | None:
    """Where the two differ by more than their last digits; None if they differ nowhere, or have no date in common.

    Both are values by date, ascending, without NaN.
    """
    common, one, other = _on_common_dates(older, newer)
    if not len(common):
        return None
    gap = np.abs(one - other)
    apart = gap > 1.001 * np.maximum((_unit(one) + _unit(other)) / 2, FLOAT32_ERROR * np.abs(one))
    if not apart.any():
        return None
    dates, gaps = common[apart], gap[apart]
    worst = dates[int(gaps.argmax())]
    return Disagreement(len(common), len(dates), dates[0], worst, float(np.median(gaps)), float(gaps.max()))


def are_copies(older: "pd.Series[float]", newer: "pd.Series[float]") -> bool:
    """Whether two series are copies of one: their values on common dates are near each other or move in step."""
    common, one, other = _on_common_dates(older, newer)
    if len(common) < MIN_OVERLAP:
        return False
    if np.quantile(np.abs(one - other), MIN_ALIKE_SHARE) <= SAME_SERIES * np.mean(np.abs(np.diff(one))):
        return True
    if not ((one > 0) & (other > 0)).all():
        return False
    changes = np.diff(np.log(np.stack([one, other])))
    moved = changes[:, (changes != 0).any(axis=0)]  # a rate that somebody sets stands still, and so says nothing
    return bool(moved.size and np.median(np.abs(moved[0] - moved[1])) < IN_STEP * np.mean(np.abs(moved[0])))


def _on_common_dates(older: "pd.Series[float]", newer: "pd.Series[float]") -> tuple[pd.DatetimeIndex, Array, Array]:
    dates = pd.DatetimeIndex(older.index.intersection(newer.index))
    one, other = (np.asarray(series, dtype=np.float64)[series.index.get_indexer(dates)] for series in (older, newer))
    return dates, one, other


def _unit(values: Array) -> float:
    """The last digit in which nearly all values are quoted; 0 where they have more than six decimals."""
    for decimals in range(7):
        if np.mean(np.abs(values - np.round(values, decimals)) < 1e-3 * 10.0**-decimals) >= 0.99:
            return float(10.0**-decimals)
    return 0.0
