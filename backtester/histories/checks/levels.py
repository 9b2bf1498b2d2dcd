"""Values that cannot be: not finite, or not above zero where the kind says that they must be."""

import numpy as np

from backtester.arrays import Flags
from backtester.histories.checks.finding import Finding, found, listed
from backtester.histories.checks.subject import POSITIVE, Subject, tick_size
from backtester.pages.format import numbered

STEPS = 0.9  # of the changes are zero: a rate set by somebody
NEAR_ZERO = 50  # ticks: a zero beside larger values than that is no zero yield


def check_levels(subject: Subject) -> list[Finding]:
    """Non-finite values and, for prices and levels, those not above zero are refused; of an unknown kind, reported."""
    values = subject.values
    findings = []
    infinite = ~np.isfinite(values.to_numpy(dtype=float))
    if infinite.any():
        dates = subject.dates[infinite]
        text = f"{numbered(len(dates), 'value')} not finite: {listed(dates)}; mend the source"
        findings.append(found("refused", "levels", subject.name, dates, text))
    if subject.kind in POSITIVE and (low := np.isfinite(values) & (values <= 0)).any():
        dates = subject.dates[low]
        text = f"{numbered(len(dates), 'value')} not above zero in a series of kind {subject.kind!r}: {listed(dates)}"
        findings.append(found("refused", "levels", subject.name, dates, text))
    return findings + ([] if subject.kind else _placeholders(subject))


def placeholders(subject: Subject) -> Flags:
    """Which values are zeros that stand beside values far from zero: marks for a missing value, not figures.

    Where the kind is known nothing is taken for a mark, nor in a series that stands still by nature.
    """
    numbers = subject.numbers
    zero: Flags = numbers == 0
    none = np.zeros(len(numbers), dtype=bool)
    if subject.kind or not zero.any() or (numbers < 0).any() or np.mean(np.diff(numbers[~zero]) == 0) > STEPS:
        return none
    far = NEAR_ZERO * max(tick_size(numbers[~zero]), 1e-6)
    before, after = np.append(0.0, numbers[:-1]), np.append(numbers[1:], 0.0)
    beside = zero & ((before > far) | (after > far))
    return zero if beside.any() else none


def _placeholders(subject: Subject) -> list[Finding]:
    marks = placeholders(subject)
    if not marks.any():
        return []
    dates = subject.dates[marks]
    text = f"{numbered(len(dates), 'value')} of zero beside values far from it, taken for missing: {listed(dates)}"
    return [found("warning", "levels", subject.name, dates, text)]
