"""Whether figures have the size of their kind: no rates as total returns, no yields in fractions or basis points."""

import numpy as np

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import CheckedSeries, tick_size
from backtester.histories.derived import DAYS_A_YEAR

UNITS_CHECK = "units"
HIGHEST_RATE = 20  # percent a year: hardly any rate has been above it for long, and few indices stay below
FINEST_RATE_STEP = 0.001  # of quoted rates; levels of indices and adjusted prices have more digits
# A rate keeps less than the first of its highest at times, and grows less than the second a year.
KEPT, FLAT_GROWTH = 0.9, 0.02
BASES = (1, 10)  # first values of indices
# Percent a year; few yields always stay below the first, or mostly above the second.
FRACTIONS, BASIS_POINTS = 0.3, 50


def check_units(subject: CheckedSeries) -> list[Finding]:
    """A warning where a total return behaves like a rate, or a yield is too small or too large for percent a year."""
    numbers, dates = subject.rounded_values, subject.dates
    first, last = dates[0].date(), dates[-1].date()
    years = (last - first).days / DAYS_A_YEAR
    if subject.kind == "total_return" and years > 1 and numbers.max() < HIGHEST_RATE and (numbers > 0).all():
        kept = float(np.min(numbers / np.maximum.accumulate(numbers)))
        growth = (numbers[-1] / numbers[0]) ** (1 / years) - 1
        if kept < KEPT and (
            tick_size(numbers) >= FINEST_RATE_STEP or (growth < FLAT_GROWTH and numbers[0] not in BASES)
        ):
            text = (
                f"stays below {HIGHEST_RATE} and goes down and up, as a rate does; a rate is of kind 'rate' or 'yield'"
            )
            return [Finding("warning", UNITS_CHECK, subject.name, text, first, last)]
    if subject.kind not in ("yield", "rate") or subject.accrues:
        return []
    if years > 2 and 0 < np.abs(numbers).max() <= FRACTIONS:
        text = (
            f"never beyond ±{FRACTIONS} in {years:.0f} years: percent a year are needed; "
            "of fractions, 100 times as much"
        )
    elif np.median(numbers) > BASIS_POINTS:
        text = f"mostly above {BASIS_POINTS}: percent a year are needed; of basis points, a hundredth"
    else:
        return []
    return [Finding("warning", UNITS_CHECK, subject.name, text, first, last)]
