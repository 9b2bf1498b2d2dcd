"""The check of stale values, which were carried forward: runs of one value, and more repeats than rounding explains."""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, dated_finding, listed_dates, span_finding
from backtester.histories.checks.subject import MAX_FALSE_ALARMS, YEAR_SESSIONS, CheckedSeries, local_scale, true_runs
from backtester.pages.format import numbered

FEWEST_FOR_STALE = 30  # values of a series that is checked
# Of runs of one value:
USUAL_REPEAT_SHARE = 0.25  # of the values around a run: from it on runs are usual, and not reported
# Of single repeats:
MAX_REPEAT_SHARE = 0.05  # of all changes: above it repeats are usual, and not reported
FEWEST_REPEATS = 4  # that are reported
EXCESS = 3.0  # repeats / expected repeats, above which they are reported
BLOCK_VALUES = 1000  # in which the tick is estimated
SMALLEST_SIZES = 10  # distinct absolute changes, the smallest above zero, from which repeats are expected
MIN_CHANGES_PER_SIZE = 2.0  # mean number of changes of each of these sizes in a block that has a tick
MIN_TICKS = 15  # in a mean change: with less, rounding explains repeats


def check_stale(subject: CheckedSeries) -> list[Finding]:
    """Warnings of runs of one value that are too long, given the values around them, and of too many single repeats.

    Returns are not checked, nor a series that accrues, such as an index of bills: it may stand still.
    """
    if len(subject.values) < FEWEST_FOR_STALE or subject.kind == "return" or subject.accrues:
        return []
    return [*_runs(subject), *_repeats(subject)]


def _runs(subject: CheckedSeries) -> list[Finding]:
    """A warning of each run of one value that is too long to be chance, the longest first.

    Chance means that repeats are independent and as frequent as in the year on either side. None is reported where a
    quarter of the values around repeat the one before, as in a policy rate or a bill's yield near zero.
    """
    repeats = np.diff(subject.rounded_values) == 0
    dates = subject.dates
    findings = []  # with the number of repeats
    for first, last in true_runs(repeats):
        around = np.concatenate([repeats[max(first - YEAR_SESSIONS, 0) : first], repeats[last : last + YEAR_SESSIONS]])
        probability, length = (around.sum() + 1) / (len(around) + 2), last - first  # Laplace's rule of succession
        if probability < USUAL_REPEAT_SHARE and len(repeats) * probability**length < MAX_FALSE_ALARMS:
            value = subject.values.iloc[first]
            text = f"{length + 1} values in a row are {value:g}"
            text += f"; around it {probability:.1%} of values repeat the one before"
            findings.append(
                (length, span_finding("warning", "stale", subject.name, (dates[first], dates[last]), message=text))
            )
    return [finding for _, finding in sorted(findings, key=lambda sized: -sized[0])]


def _repeats(subject: CheckedSeries) -> list[Finding]:
    """A warning if there are many more single repeats than rounding explains.

    A tick is the step to which values are rounded. If the usual change is many ticks, one of zero is half as frequent
    as one of 1, 2, ... ticks, which can be up or down. If zeros are far more frequent, missing values were replaced by
    repeats. The tick is estimated in each block of 1,000 values, since shares were quoted in eighths, then in cents.
    """
    changes = np.diff(subject.rounded_values)
    if np.mean(changes == 0) > MAX_REPEAT_SHARE or rhythm_of_dates(subject.dates) != "daily":
        return []
    repeats, expected = [], 0.0
    for first in range(0, len(changes), BLOCK_VALUES):
        sizes = np.abs(changes[first : first + BLOCK_VALUES]).round(6)
        tick = _tick(sizes)
        if tick and np.mean(sizes) > MIN_TICKS * tick:
            repeats += (first + np.flatnonzero(sizes == 0)).tolist()
            small_changes = float(np.sum((sizes > 0) & (sizes < (SMALLEST_SIZES + 0.5) * tick)))
            expected += small_changes / (2 * SMALLEST_SIZES)
    # the second limit is six standard deviations of a Poisson distribution
    if len(repeats) <= max(EXCESS * expected, expected + 6 * np.sqrt(expected)) or len(repeats) < FEWEST_REPEATS:
        return []
    scale = local_scale(changes, window=10)[repeats]  # a repeat is less likely where changes are large
    dates = subject.dates[1:][np.array(repeats)[np.argsort(-scale, kind="stable")]]
    text = (
        f"{numbered(len(dates), 'value')} repeat the one before, about {expected:.0f} would by rounding; "
        f"the least likely: {listed_dates(dates)}"
    )
    return [dated_finding("warning", "stale", subject.name, dates, message=text)]


def _tick(sizes: Array) -> float:
    """The step between the smallest absolute changes; 0 if changes hardly ever have the same size."""
    distinct, counts = np.unique(sizes[sizes > 0], return_counts=True)
    if len(distinct) <= SMALLEST_SIZES or counts[:SMALLEST_SIZES].mean() < MIN_CHANGES_PER_SIZE:
        return 0.0
    tick = float(np.median(np.diff(distinct[: SMALLEST_SIZES + 1])))
    return tick if distinct[0] < 3 * tick else 0.0
