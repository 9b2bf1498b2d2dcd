"""Whether the figures have the size of their kind: rates among total returns, yields in fractions or basis points."""

import numpy as np

from backtester.histories.checks.finding import Finding
from backtester.histories.checks.subject import Subject, tick_size

CHECK = "units"
HIGHEST_RATE = 20  # percent a year: hardly any rate has been above it for long, and few indices stay below
COARSE = 0.001  # the finest step in which rates are quoted; levels of indices and adjusted prices have more digits
KEPT, GROWTH = 0.9, 0.02  # a rate goes down as well as up, by a tenth and more, and has no growth a year
BASES = (1, 10)  # at which an index may begin
SMALL, LARGE = 0.3, 50  # yields in percent a year that stay below the one, or above the other, are rare
DAYS_A_YEAR = 365.25


def check_units(subject: Subject) -> list[Finding]:
    """A warning where a total return behaves like a rate, or a yield is too small or too large for percent a year."""
    numbers, dates = subject.numbers, subject.dates
    first, last = dates[0].date(), dates[-1].date()
    years = (last - first).days / DAYS_A_YEAR
    if subject.kind == "total_return" and years > 1 and numbers.max() < HIGHEST_RATE and (numbers > 0).all():
        kept = float(np.min(numbers / np.maximum.accumulate(numbers)))
        growth = (numbers[-1] / numbers[0]) ** (1 / years) - 1
        if kept < KEPT and (tick_size(numbers) >= COARSE or (growth < GROWTH and numbers[0] not in BASES)):
            text = (
                f"stays below {HIGHEST_RATE} and goes down and up, as a rate does; a rate is of kind 'rate' or 'yield'"
            )
            return [Finding("warning", CHECK, subject.name, text, first, last)]
    if subject.kind not in ("yield", "rate") or subject.accrues:
        return []
    if years > 2 and 0 < np.abs(numbers).max() <= SMALL:
        text = f"never beyond ±{SMALL} in {years:.0f} years: percent a year are needed; of fractions, 100 times as much"
    elif np.median(numbers) > LARGE:
        text = f"mostly above {LARGE}: percent a year are needed; of basis points, a hundredth"
    else:
        return []
    return [Finding("warning", CHECK, subject.name, text, first, last)]
