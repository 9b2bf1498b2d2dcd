"""`Finding`, what a check reports about a series, and functions that make one."""

import datetime
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Severity = Literal["refused", "warning", "note"]
LISTED_DATES = 6  # dates that a message lists


@dataclass(frozen=True)
class Finding:
    """A finding of the named check about the named series, from `first` to `last` and, if dates are single, on `dates`.

    `severity` is "refused" if the figures must not be used, "warning" if they should be looked at before use, "note"
    for information.
    """

    severity: Severity
    check: str
    series: str
    message: str
    first: datetime.date | None = None
    last: datetime.date | None = None
    dates: tuple[datetime.date, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The finding as a dictionary for JSON, dates as ISO text."""
        return {
            "severity": self.severity,
            "check": self.check,
            "series": self.series,
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "message": self.message,
            "dates": [date.isoformat() for date in self.dates],
        }


def dated_finding(severity: Severity, check: str, series: str, dates: pd.DatetimeIndex, message: str) -> Finding:
    """A finding about single dates, in any order; `first` and `last` are the earliest and the latest of them."""
    days = [date.date() for date in dates]
    return Finding(
        severity, check, series, message, first=min(days, default=None), last=max(days, default=None), dates=tuple(days)
    )


def span_finding(
    severity: Severity, check: str, series: str, ends: tuple[pd.Timestamp, pd.Timestamp], message: str
) -> Finding:
    """A finding about all dates from the first of `ends` to the second."""
    return Finding(severity, check, series, message, first=ends[0].date(), last=ends[1].date())


def listed_dates(dates: pd.DatetimeIndex) -> str:
    """The first six dates as text, and the number of the others."""
    shown = ", ".join(str(date.date()) for date in dates[:LISTED_DATES])
    return shown + (f" and {len(dates) - LISTED_DATES:,} more" if len(dates) > LISTED_DATES else "")
