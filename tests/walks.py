"""Made series for the checks: random walks from a fixed seed, on weekdays that no market has off."""

import numpy as np
import pandas as pd

from backtester.histories.checks.calendars import fit_calendar
from backtester.histories.checks.subject import CheckedSeries


def new_york(count: int, first: str = "2010-01-04") -> pd.DatetimeIndex:
    """That many sessions of New York from the first on."""
    days = pd.bdate_range(first, periods=int(count * 1.1) + 20)
    return fit_calendar(days, "XNYS").expected[:count]


def steps(count: int, size: float = 1.0, seed: int = 7) -> "np.typing.NDArray[np.float64]":
    """Independent normal steps of that deviation."""
    return np.random.default_rng(seed).normal(0, size, count)


def prices(count: int = 1500, *, decimals: int = 2, seed: int = 7, kind: str | None = "price") -> CheckedSeries:
    """A price that moves 1% a session, rounded."""
    values = np.round(100 * np.exp(np.cumsum(steps(count, 0.01, seed))), decimals)
    return CheckedSeries("made", pd.Series(values, new_york(count)), kind)


def yields(count: int = 1500, *, seed: int = 11, kind: str | None = "yield") -> CheckedSeries:
    """A yield in percent that moves 6 basis points a session, rounded to one."""
    return CheckedSeries(
        "made", pd.Series(np.round(30 + np.cumsum(steps(count, 0.06, seed)), 2), new_york(count)), kind
    )


def changed(subject: CheckedSeries, **values: float) -> CheckedSeries:
    """The same with other values: `at_100=5.0` puts 5.0 at place 100."""
    series = subject.values.copy()
    for place, value in values.items():
        series.iloc[int(place.removeprefix("at_"))] = value
    return CheckedSeries(subject.name, series, subject.kind, subject.calendar, subject.group)
