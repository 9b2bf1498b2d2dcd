"""Carrying out `data check`: findings on histories and on csv files, as a report or as JSON."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from backtester.cli.actions.run_screen import shown_progress
from backtester.cli.actions.screen import print_json, say
from backtester.cli.streams import answer_stream
from backtester.errors import DataError
from backtester.histories.checks.files import CheckReport, check_files
from backtester.histories.checks.finding import Finding
from backtester.histories.checks.history import check_history
from backtester.histories.manifest import History, find_history, histories_or_errors
from backtester.histories.providers.rows import Dialect
from backtester.pages.format import numbered

CSV_OPTIONS = ("column", "kind", "date_format", "decimal", "sep")  # options that a history does not take
SEVERITY_COLOURS = {"refused": "red", "warning": "yellow", "note": "blue"}
MEANING = {"refused": "not fit for use", "warning": "look before use", "note": "good to know"}


def check_data(params: Mapping[str, Any]) -> None:
    """Check the histories and files and print the findings. Raise SystemExit with status 1 if something is refused."""
    names, folder, dialect = params["names"], params["data"], read_dialect(params)
    files = [Path(name) for name in names if _is_path(name)]
    histories = [name for name in names if not _is_path(name)]
    stated = [name for name in CSV_OPTIONS if params[name] is not None]
    if stated and (histories or not files):
        option = f"--{stated[0].replace('_', '-')}"
        raise DataError(f"{option} given for a history; its manifest says what each series is, so leave it out")
    to_check: dict[str, History | DataError] = {name: find_history(name, folder) for name in histories}
    if not names:
        to_check = histories_or_errors(folder)
    reports = []
    with shown_progress() as progress:
        for name, history in to_check.items():
            progress(f"Checking {name}")
            reports.append(check_history(history) if isinstance(history, History) else _unreadable(name, history))
        if files:
            progress(f"Checking {numbered(len(files), 'path')}")
            reports.append(check_files(files, column=params["column"], kind=params["kind"], dialect=dialect))
    document = _document(reports)
    if params["as_json"]:
        print_json(document)
    else:
        _print(reports, document)
    if document["refused"]:
        raise SystemExit(1)


def _unreadable(name: str, error: DataError) -> CheckReport:
    """The report on a history that cannot be read."""
    return CheckReport((), (Finding("refused", "manifest", name, str(error)),))


def read_dialect(params: Mapping[str, Any]) -> Dialect:
    """How csv files are written, as the options state it."""
    return Dialect(params["date_format"], params["decimal"], "\t" if params["sep"] == "tab" else params["sep"])


def _is_path(name: str) -> bool:
    """Whether an argument is a file or folder, and not a history: it looks like one, or there is such a folder."""
    return "/" in name or name.lower().endswith(".csv") or name in (".", "..") or Path(name).is_dir()


def _document(reports: list[CheckReport]) -> dict[str, Any]:
    """The reports as JSON."""
    subjects = [subject for report in reports for subject in report.subjects]
    findings = [finding for report in reports for finding in report.findings]
    counts = Counter(finding.severity for finding in findings)
    return {
        "refused": counts["refused"],
        "warnings": counts["warning"],
        "notes": counts["note"],
        "findings": [finding.to_dict() for finding in findings],
        "series": [
            {
                "name": subject.name,
                "kind": subject.kind,
                "first": subject.dates[0].date().isoformat(),
                "last": subject.dates[-1].date().isoformat(),
                "values": len(subject.values),
            }
            for subject in subjects
        ],
        "skipped": [path.as_posix() for report in reports for path in report.skipped],
    }


def _print(reports: list[CheckReport], document: dict[str, Any]) -> None:
    """Print the findings, the gravest first, sorted by series; then the files that were skipped, and the counts."""
    findings = [finding for report in reports for finding in report.findings]
    for severity, colour in SEVERITY_COLOURS.items():
        of_severity = [finding for finding in findings if finding.severity == severity]
        if of_severity:
            heading = click.style(f"{severity.capitalize()} ({MEANING[severity]})", fg=colour, bold=True)
            click.echo(heading, file=answer_stream())
            for finding in sorted(of_severity, key=lambda finding: finding.series):
                say(f"  {finding_line(finding)}")
            say("")
    for path in document["skipped"]:
        say(f"Skipped: {path} is not a csv file")
    counts = (numbered(document["warnings"], "warning"), numbered(document["notes"], "note"))
    checked = numbered(len(document["series"]), "series", "series")
    say(f"{checked} checked: {document['refused']} refused, {', '.join(counts)}.")


def finding_line(finding: Finding) -> str:
    """A finding on one line: its series, its dates, the check and the message."""
    when = "" if finding.first is None else f" {finding.first}"
    if finding.last is not None and finding.last != finding.first:
        when += f" to {finding.last}"
    return f"{finding.series}{when}  {finding.check}: {finding.message}"
