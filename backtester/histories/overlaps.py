"""Comparisons of two series on their common dates: where they disagree, and whether one is a copy of the other."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array

MIN_OVERLAP = 20  # common dates
MIN_ALIKE_SHARE = 0.9  # share of the common dates on which the values of copies differ by at most MAX_COPY_GAP
MAX_COPY_GAP = 0.05  # times the mean absolute change
MAX_COPY_CHANGE_GAP = 0.005  # times the mean absolute change: of log changes, if one copy was adjusted or rebased
FLOAT32_ERROR = 4e-7  # of a value: rounding to 32-bit floats
ROUNDING_MARGIN = 1.001  # so that a difference of exactly one rounding step, but for the last bits, is no difference


@dataclass(frozen=True)
class Disagreement:
    """A summary of the common dates on which two series differ by more than rounding.

    `common` is the number of common dates, `differing` of those on which they differ, `first` the first of these and
    `worst` that of the largest difference. `typical` and `largest` are the median and maximum absolute difference on
    these dates, in the unit of the series.
    """

    common: int
    differing: int
    first: pd.Timestamp
    worst: pd.Timestamp
    typical: float
    largest: float

    def __str__(self) -> str:
        """The summary in words."""
        return (
            f"{self.differing:,} of {self.common:,} common dates differ, from {self.first.date()} on, "
            f"typically by {self.typical:.3g} and at most by {self.largest:.3g} ({self.worst.date()})"
        )


def disagreement(older: "pd.Series[float]", newer: "pd.Series[float]") -> Disagreement | None:
    """The disagreement of two series; None if they differ by no more than rounding, or have no date in common.

    Both are values by date, ascending, without NaN.
    """
    common, old, new = _on_common_dates(older, newer)
    if not len(common):
        return None
    gaps = np.abs(old - new)
    rounding = np.maximum((_last_digit(old) + _last_digit(new)) / 2, FLOAT32_ERROR * np.abs(old))
    differs = gaps > ROUNDING_MARGIN * rounding
    if not differs.any():
        return None
    dates, gaps = common[differs], gaps[differs]
    worst = dates[int(gaps.argmax())]
    typical, largest = float(np.median(gaps)), float(gaps.max())
    return Disagreement(len(common), len(dates), first=dates[0], worst=worst, typical=typical, largest=largest)


def are_copies(older: "pd.Series[float]", newer: "pd.Series[float]") -> bool:
    """Whether two series are copies of one: on common dates their values, or their log changes, hardly differ.

    Both are values by date, ascending, without NaN. False if they have fewer than 20 dates in common.
    """
    common, old, new = _on_common_dates(older, newer)
    if len(common) < MIN_OVERLAP:
        return False
    if np.quantile(np.abs(old - new), MIN_ALIKE_SHARE) <= MAX_COPY_GAP * np.mean(np.abs(np.diff(old))):
        return True
    if not ((old > 0) & (new > 0)).all():
        return False
    changes = np.diff(np.log(np.stack([old, new])))
    changes = changes[:, (changes != 0).any(axis=0)]  # two different policy rates also stand still on most days
    if not changes.size:
        return False
    old_changes, new_changes = changes
    return bool(np.median(np.abs(old_changes - new_changes)) < MAX_COPY_CHANGE_GAP * np.mean(np.abs(old_changes)))


def _on_common_dates(older: "pd.Series[float]", newer: "pd.Series[float]") -> tuple[pd.DatetimeIndex, Array, Array]:
    """The common dates, and the values of both series on them."""
    dates = pd.DatetimeIndex(older.index.intersection(newer.index))
    old, new = (np.asarray(series, dtype=np.float64)[series.index.get_indexer(dates)] for series in (older, newer))
    return dates, old, new


def _last_digit(values: Array) -> float:
    """The power of ten to which nearly all values are rounded; 0 if they have more than six decimals."""
    for decimals in range(7):
        if np.mean(np.abs(values - np.round(values, decimals)) < 1e-3 * 10.0**-decimals) >= 0.99:
            return float(10.0**-decimals)
    return 0.0
