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
    """The findings of all checks of a series; of `check_levels` and `check_confusion` alone if a value is refused.

    Zeros that stand for missing values are left out of the other checks.
    """
    findings = check_levels(subject)
    if any(finding.severity == "refused" for finding in findings):
        return findings + (check_confusion(subject) if np.isfinite(subject.rounded_values).all() else [])
    is_missing = placeholders(subject)
    without_missing = replace(subject, values=subject.values[~is_missing]) if is_missing.any() else subject
    for check in CHECKS:
        findings += merged_findings(check(without_missing))
    return findings


def merged_findings(findings: Sequence[Finding]) -> list[Finding]:
    """The findings of one check, in its own order, with more than three of one severity merged into one.

    The merged finding has their number, all their dates, and the messages of the first three, as a rule the gravest.
    """
    fewer: list[Finding] = []
    for severity in dict.fromkeys(finding.severity for finding in findings):
        of_severity = [finding for finding in findings if finding.severity == severity]
        fewer += of_severity if len(of_severity) <= LISTED_ONE_BY_ONE else [_merged(of_severity)]
    return fewer


def _merged(findings: Sequence[Finding]) -> Finding:
    """One finding for several of one check, series and severity."""
    first, *_ = findings
    dates = {date for finding in findings for date in finding.dates or (finding.first,) if date}
    quoted = "; ".join(f"{_when(finding)}: {finding.message}" for finding in findings[:NAMED_OF_MANY])
    return Finding(
        first.severity,
        first.check,
        first.series,
        f"{numbered(len(findings), 'finding')}, the gravest {NAMED_OF_MANY}: {quoted}",
        first=min((finding.first for finding in findings if finding.first), default=None),
        last=max((finding.last for finding in findings if finding.last), default=None),
        dates=tuple(sorted(dates)),
    )


def _when(finding: Finding) -> str:
    """The date of a finding in words, or its first and last."""
    return str(finding.first) if finding.first == finding.last else f"{finding.first} to {finding.last}"
