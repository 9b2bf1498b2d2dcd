"""Missing values, and values on days that should have none, by the rhythm and calendar of a series."""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.histories.checks.calendars import GOOD_FIT, CalendarFit, fit_calendar
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, Severity, dated_finding, listed_dates, span_finding
from backtester.histories.checks.subject import CheckedSeries
from backtester.pages.format import numbered

RHYTHM_PERIODS = {"weekly": "W-SUN", "monthly": "M", "quarterly": "Q"}
HABITUAL_REPEATS = 10  # repeats on days off, from which they are a habit
SHORT_GAP = 5  # sessions; each longer gap is one warning


def check_gaps(subject: CheckedSeries) -> list[Finding]:
    """Gaps: a warning where more than five sessions in a row are missing, a note for the shorter ones together.

    Where the manifest names the exchange, every missing session is a warning.
    """
    kept = rhythm_of_dates(subject.dates)
    if kept == "irregular":
        return []
    if kept != "daily":
        return [*_missing_periods(subject, kept), *_absent(subject)]
    fit = _without_absent(subject, fit_calendar(subject.dates, subject.calendar))
    if subject.calendar is None and fit.share < GOOD_FIT:
        text = f"its days fit no known calendar (best {fit.name}, {fit.share:.0%}); gaps are measured against it"
        return [Finding("note", "gaps", subject.name, text), *_long_gaps(subject, fit)]
    findings = [*_long_gaps(subject, fit), *_short_gaps(subject, fit), *_closed_days(subject, fit)]
    return [*findings, *_saturdays(subject, fit), *_absent(subject)]


def _without_absent(subject: CheckedSeries, fit: CalendarFit) -> CalendarFit:
    """The fit without the days on which the manifest says that there is no value."""
    expected, missing = (days[~subject.is_absent(days)] for days in (fit.expected, fit.missing))
    return replace(fit, expected=expected, missing=missing)


def _absent(subject: CheckedSeries) -> list[Finding]:
    """A note on each stretch that the manifest calls absent; a warning if there are values in it."""
    findings = []
    for first, last in subject.absent:
        ends = pd.Timestamp(first), pd.Timestamp(last)
        inside = subject.dates[(subject.dates >= ends[0]) & (subject.dates <= ends[1])]
        text = "no values, as the manifest's 'absent' says"
        if len(inside):
            text = f"{numbered(len(inside), 'value')} where the manifest's 'absent' says there are none: not used"
        findings.append(span_finding("warning" if len(inside) else "note", "gaps", subject.name, ends, text))
    return findings


def _stretches(fit: CalendarFit) -> list[pd.DatetimeIndex]:
    """The missing sessions, grouped into runs of consecutive ones."""
    places = fit.expected.get_indexer(fit.missing)
    cuts = np.flatnonzero(np.diff(places) > 1) + 1
    return [fit.missing[part] for part in np.split(np.arange(len(places)), cuts) if len(part)]


def _long_gaps(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    gaps = sorted((gap for gap in _stretches(fit) if len(gap) > SHORT_GAP), key=len, reverse=True)
    what = f"sessions in a row of the calendar {fit.name} without a value"
    return [span_finding("warning", "gaps", subject.name, (gap[0], gap[-1]), f"{len(gap):,} {what}") for gap in gaps]


def _short_gaps(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    gaps = [gap for gap in _stretches(fit) if len(gap) <= SHORT_GAP]
    if not gaps:
        return []
    missing = pd.DatetimeIndex(np.concatenate([gap.to_numpy() for gap in gaps]))
    longest = max(map(len, gaps))
    text = (
        f"{numbered(len(missing), 'session')} of the calendar {fit.name} without a value, "
        f"at most {longest} in a row: {listed_dates(missing)}"
    )
    return [dated_finding("warning" if subject.calendar else "note", "gaps", subject.name, missing, text)]


def _closed_days(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    """Values on days on which the market was closed: a warning where most of them repeat the one before."""
    if not len(fit.extra):
        return []
    weekend = int((fit.extra.day_of_week >= 5).sum())
    repeats = int((subject.values.diff()[fit.extra] == 0).sum())
    usual = float(np.mean(np.diff(subject.rounded_values) == 0))
    filled = repeats >= HABITUAL_REPEATS and repeats / len(fit.extra) > max(0.5, 3 * usual)
    text = (
        f"{numbered(len(fit.extra), 'value')} on days off in the calendar {fit.name}"
        f"{f' ({weekend:,} at weekends)' if weekend else ''}"
        f"{f', {repeats:,} of them carried on from the day before' if filled else ''}: {listed_dates(fit.extra)}"
    )
    return [dated_finding("warning" if filled else "note", "closed days", subject.name, fit.extra, text)]


def _saturdays(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    """A note where a series has no Saturday though its exchange traded on them."""
    if not len(fit.saturdays):
        return []
    text = f"{numbered(len(fit.saturdays), 'Saturday')} of the calendar {fit.name} without a value: it has no Saturdays"
    return [span_finding("note", "gaps", subject.name, (fit.saturdays[0], fit.saturdays[-1]), text)]


def _missing_periods(subject: CheckedSeries, kept: str) -> list[Finding]:
    """Weeks, months or quarters without a value: one is a note, several in a row are a warning."""
    numbers = subject.dates.to_period(RHYTHM_PERIODS[kept])
    have = numbers.asi8
    findings = []
    for place in np.flatnonzero(np.diff(have) != 1).tolist():
        lost = pd.period_range(numbers[place] + 1, numbers[place + 1] - 1)
        lost = lost[~subject.is_absent(lost.to_timestamp())]
        if not len(lost):
            continue
        severity: Severity = "note" if len(lost) == 1 else "warning"
        text = f"a {kept} series without a value for {numbered(len(lost), 'period')}: {lost[0]}" + (
            f" to {lost[-1]}" if len(lost) > 1 else ""
        )
        ends = (lost[0].start_time, lost[-1].end_time)
        findings.append(span_finding(severity, "gaps", subject.name, ends, text))
    return findings
