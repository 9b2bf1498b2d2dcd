"""Copies of one series in several files, such as two downloads: whether their values agree."""

from collections.abc import Sequence
from itertools import combinations

from backtester.histories.checks.finding import Finding, span_finding
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.overlaps import are_copies, disagreement


def check_copies(subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A warning for each two files of a folder that hold one series and differ by more than rounding."""
    findings = []
    for one, other in combinations(subjects, 2):
        if one.group != other.group or _file(one) == _file(other) or not are_copies(one.values, other.values):
            continue
        if (found := disagreement(one.values, other.values)) is not None:
            text = f"it and {other.name} carry one series and disagree: {found}"
            ends = found.first, min(one.dates[-1], other.dates[-1])
            findings.append(span_finding("warning", "copies", one.name, ends, text))
    return findings


def _file(subject: CheckedSeries) -> str:
    return subject.name.partition(":")[0]
