"""Figures that are rounded too far: the step in which they are quoted is large beside their changes.

A bill return of 0.014% a session that is written as 0.01 is too low on every session of the month, and by a point over
the year. A price that moves by half a cent and is quoted in cents has no daily returns.
"""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.finding import Finding, spanned
from backtester.histories.checks.subject import CheckedSeries, tick_size

COARSE_STEP = 0.5  # step of rounding over the median size of non-zero values or changes
COARSE_YEARS = 0.25  # share of years; yields of a basis point or two can be real for a year or two
FEWEST_VALUES_A_YEAR = 60  # non-zero values in a year, from which a step can be seen


def check_rounded(subject: CheckedSeries) -> list[Finding]:
    """A warning if in a quarter of the years the step of rounding is at least half a typical value.

    Of an asset's level the changes and the returns in percent are compared with the step (a level that was compounded
    from rounded returns has rounded returns), of other kinds the values.
    """
    numbers, years = np.asarray(subject.values, dtype=np.float64), subject.dates.year.to_numpy()
    if subject.kind == "level":
        return []
    if subject.kind not in ("price", "total_return"):
        return _coarse_years(subject, "values", numbers, numbers, years)
    percent = 100 * np.diff(numbers) / numbers[:-1]
    by_return = _coarse_years(subject, "returns in percent", percent, percent, years[1:])
    return by_return or _coarse_years(subject, "changes", np.diff(numbers), numbers[1:], years[1:])


def _coarse_years(subject: CheckedSeries, what: str, sizes: Array, quoted: Array, years: Array) -> list[Finding]:
    """A warning if `quoted` has steps that are large beside the `sizes` of the same year in too many years."""
    coarse, measured = {}, 0
    for year in np.unique(years):
        inside = (years == year) & (sizes != 0)
        if inside.sum() < FEWEST_VALUES_A_YEAR:
            continue
        measured += 1
        step, typical = tick_size(quoted[inside]), float(np.median(np.abs(sizes[inside])))
        if step >= COARSE_STEP * typical * 0.999:
            coarse[int(year)] = step
    if not coarse or len(coarse) < COARSE_YEARS * measured:
        return []
    text = (
        f"its {what} are rounded to {max(coarse.values()):g}, half a typical one and more, in {len(coarse)} of "
        f"{measured} years: what they add up to can be far off; take a source with more digits"
    )
    ends = [subject.dates[subject.dates.year == year] for year in (min(coarse), max(coarse))]
    return [spanned("warning", "rounded", subject.name, (ends[0][0], ends[1][-1]), text)]
