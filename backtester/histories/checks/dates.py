"""Checks of a series' dates: their rhythm, labels at the start of periods, and shifts by a time zone."""

import numpy as np
import pandas as pd

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.rhythm import are_period_starts, crowded, infer_rhythm

WEEKEND_SHARE, MISSING_SHARE = 0.12, 0.04  # shares of one weekday among the dates; a fifth is usual
FEWEST_DATES = 100


def rhythm_of_dates(dates: pd.DatetimeIndex) -> str:
    """`daily` (also every day), `weekly`, `monthly`, `quarterly` or, if the spacing varies, `irregular`."""
    kept = infer_rhythm(dates)
    return "irregular" if kept is None else "daily" if kept.period == "D" else kept.name


def check_labels(subject: CheckedSeries) -> list[Finding]:
    """A warning where prices are dated by the first day of their month, and where two lie in the last month.

    The same for weeks and quarters. Figures of other kinds have times at which they were published.
    """
    kept = infer_rhythm(subject.dates)
    if kept is None or kept.period == "D":
        return []
    findings, last = [], subject.dates[-1:]
    if subject.kind in ("price", "total_return") and are_period_starts(subject.dates):
        text = f"every date is the first of its {kept.span}, so that what closes at its end is known at its beginning"
        text += "; import it with --period-starts, which moves each to the end"
        findings.append(Finding("warning", "labels", subject.name, text, subject.dates[0].date(), last[0].date()))
    if crowded(subject.dates)[-1]:
        text = f"two values in the last {kept.span}: it is not finished, so leave the last value out"
        findings.append(Finding("warning", "labels", subject.name, text, last[0].date(), last[0].date()))
    return findings


def check_shifted(subject: CheckedSeries) -> list[Finding]:
    """A warning where Sundays stand for Fridays, or Saturdays for Mondays: dates moved a day by a time zone."""
    if len(subject.dates) < FEWEST_DATES:
        return []
    monday, friday, saturday, sunday = (np.mean(subject.dates.day_of_week == day) for day in (0, 4, 5, 6))
    if sunday > WEEKEND_SHARE and friday < MISSING_SHARE:
        what = "Sundays and hardly any Fridays: its dates are a day early"
    elif saturday > WEEKEND_SHARE and monday < MISSING_SHARE:
        what = "Saturdays and hardly any Mondays: its dates are a day late"
    else:
        return []
    text = f"{what}, as after a change of time zone; take dates from local time at the exchange"
    return [Finding("warning", "time zones", subject.name, text)]
