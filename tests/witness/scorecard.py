"""The scorecard: what a hedge paid in joint sell-offs, beyond holding less risk, and what it cost otherwise."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from backtester.analysis.standins import mix_of, twin_nav

from backtester.analysis.drawdowns import deepest
from backtester.analysis.pair import Pair
from backtester.analysis.periods import days_under_water, years_between
from backtester.analysis.windows import Window, window_returns
from backtester.arrays import Array, Flags

SAME = 1e-4  # a window's payoff of up to a basis point is none: the strategy did there as the reference did


@dataclass(frozen=True)
class Payoff:
    """A strategy's payoffs over a benchmark in the joint sell-offs: its window returns less the benchmark's.

    `better` and `worse` count the windows in which the strategy did not do as the reference did; `hit_rate` is the
    share of the better among them. `payoff_mean` and `protection` are over all windows.
    """

    better: int
    worse: int
    hit_rate: float
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
    """A strategy against the reference, and against its twin (`beyond_twin`): bills + beta x (reference - bills).

    `cost_standard_error` is that of the total cost, `twin_cost_annual` the total cost against the twin.
    """

    joint_sell_offs: int
    beta: float
    beyond_reference: Payoff
    beyond_twin: Payoff
    cost_annual: Cost
    cost_standard_error: float
    twin_cost_annual: float
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
    cost = cost_annual(nav, reference, joint=joint, other=other)
    own, theirs = window_returns(nav, joint), window_returns(reference, joint)
    acted = has_acted(own, theirs)
    return Scorecard(
        joint_sell_offs=len(joint),
        beta=slope,
        beyond_reference=payoff(own, theirs, acted),
        beyond_twin=payoff(own, window_returns(twin, joint), acted),
        cost_annual=cost,
        cost_standard_error=_cost_standard_error(nav, reference),
        twin_cost_annual=cost_annual(nav, twin, joint=joint, other=other).total,
        break_even_per_year=_break_even(cost, len(joint), years_between(pd.DatetimeIndex(nav.index))),
        max_drawdown_reduction=_depth(nav) - _depth(reference),
        days_under_water_reduction=days_under_water(reference) - days_under_water(nav),
    )


@dataclass(frozen=True)
class BeyondMix:
    """A strategy against its mix, the fixed shares of both legs and bills that moved as it did."""

    payoff: Payoff
    cost_annual: float
    stocks_beta: float
    bonds_beta: float


def beyond_mix(
    nav: "pd.Series[float]",
    reference: "pd.Series[float]",
    pair: Pair,
    bills: Array,
    *,
    joint: list[Window],
    other: list[Window],
) -> BeyondMix:
    """What other shares of the same legs do not explain; windows in which it did as the reference did do not count."""
    mix = mix_of(nav, pair, bills)
    own, theirs = window_returns(nav, joint), window_returns(mix.nav, joint)
    return BeyondMix(
        payoff=payoff(own, theirs, has_acted(own, window_returns(reference, joint))),
        cost_annual=cost_annual(nav, mix.nav, joint=joint, other=other).total,
        stocks_beta=mix.stocks_beta,
        bonds_beta=mix.bonds_beta,
    )


def has_acted(own: Array, reference: Array) -> Flags:
    """In which windows a strategy did not do as the reference did, from the returns of both."""
    acted: Flags = np.abs(own - reference) > SAME
    return acted


def payoff(own: Array, theirs: Array, acted: Flags) -> Payoff:
    """The payoffs from returns over the same windows; `acted` marks those in which the strategy left the reference."""
    better = int((acted & (own > theirs)).sum())
    worse = int((acted & ~(own > theirs)).sum())
    lost = float(theirs.sum())
    return Payoff(
        better=better,
        worse=worse,
        hit_rate=better / (better + worse) if better + worse else float("nan"),
        payoff_mean=float((own - theirs).mean()) if len(own) else float("nan"),
        protection=1 - float(own.sum()) / lost if lost < 0 else float("nan"),
    )


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


def _cost_standard_error(nav: "pd.Series[float]", reference: "pd.Series[float]") -> float:
    """The standard error of the total cost, a year, taking sessions as independent."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.diff(np.log(reference.to_numpy())) - np.diff(np.log(nav.to_numpy()))
    if len(gaps) < 2 or not np.isfinite(gaps).all():
        return float("nan")
    return float(np.std(gaps, ddof=1) * np.sqrt(len(gaps))) / years_between(pd.DatetimeIndex(nav.index))


def _break_even(cost: Cost, windows: int, years: float) -> float:
    """How many mean payoffs a year pay for the rest: 0 where it cost nothing, NaN where the hedge does not pay.

    In log points throughout, so that payoffs and cost add up.
    """
    if not windows or not cost.joint_sell_offs < 0:
        return float("nan")
    return max(cost.rest, 0.0) / (-cost.joint_sell_offs * years / windows)


def _depth(nav: "pd.Series[float]") -> float:
    fall = deepest(np.asarray(nav, dtype=np.float64))
    return fall.depth if fall else 0.0
