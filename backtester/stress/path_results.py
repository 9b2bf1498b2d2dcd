"""The results of strategies on drawn paths: final wealth, deepest fall, growth over the mix, and years of spending."""

from dataclasses import dataclass

import numpy as np

from backtester.arrays import Array, Integers
from backtester.stress.paths_kernel import fill_deepest

SPENDING_GROWTH = 0.02  # a year, of what is spent: the Fed's goal for inflation


@dataclass(frozen=True)
class PathPlan:
    """The number of paths, their years, the seed, and the spending of a year as a share of the starting value."""

    paths: int = 5000
    years: int = 20
    seed: int = 1
    spend: float = 0.04


@dataclass(frozen=True, eq=False)
class PathResults:
    """The results of S strategies on P paths: final wealth from 1, deepest falls, growth over the mix in log points a
    year, and the years whose spending was not paid in full, each (P, S); and the joint sell-offs counted on the first
    paths."""

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
    """Growth over the mix (..., S) of values (..., S, N) from first to last, log points a year; NaN where either was
    ruined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        grown: Array = np.log(navs[..., -1] / navs[..., 0] * mixes[..., 0] / mixes[..., -1]) / years
    return np.where(np.isfinite(grown), grown, np.nan)


def year_end_sessions(sessions_a_year: float, plan: PathPlan) -> Integers:
    """The session numbers (years + 1,) of the ends of years in a path; the first is its start."""
    return np.asarray(np.round(np.arange(plan.years + 1) * sessions_a_year), np.int64)


def unpaid_years(values: Array, plan: PathPlan) -> Array:
    """The number of years (..., S) whose spending is not paid in full, from values (..., S, years + 1) at year-ends.

    At each year-end a share of the starting value is spent, 2% more every year."""
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.nan_to_num(values[..., 1:] / values[..., :-1])
    missed = np.zeros(values.shape[:-1])
    wealth = np.ones_like(missed)
    for year in range(plan.years):
        wealth = wealth * grown[..., year] - plan.spend * (1 + SPENDING_GROWTH) ** year
        missed += wealth < 0
        wealth = np.maximum(wealth, 0.0)
    return missed
