"""Figures that were rounded too far: the step in which they are quoted is large beside what they should tell apart.

A bill return of 0.014% a session that is written as 0.01 is too low on every session of the month, and by a point over
the year. A price that moves by half a cent and is quoted in cents has no daily returns.
"""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.finding import Finding, spanned
from backtester.histories.checks.subject import CheckedSeries, tick_size

LARGE = 0.5  # of the median size of values, or of changes, that are not zero
OFTEN = 0.25  # of the years: yields of a basis point or two are real for a year or two
FEWEST_VALUES_A_YEAR = 60  # such values in a year: fewer show no step


def check_rounded(subject: CheckedSeries) -> list[Finding]:
    """A warning where in a quarter of the years or more the step of rounding is half a typical value, or more.

    Of an asset's level the changes and the returns in percent are looked at (a level that was grown from rounded
    returns has as coarse ones), of all else the values themselves.
    """
    numbers, years = np.asarray(subject.values, dtype=np.float64), subject.dates.year.to_numpy()
    if subject.kind == "level" or len(numbers) < FEWEST_VALUES_A_YEAR:
        return []
    if subject.kind not in ("price", "total_return"):
        return _told(subject, "values", numbers, numbers, years)
    percent = 100 * np.diff(numbers) / numbers[:-1]
    by_return = _told(subject, "returns in percent", percent, percent, years[1:])
    return by_return or _told(subject, "changes", np.diff(numbers), numbers[1:], years[1:])


def _told(subject: CheckedSeries, what: str, sizes: Array, quoted: Array, years: Array) -> list[Finding]:
    """What is found where `quoted` is written in steps that are large beside the `sizes` of the same year."""
    coarse, measured = {}, 0
    for year in np.unique(years):
        inside = (years == year) & (sizes != 0)
        if inside.sum() < FEWEST_VALUES_A_YEAR:
            continue
        measured += 1
        step, typical = tick_size(quoted[inside]), float(np.median(np.abs(sizes[inside])))
        if step >= LARGE * typical * 0.999:
            coarse[int(year)] = step
    if not coarse or len(coarse) < OFTEN * measured:
        return []
    text = (
        f"its {what} are rounded to {max(coarse.values()):g}, half a typical one and more, in {len(coarse)} of "
        f"{measured} years: what they add up to can be far off; take a source with more digits"
    )
    ends = [subject.dates[subject.dates.year == year] for year in (min(coarse), max(coarse))]
    return [spanned("warning", "rounded", subject.name, (ends[0][0], ends[1][-1]), text)]
