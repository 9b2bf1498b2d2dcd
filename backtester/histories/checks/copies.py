"""Copies of one series in several files, such as two downloads: whether their values agree."""

from collections.abc import Sequence
from itertools import combinations

from backtester.histories.checks.finding import Finding, spanned
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.overlaps import are_copies, overlap


def check_copies(subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A warning for each two files of a folder that hold one series and differ by more than rounding."""
    findings = []
    for one, other in combinations(subjects, 2):
        if one.group != other.group or _file(one) == _file(other) or not are_copies(one.values, other.values):
            continue
        if (found := overlap(one.values, other.values)) is not None:
            text = f"it and {other.name} carry one series and disagree: {found}"
            ends = found.first, min(one.dates[-1], other.dates[-1])
            findings.append(spanned("warning", "copies", one.name, ends, text))
    return findings


def _file(subject: CheckedSeries) -> str:
    return subject.name.partition(":")[0]
