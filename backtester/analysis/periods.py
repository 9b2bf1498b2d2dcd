"""What a track record did by the calendar: years, months, days under water."""

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import underwater
from backtester.arrays import Integers

DAYS_A_YEAR = 365.25


def years_between(sessions: pd.DatetimeIndex) -> float:
    """Calendar days from the first session to the last over 365.25."""
    return float((sessions[-1] - sessions[0]).days / DAYS_A_YEAR)


def days_under_water(nav: "pd.Series[float]") -> int:
    """Calendar days below an earlier high: for each session below it, the days since the session before."""
    below = underwater(np.asarray(nav, dtype=np.float64)) < 0
    days = np.diff(nav.index.to_numpy()) / np.timedelta64(1, "D")
    return int(days[below[1:]].sum())


def calendar_years(nav: "pd.Series[float]") -> dict[str, float]:
    """Each year's return from the last close of the year before; the first and last years can be parts of one."""
    years = pd.DatetimeIndex(nav.index).year
    return dict(zip(map(str, np.unique(years)), _period_returns(nav, years.to_numpy(dtype=np.int64)), strict=True))


def calendar_months(nav: "pd.Series[float]") -> dict[str, float]:
    """Each month's return from the last close of the month before, by 2007-02; those at the ends can be parts of one.

    A month of which the record has only its first session has no return, and is left out.
    """
    dates = pd.DatetimeIndex(nav.index)
    months = (dates.year * 12 + dates.month - 1).to_numpy(dtype=np.int64)
    names = [f"{month // 12}-{month % 12 + 1:02}" for month in np.unique(months).tolist()]
    told = dict(zip(names, _period_returns(nav, months), strict=True))
    if len(months) < 2 or months[1] != months[0]:
        del told[names[0]]
    return told


def _period_returns(nav: "pd.Series[float]", periods: Integers) -> list[float]:
    """The return of each period from the last close of the one before, the first from the first session; in order."""
    values = nav.to_numpy()
    last = values[np.append(np.flatnonzero(np.diff(periods)), len(values) - 1)]
    before = np.append(values[0], last[:-1])
    returns = np.full(len(last), np.nan)
    np.divide(last, before, out=returns, where=before > 0)
    told: list[float] = (returns - 1).tolist()
    return told
