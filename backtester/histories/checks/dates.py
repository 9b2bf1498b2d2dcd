"""Checks of dates: prices that are dated at the start of their period, and dates that a time zone moved by a day."""

import numpy as np
import pandas as pd

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.rhythm import are_period_starts, infer_rhythm, shares_period

# Shares of one weekday among all dates: a fifth is usual from Monday to Friday, and none at weekends.
MIN_WEEKEND_SHARE_IF_SHIFTED, MAX_WEEKDAY_SHARE_IF_SHIFTED = 0.12, 0.04
FEWEST_DATES = 100  # of which shares are taken


def rhythm_of_dates(dates: pd.DatetimeIndex) -> str:
    """The rhythm of ascending dates, how often they come: "daily", "weekly", "monthly", "quarterly" or "irregular".

    Dates on every day of the week are "daily", too.
    """
    rhythm = infer_rhythm(dates)
    return "irregular" if rhythm is None else "daily" if rhythm.period_code == "D" else rhythm.name


def check_labels(subject: CheckedSeries) -> list[Finding]:
    """A warning if monthly prices are dated by the first day of their month, and one if two lie in the last month.

    The same for weeks and quarters. Series of other kinds may be dated so: the manifest says when they were published.
    """
    rhythm = infer_rhythm(subject.dates)
    if rhythm is None or rhythm.period_code == "D":
        return []
    findings, first, last = [], subject.dates[0].date(), subject.dates[-1].date()
    if subject.kind in ("price", "total_return") and are_period_starts(subject.dates):
        text = f"every date is the first of its {rhythm.span}, so that what closes at its end is known at its beginning"
        text += "; import it with --period-starts, which moves each to the end"
        findings.append(Finding("warning", "labels", subject.name, text, first=first, last=last))
    if shares_period(subject.dates)[-1]:
        text = f"two values in the last {rhythm.span}: it is not finished, so leave the last value out"
        findings.append(Finding("warning", "labels", subject.name, text, first=last, last=last))
    return findings


def check_shifted(subject: CheckedSeries) -> list[Finding]:
    """A warning if many dates are Sundays and hardly any Fridays, or Saturdays and Mondays: a time zone moved them."""
    if len(subject.dates) < FEWEST_DATES:
        return []
    monday, friday, saturday, sunday = (np.mean(subject.dates.day_of_week == day) for day in (0, 4, 5, 6))
    if sunday > MIN_WEEKEND_SHARE_IF_SHIFTED and friday < MAX_WEEKDAY_SHARE_IF_SHIFTED:
        shift = "Sundays and hardly any Fridays: its dates are a day early"
    elif saturday > MIN_WEEKEND_SHARE_IF_SHIFTED and monday < MAX_WEEKDAY_SHARE_IF_SHIFTED:
        shift = "Saturdays and hardly any Mondays: its dates are a day late"
    else:
        return []
    text = f"{shift}, as after a change of time zone; take dates from local time at the exchange"
    return [Finding("warning", "time zones", subject.name, text)]
