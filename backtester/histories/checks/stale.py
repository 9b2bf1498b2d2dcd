"""Values that were carried forward: runs of one value, and more repeats than rounding explains."""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, found, listed_dates, spanned
from backtester.histories.checks.subject import FALSE_ALARMS, YEAR, CheckedSeries, local_scale, runs
from backtester.pages.format import numbered

FEWEST_REPEATS = 4  # single repeats that are reported
SMALLEST_SIZES = 10  # smallest sizes of changes, from which the expected number of zero changes follows
BLOCK = 1000  # values
CHANGES_OF_A_SIZE = 2.0  # mean number of changes of each small size in a block, from which there is a tick
MIN_TICKS = 15  # ticks in a mean change, below which rounding explains repeats
EXCESS = 3.0  # repeats over expected repeats
USUALLY_UNCHANGED = 0.25  # share of repeats around a run, from which runs are usual
RARE = 0.05  # share of repeats in the series, above which single repeats are not reported


def check_stale(subject: CheckedSeries) -> list[Finding]:
    """Warnings for runs of one value that are too long, given the values around them, and for too many repeats."""
    if len(subject.values) < 30 or subject.kind == "return" or subject.accrues:
        return []
    return [*_runs(subject), *_repeats(subject)]


def _runs(subject: CheckedSeries) -> list[Finding]:
    """Runs too long to be chance, if repeats were independent and as frequent as in the year on either side.

    None is reported where a quarter of the values around repeat the one before, as in an administered rate or a bill's
    yield near zero.
    """
    same = np.diff(subject.numbers) == 0
    dates = subject.dates
    findings = []
    for first, last in runs(same):
        around = np.concatenate([same[max(first - YEAR, 0) : first], same[last : last + YEAR]])
        often, length = (around.sum() + 1) / (len(around) + 2), last - first
        if often < USUALLY_UNCHANGED and len(same) * often**length < FALSE_ALARMS:
            value = subject.values.iloc[first]
            text = f"{length + 1} values in a row are {value:g}; around it {often:.1%} of values repeat the one before"
            findings.append((length, spanned("warning", "stale", subject.name, (dates[first], dates[last]), text)))
    return [finding for _, finding in sorted(findings, key=lambda one: -one[0])]


def _repeats(subject: CheckedSeries) -> list[Finding]:
    """A warning if there are many more single repeats than changes of the next smallest sizes.

    Among changes that are large beside the tick, one of zero is about half as frequent as one of each of the next
    sizes, which come with two signs. If zeros are far more frequent, missing values were replaced by repeats.
    The tick is estimated every few years: shares were quoted in eighths, then in cents.
    """
    changes = np.diff(subject.numbers)
    if np.mean(changes == 0) > RARE or rhythm_of_dates(subject.dates) != "daily":
        return []
    seen, expected = [], 0.0
    for first in range(0, len(changes), BLOCK):
        size = np.abs(changes[first : first + BLOCK]).round(6)
        tick = _tick(size)
        if tick and np.mean(size) > MIN_TICKS * tick:
            seen += (first + np.flatnonzero(size == 0)).tolist()
            expected += float(np.sum((size > 0) & (size < (SMALLEST_SIZES + 0.5) * tick))) / (2 * SMALLEST_SIZES)
    if len(seen) <= max(EXCESS * expected, expected + 6 * np.sqrt(expected)) or len(seen) < FEWEST_REPEATS:
        return []
    scale = local_scale(changes, window=10)[seen]
    dates = subject.dates[1:][np.array(seen)[np.argsort(-scale, kind="stable")]]
    text = (
        f"{numbered(len(dates), 'value')} repeat the one before, about {expected:.0f} would by rounding; "
        f"the least likely: {listed_dates(dates)}"
    )
    return [found("warning", "stale", subject.name, dates, text)]


def _tick(size: Array) -> float:
    """The step between the smallest changes; 0 if they hardly ever have the same size."""
    sizes, counts = np.unique(size[size > 0], return_counts=True)
    if len(sizes) <= SMALLEST_SIZES or counts[:SMALLEST_SIZES].mean() < CHANGES_OF_A_SIZE:
        return 0.0
    tick = float(np.median(np.diff(sizes[: SMALLEST_SIZES + 1])))
    return tick if sizes[0] < 3 * tick else 0.0
