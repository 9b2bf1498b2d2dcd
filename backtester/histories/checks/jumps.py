"""Changes beyond twelve standard deviations of the year around them."""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.dates import rhythm
from backtester.histories.checks.finding import Finding, found
from backtester.histories.checks.subject import YEAR, Subject, local_scale, moves, moves_itself, tick_size
from backtester.histories.rhythm import infer_rhythm

FEWEST = 12  # values that the scale of a change is measured by, on either side
LIMIT = 12.0  # docs/design.md
REVERSAL = 0.35  # of a jump is left after the next change: a spike
STEPS = 0.9  # of the changes are zero: a rate set by somebody, whose steps are its nature


def check_jumps(subject: Subject) -> list[Finding]:
    """Each jump with its size, the largest first: a spike where the next change takes most of it back.

    A change over several days, as after a gap, is measured by their square root.
    """
    if len(subject.values) < 60 or np.mean(np.diff(subject.numbers) == 0) > STEPS:
        return []
    ways = moves(subject)
    sizes = np.minimum.reduce([_deviations(subject, changes) for changes in ways])
    findings: list[tuple[float, Finding]] = []
    before = None
    for place in np.flatnonzero(sizes > LIMIT).tolist():
        if not (before == place - 1 and _reverses(ways[0], place - 1)):
            findings.append(
                (float(sizes[place]), _finding(subject, place, float(sizes[place]), _reverses(ways[0], place)))
            )
        before = place
    return [finding for _, finding in sorted(findings, key=lambda one: -one[0])]


def _deviations(subject: Subject, changes: Array) -> Array:
    """The size of each change in standard deviations of its surroundings, by the square root of the days it spans."""
    days = np.diff(subject.dates.to_numpy()) / np.timedelta64(1, "D")
    typical = max(float(np.median(days)), 1.0)
    spans = np.sqrt(np.maximum(np.round(np.where(days <= 4 * typical, typical, days) / typical), 1))
    floor = tick_size(subject.numbers) if np.array_equal(changes, np.diff(subject.numbers)) else 1e-6
    return np.abs(changes) / spans / local_scale(changes / spans, max(floor, 1e-9), window=_window(subject))


def _window(subject: Subject) -> int:
    """The values of a year, and at least twelve."""
    kept = infer_rhythm(subject.dates)
    return YEAR if kept is None else max(FEWEST, round(kept.sessions_a_year))


def _reverses(changes: Array, place: int) -> bool:
    """Whether the next change takes most of this one back."""
    return place + 1 < len(changes) and bool(abs(changes[place] + changes[place + 1]) < REVERSAL * abs(changes[place]))


def _around(subject: Subject) -> str:
    return "three years" if _window(subject) == FEWEST and rhythm(subject.dates) == "quarterly" else "year"


def _finding(subject: Subject, place: int, deviations: float, spike: bool) -> Finding:
    before, after = subject.values.iloc[place], subject.values.iloc[place + 1]
    what = (
        f"spike, taken back by the next value: {after:.6g} after {before:.6g}"
        if spike
        else f"jump from {before:.6g} to {after:.6g}"
    )
    if moves_itself(subject):
        what = f"return of {after:.4g}"
    text = f"{what}, {deviations:.0f} standard deviations of the {_around(subject)} around"
    return found("warning", "jumps", subject.name, subject.dates[place + 1 : place + 2], text)
