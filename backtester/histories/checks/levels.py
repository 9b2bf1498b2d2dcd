"""Impossible values: not finite, or not above zero in a kind of series that must be."""

import numpy as np

from backtester.arrays import Flags
from backtester.histories.checks.finding import Finding, dated_finding, listed_dates
from backtester.histories.checks.subject import ADMINISTERED_SHARE, POSITIVE_KINDS, CheckedSeries, tick_size
from backtester.pages.format import numbered

NEAR_ZERO = 50  # ticks; a zero beside larger values is no yield of zero


def check_levels(subject: CheckedSeries) -> list[Finding]:
    """Non-finite values and, for prices and levels, those not above zero are refused; of an unknown kind, reported."""
    values = subject.values
    findings = []
    infinite = ~np.isfinite(values.to_numpy(dtype=float))
    if infinite.any():
        dates = subject.dates[infinite]
        text = f"{numbered(len(dates), 'value')} not finite: {listed_dates(dates)}; mend the source"
        findings.append(dated_finding("refused", "levels", subject.name, dates, text))
    if subject.kind in POSITIVE_KINDS and (low := np.isfinite(values) & (values <= 0)).any():
        dates = subject.dates[low]
        many = numbered(len(dates), "value")
        text = f"{many} not above zero in a series of kind {subject.kind!r}: {listed_dates(dates)}"
        findings.append(dated_finding("refused", "levels", subject.name, dates, text))
    return findings + ([] if subject.kind else _placeholders(subject))


def placeholders(subject: CheckedSeries) -> Flags:
    """Flags of zeros beside values far from zero, which are marks of missing values and not figures.

    None if the kind of the series is known, or the series is an administered rate.
    """
    numbers = subject.rounded_values
    zero: Flags = numbers == 0
    none = np.zeros(len(numbers), dtype=bool)
    if (
        subject.kind
        or not zero.any()
        or (numbers < 0).any()
        or np.mean(np.diff(numbers[~zero]) == 0) > ADMINISTERED_SHARE
    ):
        return none
    far = NEAR_ZERO * max(tick_size(numbers[~zero]), 1e-6)
    before, after = np.append(0.0, numbers[:-1]), np.append(numbers[1:], 0.0)
    beside = zero & ((before > far) | (after > far))
    return zero if beside.any() else none


def _placeholders(subject: CheckedSeries) -> list[Finding]:
    marks = placeholders(subject)
    if not marks.any():
        return []
    dates = subject.dates[marks]
    text = (
        f"{numbered(len(dates), 'value')} of zero beside values far from it, taken for missing: {listed_dates(dates)}"
    )
    return [dated_finding("warning", "levels", subject.name, dates, text)]
