"""`data check`: what the checks find in histories and in providers' csv files, as a report or as one document."""

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

OF_FILES = ("column", "kind", "date_format", "decimal", "sep")
SEVERITY_COLOURS = {"refused": "red", "warning": "yellow", "note": "blue"}
MEANING = {"refused": "not fit for use", "warning": "look before use", "note": "good to know"}


def check_data(params: Mapping[str, Any]) -> None:
    """Check each, print what was found, exit with 1 when something is refused."""
    names, folder, dialect = params["names"], params["data"], read_dialect(params)
    files = [Path(name) for name in names if _is_path(name)]
    histories = [name for name in names if not _is_path(name)]
    stated = [name for name in OF_FILES if params[name] is not None]
    if stated and (histories or not files):
        option = f"--{stated[0].replace('_', '-')}"
        raise DataError(f"{option} given for a history; its manifest says what each series is, so leave it out")
    known = {name: find_history(name, folder) for name in histories} or ({} if files else histories_or_errors(folder))
    reports = []
    with shown_progress() as progress:
        for name, history in known.items():
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
    return CheckReport((), (Finding("refused", "manifest", name, str(error)),))


def read_dialect(params: Mapping[str, Any]) -> Dialect:
    """The dialect of csv files that the options state."""
    return Dialect(params["date_format"], params["decimal"], "\t" if params["sep"] == "tab" else params["sep"])


def _is_path(name: str) -> bool:
    """Whether a word is a file or folder and not a history: by its look, or since there is one of that name."""
    return "/" in name or name.lower().endswith(".csv") or name in (".", "..") or Path(name).is_dir()


def _document(reports: list[CheckReport]) -> dict[str, Any]:
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
    """The findings, the gravest first and by series, then how many of each; what was skipped is named."""
    findings = [finding for report in reports for finding in report.findings]
    for severity, colour in SEVERITY_COLOURS.items():
        alike = sorted((one for one in findings if one.severity == severity), key=lambda one: one.series)
        if alike:
            heading = click.style(f"{severity.capitalize()} ({MEANING[severity]})", fg=colour, bold=True)
            click.echo(heading, file=answer_stream())
            for finding in alike:
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
