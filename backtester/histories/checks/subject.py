"""A series to be checked: its values, what is known of it, and statistics that several checks use."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.histories.keys import DateRange

POSITIVE_KINDS = ("price", "total_return", "level")  # zero and negative yields and rates are real
YEAR_SESSIONS = 252  # sessions
ADMINISTERED_SHARE = 0.9  # share of changes that are zero, from which a series is a rate that somebody sets, in steps
MAX_FALSE_ALARMS = 1e-3  # findings of one kind that chance alone would make in the whole series, at most
MAD_TO_SD = 1.4826  # of a normal distribution: 1 / its upper quartile
MEAN_TO_SD = 1.2533  # the same from the mean absolute deviation: sqrt(pi / 2)


@dataclass(frozen=True, eq=False)
class CheckedSeries:
    """A named series. `kind` is None if it is not stated, `calendar` if no exchange is.

    `values` are by date, ascending, without missing ones; none are expected in the date ranges `absent`. Series of one
    `group` may be compared with each other. A series that `accrues`, such as an index of bills, may move evenly or not
    at all.
    """

    name: str
    values: "pd.Series[float]"
    kind: str | None = None
    calendar: str | None = None
    group: str = ""
    absent: tuple[DateRange, ...] = ()
    accrues: bool = False

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The dates that have a value."""
        return pd.DatetimeIndex(self.values.index)

    def is_absent(self, days: pd.DatetimeIndex) -> Flags:
        """Flags of the days that lie in a date range of `absent`."""
        inside = np.zeros(len(days), dtype=bool)
        for first, last in self.absent:
            inside |= (days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))
        return inside

    @property
    def rounded_values(self) -> Array:
        """The values (N,), to seven significant digits: providers' 32-bit floats hold no more."""
        return significant(np.asarray(self.values, dtype=np.float64))


def significant(numbers: Array, digits: int = 7) -> Array:
    """The numbers rounded to so many significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        places = digits - 1 - np.floor(np.log10(np.abs(numbers)))
    factor = 10.0 ** np.where(np.isfinite(places), places.clip(-10, 15), 0)
    rounded: Array = np.round(numbers * factor) / factor
    return rounded


def tick_size(numbers: Array) -> float:
    """The step in which nearly all numbers are quoted, a power of ten; 0 where they have more than four decimals."""
    for decimals in range(5):
        if np.mean(np.abs(numbers - np.round(numbers, decimals)) < 1e-3 * 10.0**-decimals) >= 0.99:
            return float(10.0**-decimals)
    return 0.0


def changes_by_unit(subject: CheckedSeries) -> list[Array]:
    """The changes (N - 1,) of a series in each unit in which jumps are measured, one or two arrays.

    Prices change in logs, yields and rates in points, and returns are changes already. If the kind is unknown both are
    given, so that only changes that are large in both are reported.
    """
    numbers = subject.rounded_values
    if holds_returns(subject):
        return [numbers[1:]]
    points = np.diff(numbers)
    if subject.kind in ("yield", "rate") or not (numbers > 0).all():
        return [points]
    logs = np.diff(np.log(numbers))
    return [points, logs] if subject.kind is None else [logs]


def holds_returns(subject: CheckedSeries) -> bool:
    """Whether the values are changes: returns by kind or, if the kind is unknown, by their autocorrelation."""
    return subject.kind == "return" or (subject.kind is None and looks_like_changes(subject.rounded_values))


def looks_like_changes(numbers: Array) -> bool:
    """Whether the autocorrelation is below a half: true of returns, never of daily prices or yields."""
    if len(numbers) < 60 or np.std(numbers) < 1e-12:
        return False
    before, after = numbers[:-1] - numbers.mean(), numbers[1:] - numbers.mean()
    return bool(np.sum(before * after) < 0.5 * np.sum(before * before))


def local_scale(changes: Array, floor: float = 0.0, window: int = YEAR_SESSIONS) -> Array:
    """The standard deviation (N,) around each change, from a window before and a window after it.

    The larger of two robust estimates, from the median and from the mean absolute change, and of `floor`.
    """
    size = np.abs(changes)
    rolling = pd.Series(size).rolling(2 * window + 1, center=True, min_periods=1)
    median = rolling.median().to_numpy()
    count, total = rolling.count().to_numpy(), rolling.sum().to_numpy()
    mean = (total - size) / np.maximum(count - 1, 1)
    scale: Array = np.maximum.reduce([MAD_TO_SD * median, MEAN_TO_SD * mean, np.full(len(size), floor)])
    return scale


def true_runs(flags: "np.typing.NDArray[np.bool_]") -> list[tuple[int, int]]:
    """The stretches of true flags as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
