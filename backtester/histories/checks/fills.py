"""The check of fills: stretches of a series that were taken from another source, found by means of a companion.

The companion of a series is the one whose changes are most like its own, such as the 20-year yield for the 30-year. The
difference of the two, as far as it is not explained, changes little. If it jumps, is noisier or quieter for a time, and
jumps back, the figures between come from another source. Without a companion such a stretch cannot be distinguished
from a move of the market, and is not reported.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, span_finding
from backtester.histories.checks.subject import (
    YEAR_SESSIONS,
    CheckedSeries,
    changes_by_unit,
    local_scale,
    looks_like_changes,
)

MIN_COMPANION_CORRELATION = 0.8  # of changes
SAME_SERIES_CORRELATION = 1 - 1e-9  # from it on two series are one
MIN_STEP_DEVIATIONS = 7.0  # of the residual, at both ends of a stretch
MAX_END_RATIO = 2.0  # by which the step at one end may exceed that at the other
MIN_NOISE_RATIO = 1.5  # by which the residual is noisier, or quieter, than before and after
SHORTEST, LONGEST = 20, 12 * YEAR_SESSIONS  # sessions of a stretch
FEWEST_COMMON_DATES = 2 * YEAR_SESSIONS
MONTH_SESSIONS = 21
GAP_DAYS = 10  # without a value: a change over more days is no step
KEPT_SHARE = 0.5  # of a step must remain in the month after it
MAX_ZERO_CHANGES = 0.5  # share of changes that are zero, from which on a series is not used


def check_fills(subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A warning for each stretch in which a daily series differs from its companion: of the other series of its
    group (a folder or a history) the one that moves most like it.

    If both companions have the same stretch, the one that changed more at its ends is reported.
    """
    usable = [subject for subject in subjects if _usable(subject)]
    found: dict[frozenset[object], tuple[float, Finding]] = {}  # by pair and dates, the finding with the larger changes
    for group in dict.fromkeys(subject.group for subject in usable):
        for subject, companion in _companions([member for member in usable if member.group == group]):
            for size, finding in _stretches(subject, companion):
                key = frozenset([subject.name, companion.name, finding.first, finding.last])
                found[key] = max(found.get(key, (size, finding)), (size, finding), key=lambda sized: sized[0])
    return [finding for _, finding in found.values()]


def _usable(subject: CheckedSeries) -> bool:
    """Whether a series is long, daily, no returns, and changes on most days."""
    if len(subject.values) <= FEWEST_COMMON_DATES or subject.kind == "return":
        return False
    if rhythm_of_dates(subject.dates) != "daily" or looks_like_changes(subject.rounded_values):
        return False
    return bool(np.mean(np.diff(subject.rounded_values) == 0) < MAX_ZERO_CHANGES)


def _companions(members: Sequence[CheckedSeries]) -> list[tuple[CheckedSeries, CheckedSeries]]:
    """Each series with the member of its group whose changes correlate most with its own, if they do enough."""
    # in logs, where the kind leaves both units possible
    changes = {place: pd.Series(changes_by_unit(member)[-1], member.dates[1:]) for place, member in enumerate(members)}
    correlation = pd.DataFrame(changes).corr(min_periods=FEWEST_COMMON_DATES).to_numpy(copy=True)
    correlation[~(correlation < SAME_SERIES_CORRELATION)] = 0.0  # of a series with itself or a copy, and NaN
    pairs = enumerate(correlation.argmax(axis=1).tolist())
    return [
        (members[n], members[nearest]) for n, nearest in pairs if correlation[n, nearest] > MIN_COMPANION_CORRELATION
    ]


