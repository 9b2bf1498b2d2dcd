"""Stretches taken from elsewhere, seen beside a companion: a step in, another noise for a while, and a step back out.

A series and its nearest relative (the 30-year yield and the 20-year) differ by something quiet. Where the difference
jumps, is noisier or quieter for a time, and jumps back, those figures had another maker. Alone, such a stretch cannot
be distinguished from a market that moved, and nothing is said.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.histories.checks.dates import rhythm
from backtester.histories.checks.finding import Finding, spanned
from backtester.histories.checks.subject import YEAR, Subject, local_scale, looks_like_changes, moves

RELATED = 0.8  # correlation of changes from which two series are companions
STEP = 7.0  # standard deviations of the difference, at both ends
ALIKE = 2.0  # times that one end's step may exceed the other's
ANOTHER_NOISE = 1.5  # times by which the difference is noisier, or quieter, than before and after
SHORTEST, LONGEST = 20, 12 * YEAR  # sessions of a stretch
ENOUGH = 2 * YEAR  # common dates
SAME = 1 - 1e-9  # correlation from which two columns are one series
MONTH = 21  # sessions
HOLE = 10  # days
KEPT = 0.5  # of a step
STEPS = 0.5  # of the changes are zero: a rate set by somebody


def check_fills(subjects: Sequence[Subject]) -> list[Finding]:
    """The stretches of each daily series that stand apart from its companion's, series of one group compared.

    Of two companions that show the same stretch, the one that moved more at its ends is reported.
    """
    usable = [subject for subject in subjects if _usable(subject)]
    seen: dict[frozenset[object], tuple[float, Finding]] = {}
    for group in dict.fromkeys(subject.group for subject in usable):
        for subject, companion in _companions([one for one in usable if one.group == group]):
            for strength, finding in _stretches(subject, companion):
                key = frozenset([subject.name, companion.name, finding.first, finding.last])
                seen[key] = max(seen.get(key, (0.0, finding)), (strength, finding), key=lambda one: one[0])
    return [finding for _, finding in seen.values()]


def _usable(subject: Subject) -> bool:
    if len(subject.values) <= ENOUGH or subject.kind == "return" or rhythm(subject.dates) != "daily":
        return False
    return not looks_like_changes(subject.numbers) and bool(np.mean(np.diff(subject.numbers) == 0) < STEPS)


def _companions(members: Sequence[Subject]) -> list[tuple[Subject, Subject]]:
    """Each series with the one of its group whose changes go with its own most, where one does."""
    changes = {place: pd.Series(moves(one)[-1], one.dates[1:]) for place, one in enumerate(members)}
    alike = pd.DataFrame(changes).corr(min_periods=ENOUGH).to_numpy(copy=True)
    alike[~(alike < SAME)] = 0.0
    nearest = alike.argmax(axis=1)
    pairs = enumerate(nearest.tolist())
    return [(members[own], members[its]) for own, its in pairs if alike[own, its] > RELATED]


def _stretches(subject: Subject, companion: Subject) -> list[tuple[float, Finding]]:
    """The stretches, and how many deviations the series itself moved at their ends.

    Measured in points and, where the kind is unknown, in logs too: only what is found both ways is reported.
    """
    dates = subject.dates.intersection(companion.dates)
    pair = [moves(Subject(one.name, one.values[dates], one.kind)) for one in (subject, companion)]
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
    """The part of the changes that the companion's do not explain."""
    rest: Array = own - its * float(np.dot(own, its) / np.dot(its, its))
    return rest


def _apart(own: Array, its: Array, hole: Flags) -> set[tuple[int, int]]:
    """The stretches that stand apart, as (step in, step out), overlapping or not; a step across a hole is none."""
    rest = np.where(hole, 0.0, _rest(own, its))
    steps = np.flatnonzero(np.abs(rest) > STEP * local_scale(rest, 1e-12))
    return {
        (first, last)
        for first in steps.tolist()
        for last in steps[(steps >= first + SHORTEST) & (steps <= first + LONGEST)].tolist()
        if _stands_apart(rest, first, last)
    }


def _stands_apart(rest: Array, first: int, last: int) -> bool:
    """Whether the steps at both ends are opposite and alike, and the noise between another than on either side."""
    if not -ALIKE < rest[first] / rest[last] < -1 / ALIKE:
        return False
    if not _lasts(rest, first) or not _lasts(rest, last):
        return False
    sides = rest[max(first - YEAR, 0) : first], rest[last + 1 : last + 1 + YEAR]
    if min(map(len, sides)) < YEAR // 4:
        return False
    within = _spread(rest[first + 1 : last])
    ratios = [within / max(_spread(side), 1e-12) for side in sides]
    return min(ratios) > ANOTHER_NOISE or max(ratios) < 1 / ANOTHER_NOISE


def _lasts(rest: Array, place: int) -> bool:
    """Whether most of a step is still there on average in the month after it, compared with the month before."""
    level = np.cumsum(rest[max(place - MONTH, 0) : place + MONTH])
    at = min(place, MONTH)
    change = float(level[at:].mean() - level[:at].mean()) if at else 0.0
    return bool(change / rest[place] > KEPT)


def _spread(rest: Array) -> float:
    """The mean absolute value: less moved by a single day than a standard deviation."""
    return float(np.mean(np.abs(rest)))


def _finding(
    subject: Subject, companion: Subject, dates: pd.DatetimeIndex, rest: Array, ends: tuple[int, int]
) -> Finding:
    first, last = ends
    text = (
        f"another source? Against {companion.name} it steps by {rest[first]:+.4g} at the beginning and "
        f"{rest[last]:+.4g} after the end, and differs by {_spread(rest[first + 1 : last]):.2g} a session between, "
        f"against {_spread(rest[max(first - YEAR, 0) : first]):.2g} before"
    )
    return spanned("warning", "fills", subject.name, (dates[first], dates[last - 1]), text)
