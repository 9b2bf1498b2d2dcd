"""The check of jumps: changes beyond twelve standard deviations of the changes in the year around them."""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, dated_finding
from backtester.histories.checks.subject import (
    ADMINISTERED_SHARE,
    FEWEST_VALUES,
    YEAR_SESSIONS,
    CheckedSeries,
    changes_by_unit,
    holds_returns,
    local_scale,
    tick_size,
)
from backtester.histories.rhythm import infer_rhythm

FEWEST_FOR_SCALE = 12  # changes on either side from which the scale of a change is measured
JUMP_DEVIATIONS = 12.0  # standard deviations; see docs/design.md
MAX_SHARE_LEFT = 0.35  # of a spike, after the next change


def check_jumps(subject: CheckedSeries) -> list[Finding]:
    """A warning for each jump with its size, the largest first. It is called a spike if the next change reverses it.

    A change over several days, as after a gap, is divided by the square root of their number. If the kind of the series
    (`price`, `yield`, ...) is unknown, a jump must be one in points and in logs. None is looked for in a short
    series, or in one most of whose values repeat, such as a policy rate.
    """
    if len(subject.values) < FEWEST_VALUES or np.mean(np.diff(subject.rounded_values) == 0) > ADMINISTERED_SHARE:
        return []
    changes, *in_logs = changes_by_unit(subject)
    sizes = np.minimum.reduce([_deviations(subject, unit_changes) for unit_changes in (changes, *in_logs)])
    findings: list[tuple[float, Finding]] = []  # with the size
    last_jump = None
    for place in np.flatnonzero(sizes > JUMP_DEVIATIONS).tolist():
        is_end_of_spike = last_jump == place - 1 and _reverses(changes, place - 1)
        if not is_end_of_spike:
            size = float(sizes[place])
            findings.append((size, _finding(subject, place, size, _reverses(changes, place))))
        last_jump = place
    return [finding for _, finding in sorted(findings, key=lambda sized: -sized[0])]


def _deviations(subject: CheckedSeries, changes: Array) -> Array:
    """The absolute changes (N - 1,) in standard deviations of those around them.

    Each change is first divided by the square root of the sessions that it spans; weekends and holidays, up to four
    times the usual distance of two dates, count as one.
    """
    days = np.diff(subject.dates.to_numpy()) / np.timedelta64(1, "D")
    usual = max(float(np.median(days)), 1.0)
    sessions = np.maximum(np.round(np.where(days <= 4 * usual, usual, days) / usual), 1)
    per_session = changes / np.sqrt(sessions)
    is_in_points = np.array_equal(changes, np.diff(subject.rounded_values))
    floor = tick_size(subject.rounded_values) if is_in_points else 1e-6  # smaller deviations are rounding
    return np.abs(per_session) / local_scale(per_session, max(floor, 1e-9), window=_window(subject))


def _window(subject: CheckedSeries) -> int:
    """The number of changes, before and after each, from which its scale is measured: a year's, and at least twelve."""
    rhythm = infer_rhythm(subject.dates)
    return YEAR_SESSIONS if rhythm is None else max(FEWEST_FOR_SCALE, round(rhythm.sessions_a_year))


def _reverses(changes: Array, place: int) -> bool:
    """Whether the next change reverses most of the change at a place."""
    if place + 1 >= len(changes):
        return False
    return bool(abs(changes[place] + changes[place + 1]) < MAX_SHARE_LEFT * abs(changes[place]))


def _around(subject: CheckedSeries) -> str:
    """The length of `_window` in words."""
    return (
        "three years"
        if _window(subject) == FEWEST_FOR_SCALE and rhythm_of_dates(subject.dates) == "quarterly"
        else "year"
    )


def _finding(subject: CheckedSeries, place: int, deviations: float, spike: bool) -> Finding:
    """A warning about the change at a place."""
    before, after = subject.values.iloc[place], subject.values.iloc[place + 1]
    if holds_returns(subject):
        change = f"return of {after:.4g}"
    elif spike:
        change = f"spike, taken back by the next value: {after:.6g} after {before:.6g}"
    else:
        change = f"jump from {before:.6g} to {after:.6g}"
    text = f"{change}, {deviations:.0f} standard deviations of the {_around(subject)} around"
    return dated_finding("warning", "jumps", subject.name, subject.dates[place + 1 : place + 2], message=text)
