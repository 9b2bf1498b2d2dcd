"""Stretches that lie on a straight line, which no market draws: somebody filled a hole."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backtester.arrays import Array, Flags
from backtester.histories.checks.finding import Finding, spanned
from backtester.histories.checks.subject import YEAR, Subject, local_scale, runs, tick_size

CHANCE = 1e-3  # such stretches that the whole series would show by chance, at most
WINDOW = 10  # values on a line to within half a tick, where rounding hides that the line is exact
MOVED = 5  # ticks from the first to the last of a window: less is a market standing still
ROUGH = 30  # values on either side that tell how rough the series is
SHORTEST = 4  # equal changes in a row worth telling


def check_interpolated(subject: Subject) -> list[Finding]:
    """Stretches of equal changes, in points or in logs, or within half a tick of a straight line; the longest first."""
    numbers = subject.numbers
    if len(numbers) < 60 or subject.kind == "return":
        return []
    flags = _equal_changes(numbers, tick_size(numbers))
    if (numbers > 0).all():
        flags |= _equal_changes(np.log(numbers), 0.0)
    flags |= _on_a_line(numbers, tick_size(numbers))
    dates = subject.dates
    told = []
    for first, last in sorted(runs(flags), key=lambda run: run[0] - run[1]):
        ends = f"from {numbers[first]:.6g} to {numbers[last - 1]:.6g}"
        text = f"{last - first} values in a row lie on a straight line {ends}"
        told.append(spanned("warning", "interpolated", subject.name, (dates[first], dates[last - 1]), text))
    return told


def _equal_changes(numbers: Array, tick: float) -> Flags:
    """The values inside runs of equal changes other than zero that are too long for the series around them."""
    changes = np.diff(numbers)
    near = max(1e-3 * tick, 2e-7 * float(np.median(np.abs(numbers))), 1e-12)
    equal = (np.abs(np.diff(changes)) < near) & (np.abs(changes[1:]) > 3 * near)
    flags = np.zeros(len(numbers), dtype=bool)
    for first, last in runs(equal):
        length = last - first
        around = np.concatenate([equal[max(first - YEAR, 0) : first], equal[last : last + YEAR]])
        often = (around.sum() + 1) / (len(around) + 2)
        if length + 1 >= SHORTEST and len(equal) * often**length < CHANCE:
            flags[first : last + 2] = True
    return flags


def _on_a_line(numbers: Array, tick: float) -> Flags:
    """The values inside windows that keep within half a tick of their chord, though a day's deviation is several."""
    flags = np.zeros(len(numbers), dtype=bool)
    if tick == 0 or len(numbers) < WINDOW:
        return flags
    windows = sliding_window_view(numbers, WINDOW)
    share = np.linspace(0, 1, WINDOW)
    chord = windows[:, :1] + (windows[:, -1:] - windows[:, :1]) * share
    straight = np.abs(windows - chord).max(axis=1) <= 0.501 * tick
    straight &= np.abs(windows[:, -1] - windows[:, 0]) > MOVED * tick
    rough = local_scale(np.diff(numbers, 2), window=ROUGH) / np.sqrt(2)  # a trend bends nothing
    scale = rough[: len(windows)]
    likely = np.minimum(tick / (2.5066 * np.maximum(scale, 1e-12)), 1.0)
    rare = len(numbers) * likely ** (WINDOW - 2) < CHANCE
    for place in np.flatnonzero(straight & rare):
        flags[place : place + WINDOW] = True
    return flags
