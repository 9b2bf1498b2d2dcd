"""The check of copies: one series in two files, such as two downloads of it, must have the same values."""

from collections.abc import Sequence
from itertools import combinations

from backtester.histories.checks.finding import Finding, span_finding
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.overlaps import are_copies, disagreement


def check_copies(subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A warning for each pair of files of a folder that hold the same series and differ by more than rounding."""
    findings = []  # series of one group are those of one folder
    for first, second in combinations(subjects, 2):
        if first.group != second.group or _file(first) == _file(second) or not are_copies(first.values, second.values):
            continue
        if (difference := disagreement(first.values, second.values)) is not None:
            text = f"it and {second.name} carry one series and disagree: {difference}"
            ends = difference.first, min(first.dates[-1], second.dates[-1])
            findings.append(span_finding("warning", "copies", first.name, ends, message=text))
    return findings


def _file(subject: CheckedSeries) -> str:
    """The name of the file of a series, which is named `FILE` or `FILE:COLUMN`."""
    return subject.name.partition(":")[0]
