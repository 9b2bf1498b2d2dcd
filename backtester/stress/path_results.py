"""Results of strategies on drawn paths: final wealth, deepest fall, growth over the mix, years of unpaid spending.

A mix is the fixed shares of stocks, bonds and bills that moved as the strategy did.
"""

from dataclasses import dataclass

import numpy as np

from backtester.arrays import Array, Integers
from backtester.stress.paths_kernel import fill_deepest

SPENDING_GROWTH = 0.02  # a year: spending grows at the rate that the Fed aims at for inflation


@dataclass(frozen=True)
class PathPlan:
    """What is drawn: the number of paths, their length in years, and the seed of the random generator.

    `spend` is the share of the starting value that is spent in the first year.
    """

    paths: int = 5000
    years: int = 20
    seed: int = 1
    spend: float = 0.04


@dataclass(frozen=True, eq=False)
class PathResults:
    """The results of S strategies on P paths.

    Each (P, S): final `wealth` from 1, without spending; the deepest `falls`, negative fractions; `growth` over the mix
    in log points a year, NaN without one; the number of years whose spending was `unpaid`, in full or in part.
    `windows` (at most P,) are the numbers of joint sell-offs on the first paths.
    """

    wealth: Array
    falls: Array
    growth: Array
    unpaid: Array
    windows: Integers


def deepest_falls(navs: Array) -> Array:
    """The deepest fall (S,) below a peak of net asset values (S, N), a negative fraction or 0."""
    falls = np.empty(len(navs))
    fill_deepest(navs, falls)
    return falls


def growth_over(navs: Array, mixes: Array, years: float) -> Array:
    """The growth (..., S) of net asset values (..., S, N) over their mixes' from the first value to the last, in
    log points a year; NaN where either was ruined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        growth: Array = np.log(navs[..., -1] / navs[..., 0] * mixes[..., 0] / mixes[..., -1]) / years
    return np.where(np.isfinite(growth), growth, np.nan)


def year_end_sessions(sessions_a_year: float, plan: PathPlan) -> Integers:
    """The session numbers (years + 1,) at which the years of a path end; the first is 0, the path's start."""
    return np.asarray(np.round(np.arange(plan.years + 1) * sessions_a_year), np.int64)


def unpaid_years(values: Array, plan: PathPlan) -> Array:
    """The number of years (..., S) whose spending is not paid in full, from values (..., S, years + 1) at year-ends.

    At each year-end `plan.spend` of the starting value is spent, and 2% more every year."""
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.nan_to_num(values[..., 1:] / values[..., :-1])  # of each year; 0 after ruin
    unpaid = np.zeros(values.shape[:-1])
    wealth = np.ones_like(unpaid)
    for year in range(plan.years):
        wealth = wealth * factors[..., year] - plan.spend * (1 + SPENDING_GROWTH) ** year
        unpaid += wealth < 0
        wealth = np.maximum(wealth, 0.0)
    return unpaid
