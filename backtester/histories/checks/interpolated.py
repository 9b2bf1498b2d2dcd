"""Stretches of values on a straight line: a gap that was filled by interpolation."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backtester.arrays import Array, Flags
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, span_finding
from backtester.histories.checks.subject import (
    MAX_FALSE_ALARMS,
    YEAR_SESSIONS,
    CheckedSeries,
    local_scale,
    tick_size,
    true_runs,
)
from backtester.histories.overlaps import FLOAT32_ERROR

WINDOW = 12  # values that lie on a line to within a tick
EQUAL = (0.02, 0.4)  # bounds of the assumed share of changes that equal the one before by chance
DENSITY = 2.5066  # the inverse of the normal density at its middle: sqrt(2 pi)
MOVED = 5  # ticks from first to last value of a window; less is a market that does not move
ROUGH = 30  # values on either side from which the roughness of a series is estimated


def check_interpolated(subject: CheckedSeries) -> list[Finding]:
    """A warning for each stretch of equal changes, in points or logs, or within a tick of a line; the longest first."""
    numbers = np.asarray(subject.values, dtype=np.float64)
    if len(numbers) < 60 or subject.kind == "return" or subject.accrues:
        return []
    if subject.kind == "rate" and rhythm_of_dates(subject.dates) == "irregular":
        return []  # an administered rate, which changes in equal steps
    flags = _equal_changes(numbers, tick_size(numbers))
    if (numbers > 0).all():
        flags |= _equal_changes(np.log(numbers), 0.0)
    flags |= _on_a_line(numbers, tick_size(numbers))
    dates = subject.dates
    findings = []
    for first, last in sorted(true_runs(flags), key=lambda run: run[0] - run[1]):
        ends = f"from {numbers[first]:.6g} to {numbers[last - 1]:.6g}"
        text = f"{last - first} values in a row lie on a straight line {ends}"
        findings.append(span_finding("warning", "interpolated", subject.name, (dates[first], dates[last - 1]), text))
    return findings


def _equal_changes(numbers: Array, tick: float) -> Flags:
    """Flags of the values in runs of equal, non-zero changes that are too long to be chance.

    The chance that a change equals the one before is estimated from the values around the run, and bounded: below by
    rounding and by precision, above because a whole series may be interpolated.
    """
    changes = np.diff(numbers)
    near = max(1e-3 * tick, FLOAT32_ERROR * float(np.median(np.abs(numbers))), 1e-12)
    equal = (np.abs(np.diff(changes)) < near) & (np.abs(changes[1:]) > 3 * near)
    rounding = np.maximum(_chance(_roughness(numbers), tick), EQUAL[0])
    flags = np.zeros(len(numbers), dtype=bool)
    for first, last in true_runs(equal):
        around = np.concatenate([equal[max(first - YEAR_SESSIONS, 0) : first], equal[last : last + YEAR_SESSIONS]])
        often = max(rounding[first], min((around.sum() + 1) / (len(around) + 2), EQUAL[1]))
        if len(equal) * often ** (last - first) < MAX_FALSE_ALARMS:
            flags[first : last + 2] = True
    return flags


def _on_a_line(numbers: Array, tick: float) -> Flags:
    """Flags of the values in windows that stay within a tick of their chord, although the series is much rougher.

    Rounding moves a value off a line by up to half a tick, and so the ends of the chord: together up to a tick.
    """
    flags = np.zeros(len(numbers), dtype=bool)
    if tick == 0:
        return flags
    windows = sliding_window_view(numbers, WINDOW)
    chord = windows[:, :1] + (windows[:, -1:] - windows[:, :1]) * np.linspace(0, 1, WINDOW)
    straight = np.abs(windows - chord).max(axis=1) <= 1.001 * tick
    straight &= np.abs(windows[:, -1] - windows[:, 0]) > MOVED * tick
    rare = len(numbers) * _chance(_roughness(numbers), 2 * tick)[: len(straight)] ** (WINDOW - 2) < MAX_FALSE_ALARMS
    for place in np.flatnonzero(straight & rare):
        flags[place : place + WINDOW] = True
    return flags


def _roughness(numbers: Array) -> Array:
    """The standard deviation of changes around their trend, near each place, from second differences."""
    rough: Array = local_scale(np.diff(numbers, 2), window=ROUGH) / np.sqrt(2)
    return rough


def _chance(scale: Array, width: float) -> Array:
    """The probability, at most 1, that a normal value with that deviation lies in an interval of that width at 0."""
    chance: Array = np.minimum(width / (DENSITY * np.maximum(scale, 1e-12)), 1.0)
    return chance
