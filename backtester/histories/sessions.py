"""The calendar of a history's sessions: which are the last of their week, month, quarter or year."""

import numpy as np
import pandas as pd

from backtester.arrays import Array

PERIODS = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def period_ends(sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """By session and period, whether it is the period's last. The history's own last session ends no period."""
    ends = {}
    for period, code in PERIODS.items():
        number = sessions.to_period(code).asi8
        ends[period] = np.append(number[1:] != number[:-1], False)
    return pd.DataFrame(ends, index=sessions)


def days_between(sessions: pd.DatetimeIndex) -> Array:
    """The calendar days since the session before; 0 at the first."""
    days = np.zeros(len(sessions))
    days[1:] = np.diff(sessions.to_numpy()) / np.timedelta64(1, "D")
    return days
