"""The check of units: a rate that is said to be of kind `total_return`, and a yield in fractions or basis points."""

import numpy as np

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import CheckedSeries, tick_size
from backtester.histories.derived import DAYS_A_YEAR

UNITS_CHECK = "units"
HIGHEST_RATE = 20  # percent a year: hardly any rate has been above it for long, and few indices stay below
MIN_RATE_STEP = 0.001  # of quoted rates; levels of indices and adjusted prices have more digits
MAX_SHARE_OF_PEAK = 0.9  # a rate falls below this share of its earlier peak at times
MAX_RATE_GROWTH = 0.02  # a year: a rate grows less from its first value to its last, and most total returns more
INDEX_BASES = (1, 10)  # first values of indices
MAX_FRACTION = 0.3  # in percent a year hardly any yield always stays below it
MIN_BASIS_POINTS = 50  # in percent a year hardly any yield is mostly above it


def check_units(subject: CheckedSeries) -> list[Finding]:
    """A warning if a total return behaves like a rate, or a yield is too small or too large for percent a year."""
    numbers, dates = subject.rounded_values, subject.dates
    first, last = dates[0].date(), dates[-1].date()
    years = (last - first).days / DAYS_A_YEAR
    if subject.kind == "total_return" and years > 1 and numbers.max() < HIGHEST_RATE and (numbers > 0).all():
        lowest_share_of_peak = float(np.min(numbers / np.maximum.accumulate(numbers)))
        growth = (numbers[-1] / numbers[0]) ** (1 / years) - 1
        has_few_digits = tick_size(numbers) >= MIN_RATE_STEP
        hardly_grows = growth < MAX_RATE_GROWTH and numbers[0] not in INDEX_BASES
        if lowest_share_of_peak < MAX_SHARE_OF_PEAK and (has_few_digits or hardly_grows):
            text = (
                f"stays below {HIGHEST_RATE} and goes down and up, as a rate does; a rate is of kind 'rate' or 'yield'"
            )
            return [Finding("warning", UNITS_CHECK, subject.name, text, first=first, last=last)]
    if subject.kind not in ("yield", "rate") or subject.accrues:
        return []
    if years > 2 and 0 < np.abs(numbers).max() <= MAX_FRACTION:
        limit = f"never beyond ±{MAX_FRACTION} in {years:.0f} years"
        text = f"{limit}: percent a year are needed; of fractions, 100 times as much"
    elif np.median(numbers) > MIN_BASIS_POINTS:
        text = f"mostly above {MIN_BASIS_POINTS}: percent a year are needed; of basis points, a hundredth"
    else:
        return []
    return [Finding("warning", UNITS_CHECK, subject.name, text, first=first, last=last)]
