"""All checks of one series, and the merging of many findings of one check."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from backtester.histories.checks.adjusted import check_decimals
from backtester.histories.checks.confusion import check_confusion
from backtester.histories.checks.dates import check_labels, check_shifted
from backtester.histories.checks.finding import Finding
from backtester.histories.checks.gaps import check_gaps
from backtester.histories.checks.interpolated import check_interpolated
from backtester.histories.checks.jumps import check_jumps
from backtester.histories.checks.levels import check_levels, placeholders
from backtester.histories.checks.rounded import check_rounded
from backtester.histories.checks.stale import check_stale
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.checks.units import check_units
from backtester.pages.format import numbered

CHECKS: tuple[Callable[[CheckedSeries], list[Finding]], ...] = (
    check_shifted,
    check_labels,
    check_gaps,
    check_confusion,
    check_units,
    check_stale,
    check_interpolated,
    check_decimals,
    check_rounded,
    check_jumps,
)
LISTED_ONE_BY_ONE = 3  # more findings of one check are merged into one
NAMED_OF_MANY = 3  # findings that a merged one quotes


def check_series(subject: CheckedSeries) -> list[Finding]:
    """The findings of all checks of a series; if a value is refused, only those of `check_levels` and the kind."""
    findings = check_levels(subject)
    if any(finding.severity == "refused" for finding in findings):
        return findings + (check_confusion(subject) if np.isfinite(subject.numbers).all() else [])
    marks = placeholders(subject)
    rest = replace(subject, values=subject.values[~marks]) if marks.any() else subject
    for check in CHECKS:
        findings += gathered(check(rest))
    return findings


def gathered(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, with more than three of one severity merged: their number, their dates, and the first three."""
    fewer: list[Finding] = []
    for severity in dict.fromkeys(finding.severity for finding in findings):
        of_severity = [finding for finding in findings if finding.severity == severity]
        fewer += of_severity if len(of_severity) <= LISTED_ONE_BY_ONE else [_together(of_severity)]
    return fewer


def _together(alike: Sequence[Finding]) -> Finding:
    first, *_ = alike
    dates = tuple(sorted({date for one in alike for date in one.dates or (one.first,) if date}))
    named = "; ".join(f"{_when(one)}: {one.message}" for one in alike[:NAMED_OF_MANY])
    return Finding(
        first.severity,
        first.check,
        first.series,
        f"{numbered(len(alike), 'finding')}, the gravest {NAMED_OF_MANY}: {named}",
        min((one.first for one in alike if one.first), default=None),
        max((one.last for one in alike if one.last), default=None),
        dates,
    )


def _when(finding: Finding) -> str:
    return str(finding.first) if finding.first == finding.last else f"{finding.first} to {finding.last}"
