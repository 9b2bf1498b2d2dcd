"""The check of gaps: missing values, and values on days without a session, by the rhythm and calendar of a series.

The rhythm is how often values come, from daily to quarterly.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.histories.checks.calendars import GOOD_FIT, CalendarFit, fit_calendar
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, Severity, dated_finding, listed_dates, span_finding
from backtester.histories.checks.subject import CheckedSeries
from backtester.pages.format import numbered

RHYTHM_PERIODS = {"weekly": "W-SUN", "monthly": "M", "quarterly": "Q"}  # pandas' codes
HABITUAL_REPEATS = 10  # repeated values on days without a session, from which on they are a habit of the source
SHORT_GAP = 5  # sessions; each longer gap is a warning of its own


def check_gaps(subject: CheckedSeries) -> list[Finding]:
    """A warning for each gap of more than five sessions, and a note on all shorter ones; findings on extra values.

    If the manifest names the exchange, the note on short gaps is a warning. Of a weekly, monthly or quarterly series,
    periods without a value are reported; an irregular one is not checked.
    """
    rhythm = rhythm_of_dates(subject.dates)
    if rhythm == "irregular":
        return []
    if rhythm != "daily":
        return [*_missing_periods(subject, rhythm), *_absence_findings(subject)]
    fit = _without_absent(subject, fit_calendar(subject.dates, subject.calendar))
    if subject.calendar is None and fit.share < GOOD_FIT:
        text = f"its days fit no known calendar (best {fit.name}, {fit.share:.0%}); gaps are measured against it"
        return [Finding("note", "gaps", subject.name, text), *_long_gaps(subject, fit)]
    findings = [*_long_gaps(subject, fit), *_short_gaps(subject, fit), *_closed_days(subject, fit)]
    return [*findings, *_saturdays(subject, fit), *_absence_findings(subject)]


def _without_absent(subject: CheckedSeries, fit: CalendarFit) -> CalendarFit:
    """The fit without the days on which there is no value according to the manifest's `absent`."""
    expected, missing = (days[~subject.is_absent(days)] for days in (fit.expected, fit.missing))
    return replace(fit, expected=expected, missing=missing)


def _absence_findings(subject: CheckedSeries) -> list[Finding]:
    """A note on each date range of the manifest's `absent`; a warning if there are values in it."""
    findings = []
    for first, last in subject.absent:
        ends = pd.Timestamp(first), pd.Timestamp(last)
        inside = subject.dates[(subject.dates >= ends[0]) & (subject.dates <= ends[1])]
        text = "no values, as the manifest's 'absent' says"
        if len(inside):
            text = f"{numbered(len(inside), 'value')} where the manifest's 'absent' says there are none: not used"
        findings.append(span_finding("warning" if len(inside) else "note", "gaps", subject.name, ends, message=text))
    return findings


def _missing_runs(fit: CalendarFit) -> list[pd.DatetimeIndex]:
    """The missing sessions, grouped into runs of consecutive ones."""
    places = fit.expected.get_indexer(fit.missing)
    starts = np.flatnonzero(np.diff(places) > 1) + 1
    return [fit.missing[run] for run in np.split(np.arange(len(places)), starts) if len(run)]


def _long_gaps(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    """A warning for each run of more than five missing sessions, the longest first."""
    gaps = sorted((gap for gap in _missing_runs(fit) if len(gap) > SHORT_GAP), key=len, reverse=True)
    text = f"sessions in a row of the calendar {fit.name} without a value"
    return [
        span_finding("warning", "gaps", subject.name, (gap[0], gap[-1]), message=f"{len(gap):,} {text}") for gap in gaps
    ]


def _short_gaps(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    """One finding on all runs of at most five missing sessions."""
    gaps = [gap for gap in _missing_runs(fit) if len(gap) <= SHORT_GAP]
    if not gaps:
        return []
    missing = pd.DatetimeIndex(np.concatenate([gap.to_numpy() for gap in gaps]))
    longest = max(map(len, gaps))
    text = (
        f"{numbered(len(missing), 'session')} of the calendar {fit.name} without a value, "
        f"at most {longest} in a row: {listed_dates(missing)}"
    )
    return [dated_finding("warning" if subject.calendar else "note", "gaps", subject.name, missing, message=text)]


def _closed_days(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    """A note on values on days on which the market was closed; a warning if most of them repeat the value before."""
    if not len(fit.extra):
        return []
    weekend = int((fit.extra.day_of_week >= 5).sum())
    repeats = int((subject.values.diff()[fit.extra] == 0).sum())
    usual_share = float(np.mean(np.diff(subject.rounded_values) == 0))
    filled = repeats >= HABITUAL_REPEATS and repeats / len(fit.extra) > max(0.5, 3 * usual_share)
    text = (
        f"{numbered(len(fit.extra), 'value')} on days off in the calendar {fit.name}"
        f"{f' ({weekend:,} at weekends)' if weekend else ''}"
        f"{f', {repeats:,} of them carried on from the day before' if filled else ''}: {listed_dates(fit.extra)}"
    )
    return [dated_finding("warning" if filled else "note", "closed days", subject.name, fit.extra, message=text)]


def _saturdays(subject: CheckedSeries, fit: CalendarFit) -> list[Finding]:
    """A note if a series has no value on a Saturday, though its exchange traded on Saturdays then."""
    if not len(fit.saturdays):
        return []
    text = f"{numbered(len(fit.saturdays), 'Saturday')} of the calendar {fit.name} without a value: it has no Saturdays"
    return [span_finding("note", "gaps", subject.name, (fit.saturdays[0], fit.saturdays[-1]), message=text)]


def _missing_periods(subject: CheckedSeries, rhythm: str) -> list[Finding]:
    """A note on each week, month or quarter without a value; a warning for several in a row."""
    periods = subject.dates.to_period(RHYTHM_PERIODS[rhythm])
    findings = []
    for place in np.flatnonzero(np.diff(periods.asi8) != 1).tolist():
        missing = pd.period_range(periods[place] + 1, periods[place + 1] - 1)
        missing = missing[~subject.is_absent(missing.to_timestamp())]
        if not len(missing):
            continue
        severity: Severity = "note" if len(missing) == 1 else "warning"
        text = f"a {rhythm} series without a value for {numbered(len(missing), 'period')}: {missing[0]}"
        text += f" to {missing[-1]}" if len(missing) > 1 else ""
        ends = (missing[0].start_time, missing[-1].end_time)
        findings.append(span_finding(severity, "gaps", subject.name, ends, message=text))
    return findings
