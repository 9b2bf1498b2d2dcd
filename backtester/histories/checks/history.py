"""The checks of a history: of each series that has figures of its own (`History.quoted`), and of their alignment.

The alignment puts all series on the sessions of the history, by role: the name of a series, such as `stocks`.
"""

from backtester.errors import DataError
from backtester.histories.checks.files import CheckReport
from backtester.histories.checks.fills import check_fills
from backtester.histories.checks.finding import Finding
from backtester.histories.checks.series import check_series
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.manifest import History
from backtester.histories.market import build_market
from backtester.histories.store import read_figures


def check_history(history: History) -> CheckReport:
    """The report on a history. An error of reading or alignment is a finding, and the other checks are still made.

    `stocks`, whose dates are the history's sessions, are compared with the manifest's `calendar`, other series with the
    calendar that fits them best. Raise DataError if the manifest's calendar is not known.
    """
    subjects: list[CheckedSeries] = []
    findings: list[Finding] = []
    for role, series in history.quoted.items():
        if series.is_schedule:
            continue
        name = f"{history.name}.{role}"
        try:
            values = read_figures(history, [role])[role].values
        except DataError as error:
            findings.append(Finding("refused", "file", name, str(error)))
            continue
        calendar = history.table.calendar if role == "stocks" else None
        subjects.append(
            CheckedSeries(
                name,
                values,
                kind=series.kind,
                calendar=calendar,
                group=history.name,
                absent=series.absent,
                accrues=role == "bills",
            )
        )
    for subject in subjects:
        try:
            findings += check_series(subject)
        except DataError as error:
            error.add_note(f"in the manifest of history {history.name!r}")
            raise
    if all(finding.severity != "refused" for finding in findings):
        findings += _alignment(history)
    return CheckReport(tuple(subjects), (*findings, *check_fills(subjects)))


def _alignment(history: History) -> list[Finding]:
    """A refusal if the series cannot be aligned, or a note on the sessions whose level is that of an earlier date."""
    try:
        market = build_market(history)
    except DataError as error:
        return [Finding("refused", "alignment", history.name, str(error))]
    counts = ", ".join(f"{role} {count}" for role, count in market.carried.items() if count)
    if not counts:
        return []
    first, last = market.sessions[0], market.sessions[-1]
    text = f"sessions on which a level is carried for want of a value: {counts}"
    return [Finding("note", "alignment", history.name, text, first=first.date(), last=last.date())]
