"""Copies of one series in several files: two downloads, or two pieces that overlap, which should say the same."""

from collections.abc import Sequence
from itertools import combinations

from backtester.histories.checks.finding import Finding, spanned
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.overlaps import carry_one_series, overlap


def check_copies(subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A warning for two files of one folder that carry one series and differ in it by more than rounding."""
    findings = []
    for one, other in combinations(subjects, 2):
        if one.group != other.group or _file(one) == _file(other) or not carry_one_series(one.values, other.values):
            continue
        if (found := overlap(one.values, other.values)) is not None:
            text = f"it and {other.name} carry one series and disagree: {found}"
            ends = found.first, min(one.dates[-1], other.dates[-1])
            findings.append(spanned("warning", "copies", one.name, ends, text))
    return findings


def _file(subject: CheckedSeries) -> str:
    return subject.name.partition(":")[0]
