"""How a series' dates lie: the rhythm that they keep, and whether a time zone has shifted them."""

import numpy as np
import pandas as pd

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import Subject

RHYTHMS = {"daily": (1, 4), "weekly": (6, 8), "monthly": (27, 32), "quarterly": (88, 93)}  # days between dates
OFTEN, SELDOM = 0.12, 0.04  # shares of a weekday among the dates: usual is a fifth
ENOUGH = 100  # dates


def rhythm(dates: pd.DatetimeIndex) -> str:
    """`daily`, `weekly`, `monthly`, `quarterly` or, where no spacing rules, `irregular`."""
    if len(dates) < 3:
        return "irregular"
    days = np.diff(dates.to_numpy()) / np.timedelta64(1, "D")
    typical = float(np.median(days))
    for name, (low, high) in RHYTHMS.items():
        if low <= typical <= high and np.mean(days <= 2 * high) > 0.9:
            return name
    return "irregular"


def check_shifted(subject: Subject) -> list[Finding]:
    """A warning where Sundays stand for Fridays, or Saturdays for Mondays: dates moved a day by a time zone."""
    if len(subject.dates) < ENOUGH:
        return []
    shares = np.bincount(subject.dates.day_of_week, minlength=7) / len(subject.dates)
    monday, friday, saturday, sunday = shares[[0, 4, 5, 6]]
    if sunday > OFTEN and friday < SELDOM:
        what = "Sundays and hardly any Fridays: its dates are a day early"
    elif saturday > OFTEN and monday < SELDOM:
        what = "Saturdays and hardly any Mondays: its dates are a day late"
    else:
        return []
    text = f"{what}, as after a change of time zone; take dates from local time at the exchange"
    return [Finding("warning", "time zones", subject.name, text)]
