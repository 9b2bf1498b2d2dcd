"""The check of interpolation: values in a row on a straight line, by which a gap was filled."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backtester.arrays import Array, Flags
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, span_finding
from backtester.histories.checks.subject import (
    FEWEST_VALUES,
    MAX_FALSE_ALARMS,
    YEAR_SESSIONS,
    CheckedSeries,
    local_scale,
    tick_size,
    true_runs,
)
from backtester.histories.overlaps import FLOAT32_ERROR

LINE_VALUES = 12  # in a row that lie on a line to within a tick
MIN_EQUAL_CHANCE, MAX_EQUAL_CHANCE = 0.02, 0.4  # bounds of the probability that a change equals the one before
ROOT_TWO_PI = 2.5066  # 1 / the standard normal density at 0
MIN_LINE_TICKS = 5  # from the first to the last value of a line; with less the market just does not move
ROUGHNESS_WINDOW = 30  # changes on either side from which the roughness of a series is estimated
LINE_MARGIN = 1.001  # so that a distance of exactly one tick, but for the last bits, is within a tick


def check_interpolated(subject: CheckedSeries) -> list[Finding]:
    """A warning for each run of values on a line, the longest first.

    Their changes are equal in points or in logs, or they lie within a tick of the line.
    """
    numbers = np.asarray(subject.values, dtype=np.float64)
    if len(numbers) < FEWEST_VALUES or subject.kind == "return" or subject.accrues:
        return []
    if subject.kind == "rate" and rhythm_of_dates(subject.dates) == "irregular":
        return []  # a policy rate, which changes in equal steps
    flags = _equal_changes(numbers, tick_size(numbers))
    if (numbers > 0).all():
        flags |= _equal_changes(np.log(numbers), 0.0)
    flags |= _on_a_line(numbers, tick_size(numbers))
    dates = subject.dates
    findings = []
    for first, last in sorted(true_runs(flags), key=lambda run: run[0] - run[1]):
        ends = f"from {numbers[first]:.6g} to {numbers[last - 1]:.6g}"
        text = f"{last - first} values in a row lie on a straight line {ends}"
        findings.append(
            span_finding("warning", "interpolated", subject.name, (dates[first], dates[last - 1]), message=text)
        )
    return findings


def _equal_changes(numbers: Array, tick: float) -> Flags:
    """Flags (N,) of the values in runs of equal, non-zero changes that are too long to be chance.

    The probability that a change equals the one before is estimated from the year around the run. It is at least what
    rounding to ticks makes it; and it is bounded above, because a whole series may be interpolated.
    """
    changes = np.diff(numbers)
    tolerance = max(1e-3 * tick, FLOAT32_ERROR * float(np.median(np.abs(numbers))), 1e-12)
    equal = (np.abs(np.diff(changes)) < tolerance) & (np.abs(changes[1:]) > 3 * tolerance)
    by_rounding = np.maximum(_chance(_roughness(numbers), tick), MIN_EQUAL_CHANCE)
    flags = np.zeros(len(numbers), dtype=bool)
    for first, last in true_runs(equal):
        around = np.concatenate([equal[max(first - YEAR_SESSIONS, 0) : first], equal[last : last + YEAR_SESSIONS]])
        observed = (around.sum() + 1) / (len(around) + 2)  # Laplace's rule of succession
        probability = max(by_rounding[first], min(observed, MAX_EQUAL_CHANCE))
        if len(equal) * probability ** (last - first) < MAX_FALSE_ALARMS:
            flags[first : last + 2] = True  # n equal pairs of changes are n + 2 values
    return flags


def _on_a_line(numbers: Array, tick: float) -> Flags:
    """Flags (N,) of the values in windows within a tick of the line from first to last value, where chance is unlikely.

    Rounding moves a value by up to half a tick, and the ends of the line, too: together up to a tick. A series that
    moves by more than that around its trend would not stay so close by chance.
    """
    flags = np.zeros(len(numbers), dtype=bool)
    if tick == 0:
        return flags
    windows = sliding_window_view(numbers, LINE_VALUES)
    lines = windows[:, :1] + (windows[:, -1:] - windows[:, :1]) * np.linspace(0, 1, LINE_VALUES)
    straight = np.abs(windows - lines).max(axis=1) <= LINE_MARGIN * tick
    straight &= np.abs(windows[:, -1] - windows[:, 0]) > MIN_LINE_TICKS * tick
    by_chance = _chance(_roughness(numbers), 2 * tick)[: len(straight)] ** (LINE_VALUES - 2)  # all but the ends
    for place in np.flatnonzero(straight & (len(numbers) * by_chance < MAX_FALSE_ALARMS)):
        flags[place : place + LINE_VALUES] = True
    return flags


def _roughness(numbers: Array) -> Array:
    """The standard deviation (N - 2,) of changes around their trend near each place.

    It is that of second differences over the square root of 2, as if changes were independent.
    """
    rough: Array = local_scale(np.diff(numbers, 2), window=ROUGHNESS_WINDOW) / np.sqrt(2)
    return rough


def _chance(scale: Array, width: float) -> Array:
    """The probability, at most 1, that a normal variable of standard deviation `scale` is within `width` / 2 of 0.

    It is approximated by the width times the density at 0.
    """
    chance: Array = np.minimum(width / (ROOT_TWO_PI * np.maximum(scale, 1e-12)), 1.0)
    return chance
