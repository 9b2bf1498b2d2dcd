"""Values that were carried on unseen: runs of one value, and more repeats than rounding explains."""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, found, listed_dates, spanned
from backtester.histories.checks.subject import FALSE_ALARMS, YEAR, CheckedSeries, local_scale, runs
from backtester.pages.format import numbered

FEWEST_REPEATS = 4  # single repeats worth telling
SMALLEST_SIZES = 10  # sizes of the smallest changes that tell how many changes of zero to expect
BLOCK = 1000  # values
CHANGES_OF_A_SIZE = 2.0  # changes of each small size in a block, where there is a tick
MIN_TICKS = 15  # ticks in a mean change, below which repeats are a matter of rounding
EXCESS = 3.0  # times as many repeats as expected
USUALLY_UNCHANGED = 0.25  # of the values around repeat the one before: standing still is usual
RARE = 0.05  # of the values repeat the one before, at most, for single ones to mean something


def check_stale(subject: CheckedSeries) -> list[Finding]:
    """Runs of one value that are too long for the series as it is around them, and repeats in excess."""
    if len(subject.values) < 30 or subject.kind == "return" or subject.accrues:
        return []
    return [*_runs(subject), *_repeats(subject)]


def _runs(subject: CheckedSeries) -> list[Finding]:
    """Runs so long that, were repeats independent and as frequent as in the year on either side, none would be seen.

    Where a quarter of the values around repeat the one before, standing still is the series' nature: a rate that
    somebody sets, or a bill's yield near zero.
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
    """Single repeats, where there are many more of them than of the next smallest changes.

    Among changes that are large beside the tick, one of zero is about half as frequent as one of each of the next
    sizes, which come with two signs. Where zeros are far more frequent, values were repeated for want of new ones.
    The tick is found anew in every few years: shares were quoted in eighths, then in cents.
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
    likely = 1 / local_scale(changes, window=10)[seen]
    dates = subject.dates[1:][np.array(seen)[np.argsort(likely, kind="stable")]]
    text = (
        f"{numbered(len(dates), 'value')} repeat the one before, about {expected:.0f} would by rounding; "
        f"the least likely: {listed_dates(dates)}"
    )
    return [found("warning", "stale", subject.name, dates, text)]


def _tick(size: Array) -> float:
    """The step between the smallest changes, as frequent as each is; 0 where hardly two changes are alike."""
    sizes, counts = np.unique(size[size > 0], return_counts=True)
    if len(sizes) <= SMALLEST_SIZES or counts[:SMALLEST_SIZES].mean() < CHANGES_OF_A_SIZE:
        return 0.0
    tick = float(np.median(np.diff(sizes[: SMALLEST_SIZES + 1])))
    return tick if sizes[0] < 3 * tick else 0.0
