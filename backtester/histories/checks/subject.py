"""`CheckedSeries`, a series to be checked, and the statistics of it that several checks use."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.histories.keys import DateRange

POSITIVE_KINDS = ("price", "total_return", "level")  # must be above zero; yields and rates may be zero or negative
YEAR_SESSIONS = 252
FEWEST_VALUES = 60  # of a series, for its statistics to mean something
ADMINISTERED_SHARE = 0.9  # of changes that are zero: above it a series is a policy rate, which changes in steps
MAX_FALSE_ALARMS = 1e-3  # expected number of findings that chance alone would make in a whole series
MAD_TO_SD = 1.4826  # standard over median absolute deviation of a normal distribution: 1 / its upper quartile
MEAN_TO_SD = 1.2533  # standard over mean absolute deviation of a normal distribution: sqrt(pi / 2)


@dataclass(frozen=True, eq=False)
class CheckedSeries:
    """A named series. `kind` (`price`, `yield`, ... or `return`) is None if not known, `calendar` if none is named.

    `values` are by date, ascending, without missing ones; none are expected in the date ranges `absent`. Series of the
    same `group` (a folder or a history) are compared with each other. A series that `accrues`, such as an index of
    bills, may change by equal steps or not at all.
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
        flags = np.zeros(len(days), dtype=bool)
        for first, last in self.absent:
            flags |= (days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))
        return flags

    @property
    def rounded_values(self) -> Array:
        """The values (N,) rounded to seven significant digits: providers' 32-bit floats have no more."""
        return significant(np.asarray(self.values, dtype=np.float64))


def significant(numbers: Array, digits: int = 7) -> Array:
    """The numbers rounded to that number of significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        places = digits - 1 - np.floor(np.log10(np.abs(numbers)))
    factor = 10.0 ** np.where(np.isfinite(places), places.clip(-10, 15), 0)
    rounded: Array = np.round(numbers * factor) / factor
    return rounded


def tick_size(numbers: Array) -> float:
    """The power of ten to which nearly all numbers are rounded; 0 if they have more than four decimals."""
    for decimals in range(5):
        if np.mean(np.abs(numbers - np.round(numbers, decimals)) < 1e-3 * 10.0**-decimals) >= 0.99:
            return float(10.0**-decimals)
    return 0.0


def changes_by_unit(subject: CheckedSeries) -> list[Array]:
    """The changes (N - 1,) of a series, in each unit in which they are measured: one or two arrays.

    These are log changes of prices, and differences of yields and rates; returns are changes already. If the kind is
    unknown both differences and log changes are returned, so that a check can ask for findings in both.
    """
    numbers = subject.rounded_values
    if holds_returns(subject):
        return [numbers[1:]]
    differences = np.diff(numbers)
    if subject.kind in ("yield", "rate") or not (numbers > 0).all():
        return [differences]
    log_changes = np.diff(np.log(numbers))
    return [differences, log_changes] if subject.kind is None else [log_changes]


def holds_returns(subject: CheckedSeries) -> bool:
    """Whether the values are returns: by their kind or, if it is unknown, by their autocorrelation."""
    return subject.kind == "return" or (subject.kind is None and looks_like_changes(subject.rounded_values))


def looks_like_changes(numbers: Array) -> bool:
    """Whether the autocorrelation is below 0.5, as that of returns is, and never that of daily prices or yields.

    False for fewer than 60 numbers, or equal ones.
    """
    if len(numbers) < FEWEST_VALUES or np.std(numbers) < 1e-12:
        return False
    before, after = numbers[:-1] - numbers.mean(), numbers[1:] - numbers.mean()
    return bool(np.sum(before * after) < 0.5 * np.sum(before * before))


def local_scale(changes: Array, floor: float = 0.0, window: int = YEAR_SESSIONS) -> Array:
    """The standard deviation (N,) of the changes around each change: `window` of them before and after it.

    It is the largest of two robust estimates, from the median and from the mean absolute change, and of `floor`. The
    mean leaves out the change itself.
    """
    sizes = np.abs(changes)
    rolling = pd.Series(sizes).rolling(2 * window + 1, center=True, min_periods=1)
    median = rolling.median().to_numpy()
    count, total = rolling.count().to_numpy(), rolling.sum().to_numpy()
    mean_of_others = (total - sizes) / np.maximum(count - 1, 1)
    scale: Array = np.maximum.reduce([MAD_TO_SD * median, MEAN_TO_SD * mean_of_others, np.full(len(sizes), floor)])
    return scale


def true_runs(flags: "np.typing.NDArray[np.bool_]") -> list[tuple[int, int]]:
    """The runs of consecutive true flags, each as the place of its first flag and one past that of its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
