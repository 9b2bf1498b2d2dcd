"""The check of rounding: figures that are rounded to steps that are large compared with their changes.

A bill return of 0.014% a session that is written as 0.01 is too low on every session of the month, and by a percentage
point over the year. A price that moves by half a cent and is quoted in cents has no daily returns.
"""

import numpy as np

from backtester.arrays import Array
from backtester.histories.checks.finding import Finding, span_finding
from backtester.histories.checks.subject import CheckedSeries, tick_size

COARSE_STEP = 0.5  # rounding step / median absolute value, or change: from it on rounding is coarse
COARSE_STEP_MARGIN = 0.999  # so that a step of exactly one half is coarse, whatever the last bits
COARSE_YEARS = 0.25  # share of years with coarse rounding; fewer can be real, with yields of a basis point or two
FEWEST_VALUES_A_YEAR = 60  # non-zero ones, for a rounding step to be seen


def check_rounded(subject: CheckedSeries) -> list[Finding]:
    """A warning if in at least a quarter of the years the rounding step is at least half the median value.

    For prices and total returns, the steps of returns in percent (a level that was compounded from rounded returns has
    rounded returns), and then those of levels, are compared with the median change; for other kinds with the median
    value. Series of kind `level` are not checked.
    """
    numbers, years = np.asarray(subject.values, dtype=np.float64), subject.dates.year.to_numpy()
    if subject.kind == "level":
        return []
    if subject.kind not in ("price", "total_return"):
        return _coarse_years(subject, "values", sizes=numbers, quoted=numbers, years=years)
    percent = 100 * np.diff(numbers) / numbers[:-1]
    by_return = _coarse_years(subject, "returns in percent", sizes=percent, quoted=percent, years=years[1:])
    return by_return or _coarse_years(subject, "changes", sizes=np.diff(numbers), quoted=numbers[1:], years=years[1:])


def _coarse_years(subject: CheckedSeries, what: str, sizes: Array, quoted: Array, years: Array) -> list[Finding]:
    """A warning if in too many years the rounding step of `quoted` is large compared with `sizes`, which `what` names.

    All arrays are (N,); `years` has the year of each value.
    """
    coarse, measured = {}, 0  # the step of each coarse year, and the number of years with enough values
    for year in np.unique(years):
        inside = (years == year) & (sizes != 0)
        if inside.sum() < FEWEST_VALUES_A_YEAR:
            continue
        measured += 1
        step, typical = tick_size(quoted[inside]), float(np.median(np.abs(sizes[inside])))
        if step >= COARSE_STEP * typical * COARSE_STEP_MARGIN:
            coarse[int(year)] = step
    if not coarse or len(coarse) < COARSE_YEARS * measured:
        return []
    text = (
        f"its {what} are rounded to {max(coarse.values()):g}, half a typical one and more, in {len(coarse)} of "
        f"{measured} years: what they add up to can be far off; take a source with more digits"
    )
    first_year, last_year = (subject.dates[subject.dates.year == year] for year in (min(coarse), max(coarse)))
    return [span_finding("warning", "rounded", subject.name, (first_year[0], last_year[-1]), message=text)]