def _stretches(subject: CheckedSeries, companion: CheckedSeries) -> list[tuple[float, Finding]]:
    """The findings, each with the size of the series' own changes at both ends, in standard deviations.

    If the kind is unknown, a stretch must be found in differences and in log changes. Of stretches that overlap the
    shortest is reported.
    """
    dates = subject.dates.intersection(companion.dates)
    own_by_unit, companion_by_unit = (
        changes_by_unit(CheckedSeries(series.name, series.values[dates], series.kind))
        for series in (subject, companion)
    )
    over_gap = np.diff(dates.to_numpy()) > np.timedelta64(GAP_DAYS, "D")
    pairs = zip(own_by_unit, companion_by_unit, strict=True)
    stretches = set.intersection(*(_differing_stretches(own, its, over_gap) for own, its in pairs))
    changes, residual = own_by_unit[0], _residual(own_by_unit[0], companion_by_unit[0])
    sizes = np.abs(changes / local_scale(changes, 1e-12))
    findings: dict[tuple[int, int], Finding] = {}
    for first, last in sorted(stretches, key=lambda ends: ends[1] - ends[0]):
        if all(last < other_first or first > other_last for other_first, other_last in findings):
            findings[first, last] = _finding(subject, companion, dates=dates[1:], residual=residual, ends=(first, last))
    return [(float(sizes[first] + sizes[last]), finding) for (first, last), finding in findings.items()]


def _residual(changes: Array, companion_changes: Array) -> Array:
    """The part of the changes (N,) that those of the companion do not explain, by regression without a constant."""
    slope = float(np.dot(changes, companion_changes) / np.dot(companion_changes, companion_changes))
    residual: Array = changes - companion_changes * slope
    return residual


def _differing_stretches(changes: Array, companion_changes: Array, over_gap: Flags) -> set[tuple[int, int]]:
    """The stretches that differ from the companion, as places of the step in and the step out; they may overlap.

    Changes flagged by `over_gap`, which span days without a value, are no steps.
    """
    residual = np.where(over_gap, 0.0, _residual(changes, companion_changes))
    steps = np.flatnonzero(np.abs(residual) > MIN_STEP_DEVIATIONS * local_scale(residual, 1e-12))
    return {
        (first, last)
        for first in steps.tolist()
        for last in steps[(steps >= first + SHORTEST) & (steps <= first + LONGEST)].tolist()
        if _stands_apart(residual, first, last)
    }


def _stands_apart(residual: Array, first: int, last: int) -> bool:
    """Whether the steps at both places are opposite, of similar size and lasting, and the noise between is different.

    The noise is compared with that of the year before and of the year after, of which at least a quarter is needed.
    """
    if not -MAX_END_RATIO < residual[first] / residual[last] < -1 / MAX_END_RATIO:
        return False
    if not _lasts(residual, first) or not _lasts(residual, last):
        return False
    sides = residual[max(first - YEAR_SESSIONS, 0) : first], residual[last + 1 : last + 1 + YEAR_SESSIONS]
    if min(map(len, sides)) < YEAR_SESSIONS // 4:
        return False
    noise = _noise(residual[first + 1 : last])
    ratios = [noise / max(_noise(side), 1e-12) for side in sides]
    return min(ratios) > MIN_NOISE_RATIO or max(ratios) < 1 / MIN_NOISE_RATIO


def _lasts(residual: Array, place: int) -> bool:
    """Whether more than half of a step is left in the mean of the month after it, compared with the month before."""
    start = max(place - MONTH_SESSIONS, 0)
    levels = np.cumsum(residual[start : place + MONTH_SESSIONS])
    before, after = levels[: place - start], levels[place - start :]
    change = float(after.mean() - before.mean()) if len(before) else np.nan
    return bool(change / residual[place] > KEPT_SHARE)


def _noise(residual: Array) -> float:
    """The mean absolute value, on which a single day has less influence than on a standard deviation."""
    return float(np.mean(np.abs(residual)))


def _finding(
    subject: CheckedSeries, companion: CheckedSeries, dates: pd.DatetimeIndex, residual: Array, ends: tuple[int, int]
) -> Finding:
    """A warning of the stretch between two steps, given by their places in the residual; `dates` are its dates."""
    first, last = ends
    before = _noise(residual[max(first - YEAR_SESSIONS, 0) : first])
    text = (
        f"another source? Against {companion.name} it steps by {residual[first]:+.4g} at the beginning and "
        f"{residual[last]:+.4g} after the end, and differs by {_noise(residual[first + 1 : last]):.2g} a session "
        f"between, against {before:.2g} before"
    )
    return span_finding("warning", "fills", subject.name, (dates[first], dates[last - 1]), message=text)
