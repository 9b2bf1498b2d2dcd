"""The scorecard: what a hedge paid in joint sell-offs, beyond holding less risk, and what it cost otherwise."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import deepest
from backtester.analysis.measures import beta, days_under_water, years_between
from backtester.analysis.windows import Window, window_return
from backtester.arrays import Array

HIT = 1e-12  # a payoff below it is rounding, not a gain
Z_90 = 1.6448536269514722  # the 95th percentile of the normal: a two-sided interval of 90%


@dataclass(frozen=True)
class Payoff:
    """A strategy's payoffs over a benchmark in the joint sell-offs: its window returns less the benchmark's."""

    hit_rate: float
    hit_rate_interval: tuple[float, float]
    payoff_mean: float
    protection: float


@dataclass(frozen=True)
class Cost:
    """Log points a calendar year by which the reference outgrew the strategy; negative where the strategy earned more.

    The total over the whole window is the sum of what it was in joint sell-offs, in other sell-offs and in the rest.
    """

    total: float
    joint_sell_offs: float
    other_sell_offs: float
    rest: float


@dataclass(frozen=True)
class Scorecard:
    """A strategy against the reference, and against its twin (`beyond_twin`): bills + beta x (reference - bills)."""

    joint_sell_offs: int
    beta: float
    beyond_reference: Payoff
    beyond_twin: Payoff
    cost_annual: Cost
    break_even_per_year: float
    max_drawdown_reduction: float
    days_under_water_reduction: int


def scorecard(
    nav: "pd.Series[float]",
    reference: "pd.Series[float]",
    bills: Array,
    *,
    joint: list[Window],
    other: list[Window],
) -> Scorecard:
    """The point figures of DESIGN section 7. `nav` and `reference` share their sessions; `bills` (T,), first unused."""
    twin, slope = twin_nav(nav, reference, bills)
    against_reference = payoff(nav, reference, joint)
    cost = cost_annual(nav, reference, joint=joint, other=other)
    return Scorecard(
        joint_sell_offs=len(joint),
        beta=slope,
        beyond_reference=against_reference,
        beyond_twin=payoff(nav, twin, joint),
        cost_annual=cost,
        break_even_per_year=_break_even(cost.rest, against_reference.payoff_mean),
        max_drawdown_reduction=_depth(nav) - _depth(reference),
        days_under_water_reduction=days_under_water(reference) - days_under_water(nav),
    )


def twin_nav(nav: "pd.Series[float]", reference: "pd.Series[float]", bills: Array) -> tuple["pd.Series[float]", float]:
    """The twin's net asset value and its beta: as much reference as the strategy moved with, else bills."""
    market = reference.pct_change().to_numpy()[1:] - bills[1:]
    slope = beta(nav.pct_change().to_numpy()[1:] - bills[1:], market)
    growth = np.concatenate([[1.0], np.cumprod(1 + bills[1:] + slope * market)])
    return pd.Series(growth, nav.index, name="twin"), slope


def payoff(nav: "pd.Series[float]", against: "pd.Series[float]", windows: list[Window]) -> Payoff:
    """Over the windows: share with a gain over the benchmark, mean gain, and 1 - sum of losses / benchmark's losses."""
    own = np.array([window_return(nav, window) for window in windows])
    theirs = np.array([window_return(against, window) for window in windows])
    if not len(windows):
        nothing = float("nan")
        return Payoff(nothing, (nothing, nothing), nothing, nothing)
    hits = int((own - theirs > HIT).sum())
    lost = float(theirs.sum())
    return Payoff(
        hit_rate=hits / len(windows),
        hit_rate_interval=wilson_interval(hits, len(windows)),
        payoff_mean=float((own - theirs).mean()),
        protection=1 - float(own.sum()) / lost if lost < 0 else float("nan"),
    )


def wilson_interval(hits: int, count: int, *, z: float = Z_90) -> tuple[float, float]:
    """The 90% interval of a share of `hits` in `count`; Wilson (1927), JASA 22, 209-212."""
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * float(np.sqrt(share * (1 - share) / count + spread / (4 * count))) / (1 + spread)
    return middle - half, middle + half


def cost_annual(
    nav: "pd.Series[float]", reference: "pd.Series[float]", *, joint: list[Window], other: list[Window]
) -> Cost:
    """The growth given up a year, split over joint sell-offs, other sell-offs and the rest; NaN after ruin."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(reference.to_numpy() / reference.iloc[0]) - np.log(nav.to_numpy() / nav.iloc[0])
    gap = np.where(np.isfinite(gap), gap, np.nan)
    years = years_between(pd.DatetimeIndex(nav.index))

    def over(windows: list[Window]) -> float:
        return float(sum(gap[window.end] - gap[window.start] for window in windows)) / years

    total, in_joint, in_other = float(gap[-1]) / years, over(joint), over(other)
    return Cost(total, in_joint, in_other, total - in_joint - in_other)


def _break_even(rest: float, payoff_mean: float) -> float:
    """How many mean payoffs a year pay for the rest: 0 where it cost nothing, NaN where the hedge does not pay."""
    if not payoff_mean > 0:
        return float("nan")
    return max(rest, 0.0) / float(np.log1p(payoff_mean))


def _depth(nav: "pd.Series[float]") -> float:
    fall = deepest(np.asarray(nav, dtype=np.float64))
    return fall.depth if fall else 0.0
