"""Stretches filled from another source, found beside a companion series: a step in, other noise, and a step back.

The difference between a series and its nearest relative (the 30-year yield and the 20-year) changes little. If it
jumps, is noisier or quieter for a time, and jumps back, the figures between come from another source. Without a
companion such a stretch cannot be distinguished from a move of the market, and is not reported.
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

RELATED = 0.8  # correlation of changes, from which two series are companions
LEAST_STEP = 7.0  # standard deviations of the difference, at both ends
MAX_END_RATIO = 2.0  # times that one end's step may exceed the other's
ANOTHER_NOISE = 1.5  # times by which the difference is noisier, or quieter, than before and after
SHORTEST, LONGEST = 20, 12 * YEAR_SESSIONS  # sessions of a stretch
FEWEST_COMMON_DATES = 2 * YEAR_SESSIONS
SAME_COLUMN = 1 - 1e-9  # correlation, from which two columns are one series
MONTH_SESSIONS = 21
HOLE = 10  # days without a value, across which a change is no step
KEPT_SHARE = 0.5  # of a step must remain a month later
STEPWISE = 0.5  # share of changes that are zero, from which a series is not used


def check_fills(subjects: Sequence[CheckedSeries]) -> list[Finding]:
    """A warning for each stretch in which a daily series differs from its companion in its group.

    If both companions have the same stretch, the one that moved more at its ends is reported.
    """
    usable = [subject for subject in subjects if _usable(subject)]
    seen: dict[frozenset[object], tuple[float, Finding]] = {}
    for group in dict.fromkeys(subject.group for subject in usable):
        for subject, companion in _companions([one for one in usable if one.group == group]):
            for strength, finding in _stretches(subject, companion):
                key = frozenset([subject.name, companion.name, finding.first, finding.last])
                seen[key] = max(seen.get(key, (strength, finding)), (strength, finding), key=lambda one: one[0])
    return [finding for _, finding in seen.values()]


def _usable(subject: CheckedSeries) -> bool:
    if (
        len(subject.values) <= FEWEST_COMMON_DATES
        or subject.kind == "return"
        or rhythm_of_dates(subject.dates) != "daily"
    ):
        return False
    return not looks_like_changes(subject.rounded_values) and bool(
        np.mean(np.diff(subject.rounded_values) == 0) < STEPWISE
    )


def _companions(members: Sequence[CheckedSeries]) -> list[tuple[CheckedSeries, CheckedSeries]]:
    """Each series with the member of its group whose changes correlate most with its own, if above `RELATED`."""
    changes = {place: pd.Series(changes_by_unit(one)[-1], one.dates[1:]) for place, one in enumerate(members)}
    alike = pd.DataFrame(changes).corr(min_periods=FEWEST_COMMON_DATES).to_numpy(copy=True)
    alike[~(alike < SAME_COLUMN)] = 0.0
    nearest = alike.argmax(axis=1)
    pairs = enumerate(nearest.tolist())
    return [(members[own], members[its]) for own, its in pairs if alike[own, its] > RELATED]


def _stretches(subject: CheckedSeries, companion: CheckedSeries) -> list[tuple[float, Finding]]:
    """The findings, each with the size of the series' own moves at both ends, in standard deviations.

    Moves are measured in points and, if the kind is unknown, also in logs: a stretch must be found in both.
    """
    dates = subject.dates.intersection(companion.dates)
    pair = [changes_by_unit(CheckedSeries(one.name, one.values[dates], one.kind)) for one in (subject, companion)]
    hole = np.diff(dates.to_numpy()) > np.timedelta64(HOLE, "D")
    ways = [_apart(own, its, hole) for own, its in zip(*pair, strict=True)]
    own, its = pair[0][0], pair[1][0]
    moved = np.abs(own / local_scale(own, 1e-12))
    findings: dict[tuple[int, int], Finding] = {}
    for first, last in sorted(set.intersection(*ways), key=lambda ends: ends[1] - ends[0]):
        if all(last < other[0] or first > other[1] for other in findings):
            findings[first, last] = _finding(subject, companion, dates[1:], _rest(own, its), (first, last))
    return [(float(moved[first] + moved[last]), finding) for (first, last), finding in findings.items()]


def _rest(own: Array, its: Array) -> Array:
    """The part of the changes that the companion's changes do not explain, (N,)."""
    rest: Array = own - its * float(np.dot(own, its) / np.dot(its, its))
    return rest


def _apart(own: Array, its: Array, hole: Flags) -> set[tuple[int, int]]:
    """The stretches that differ, as places of (step in, step out); they may overlap. Changes across holes are no
    steps."""
    rest = np.where(hole, 0.0, _rest(own, its))
    steps = np.flatnonzero(np.abs(rest) > LEAST_STEP * local_scale(rest, 1e-12))
    return {
        (first, last)
        for first in steps.tolist()
        for last in steps[(steps >= first + SHORTEST) & (steps <= first + LONGEST)].tolist()
        if _stands_apart(rest, first, last)
    }


def _stands_apart(rest: Array, first: int, last: int) -> bool:
    """Whether the steps at both ends are opposite and of like size, and the noise between differs from both sides."""
    if not -MAX_END_RATIO < rest[first] / rest[last] < -1 / MAX_END_RATIO:
        return False
    if not _lasts(rest, first) or not _lasts(rest, last):
        return False
    sides = rest[max(first - YEAR_SESSIONS, 0) : first], rest[last + 1 : last + 1 + YEAR_SESSIONS]
    if min(map(len, sides)) < YEAR_SESSIONS // 4:
        return False
    within = _spread(rest[first + 1 : last])
    ratios = [within / max(_spread(side), 1e-12) for side in sides]
    return min(ratios) > ANOTHER_NOISE or max(ratios) < 1 / ANOTHER_NOISE


def _lasts(rest: Array, place: int) -> bool:
    """Whether the mean of the month after a step is above that of the month before by most of the step."""
    level = np.cumsum(rest[max(place - MONTH_SESSIONS, 0) : place + MONTH_SESSIONS])
    at = min(place, MONTH_SESSIONS)
    change = float(level[at:].mean() - level[:at].mean()) if at else np.nan
    return bool(change / rest[place] > KEPT_SHARE)


def _spread(rest: Array) -> float:
    """The mean absolute value, on which a single day has less influence than on a standard deviation."""
    return float(np.mean(np.abs(rest)))


def _finding(
    subject: CheckedSeries, companion: CheckedSeries, dates: pd.DatetimeIndex, rest: Array, ends: tuple[int, int]
) -> Finding:
    first, last = ends
    text = (
        f"another source? Against {companion.name} it steps by {rest[first]:+.4g} at the beginning and "
        f"{rest[last]:+.4g} after the end, and differs by {_spread(rest[first + 1 : last]):.2g} a session between, "
        f"against {_spread(rest[max(first - YEAR_SESSIONS, 0) : first]):.2g} before"
    )
    return span_finding("warning", "fills", subject.name, (dates[first], dates[last - 1]), text)
