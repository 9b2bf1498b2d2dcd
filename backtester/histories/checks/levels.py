"""The check of levels: values that are not finite, or not above zero where they must be, and zeros for missing ones."""

import numpy as np

from backtester.arrays import Flags
from backtester.histories.checks.finding import Finding, dated_finding, listed_dates
from backtester.histories.checks.subject import ADMINISTERED_SHARE, POSITIVE_KINDS, CheckedSeries, tick_size
from backtester.pages.format import numbered

MAX_CHANGE_TO_ZERO = 50  # ticks: a zero after or before a larger value stands for a missing one


def check_levels(subject: CheckedSeries) -> list[Finding]:
    """Refusals of non-finite values and of prices and levels not above zero; a warning of zeros for missing values.

    The warning is given only if the kind of the series (`price`, `yield`, ...) is unknown.
    """
    values = subject.values
    findings = []
    infinite = ~np.isfinite(values.to_numpy(dtype=float))
    if infinite.any():
        dates = subject.dates[infinite]
        text = f"{numbered(len(dates), 'value')} not finite: {listed_dates(dates)}; mend the source"
        findings.append(dated_finding("refused", "levels", subject.name, dates, message=text))
    if subject.kind in POSITIVE_KINDS and (low := np.isfinite(values) & (values <= 0)).any():
        dates = subject.dates[low]
        count = numbered(len(dates), "value")
        text = f"{count} not above zero in a series of kind {subject.kind!r}: {listed_dates(dates)}"
        findings.append(dated_finding("refused", "levels", subject.name, dates, message=text))
    return findings + ([] if subject.kind else _placeholders(subject))


def placeholders(subject: CheckedSeries) -> Flags:
    """Flags of all zeros if one of them is next to a value far from zero: then they stand for missing values.

    All false if the kind of the series is known, it has negative values, or it is a policy rate.
    """
    numbers = subject.rounded_values
    is_zero: Flags = numbers == 0
    no_flags = np.zeros(len(numbers), dtype=bool)
    if subject.kind or not is_zero.any() or (numbers < 0).any():
        return no_flags
    others = numbers[~is_zero]
    if np.mean(np.diff(others) == 0) > ADMINISTERED_SHARE:
        return no_flags
    far = MAX_CHANGE_TO_ZERO * max(tick_size(others), 1e-6)
    before, after = np.append(0.0, numbers[:-1]), np.append(numbers[1:], 0.0)
    next_to_far = is_zero & ((before > far) | (after > far))
    return is_zero if next_to_far.any() else no_flags


def _placeholders(subject: CheckedSeries) -> list[Finding]:
    """A warning of zeros that stand for missing values."""
    flags = placeholders(subject)
    if not flags.any():
        return []
    dates = subject.dates[flags]
    text = (
        f"{numbered(len(dates), 'value')} of zero beside values far from it, taken for missing: {listed_dates(dates)}"
    )
    return [dated_finding("warning", "levels", subject.name, dates, message=text)]
