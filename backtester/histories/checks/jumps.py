"""Changes beyond twelve standard deviations of the year around them."""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, dated_finding
from backtester.histories.checks.subject import (
    ADMINISTERED_SHARE,
    YEAR_SESSIONS,
    CheckedSeries,
    changes_by_unit,
    holds_returns,
    local_scale,
    tick_size,
)
from backtester.histories.rhythm import infer_rhythm

FEWEST_FOR_SCALE = 12  # values that the scale of a change is measured by, on either side
LIMIT = 12.0  # docs/design.md
REVERSAL = 0.35  # share of a jump left after the next change, below which it is a spike


def check_jumps(subject: CheckedSeries) -> list[Finding]:
    """A warning for each jump with its size, the largest first; a spike if the next change reverses most of it.

    A change over several days, as after a gap, is divided by the square root of their number.
    """
    if len(subject.values) < 60 or np.mean(np.diff(subject.rounded_values) == 0) > ADMINISTERED_SHARE:
        return []
    ways = changes_by_unit(subject)
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


def _deviations(subject: CheckedSeries, changes: Array) -> Array:
    """Each change in standard deviations of those around it, divided by the square root of the days that it spans."""
    days = np.diff(subject.dates.to_numpy()) / np.timedelta64(1, "D")
    typical = max(float(np.median(days)), 1.0)
    spans = np.sqrt(np.maximum(np.round(np.where(days <= 4 * typical, typical, days) / typical), 1))
    floor = tick_size(subject.rounded_values) if np.array_equal(changes, np.diff(subject.rounded_values)) else 1e-6
    return np.abs(changes) / spans / local_scale(changes / spans, max(floor, 1e-9), window=_window(subject))


def _window(subject: CheckedSeries) -> int:
    """The values of a year, and at least twelve."""
    kept = infer_rhythm(subject.dates)
    return YEAR_SESSIONS if kept is None else max(FEWEST_FOR_SCALE, round(kept.sessions_a_year))


def _reverses(changes: Array, place: int) -> bool:
    """Whether the next change reverses most of this one."""
    return place + 1 < len(changes) and bool(abs(changes[place] + changes[place + 1]) < REVERSAL * abs(changes[place]))


def _around(subject: CheckedSeries) -> str:
    return (
        "three years"
        if _window(subject) == FEWEST_FOR_SCALE and rhythm_of_dates(subject.dates) == "quarterly"
        else "year"
    )


def _finding(subject: CheckedSeries, place: int, deviations: float, spike: bool) -> Finding:
    before, after = subject.values.iloc[place], subject.values.iloc[place + 1]
    what = (
        f"spike, taken back by the next value: {after:.6g} after {before:.6g}"
        if spike
        else f"jump from {before:.6g} to {after:.6g}"
    )
    if holds_returns(subject):
        what = f"return of {after:.4g}"
    text = f"{what}, {deviations:.0f} standard deviations of the {_around(subject)} around"
    return dated_finding("warning", "jumps", subject.name, subject.dates[place + 1 : place + 2], text)
