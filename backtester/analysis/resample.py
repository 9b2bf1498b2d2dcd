"""Intervals of a scorecard: sessions are resampled in blocks, all series together, and every figure is computed again.

1. `make_plan` sets the mean length of blocks: three windows of a sell-off (63 sessions of daily data), or more if the
   dependence of the pair's absolute returns asks for it (`blocks.block_length`).
2. `blocks.draw_rows` draws sessions by the stationary bootstrap of Politis and Romano (1994), JASA 89, 1303-1313.
3. `resample` rebuilds the levels of all series in that order, removes the slopes that strategies now have beyond their
   mixes, finds the sell-offs, and computes the scorecards. What stays the same inside a block of the original record
   (`TrackRecords.source`, `TrackRecords.original`) is computed once.
4. `interval` is the range of a figure over the middle of the resamples; `widened` allows for the number of strategies.

The pair is stocks and bonds at fixed weights; a mix, the fixed shares of both and bills that moved as its strategy did.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np

from backtester.analysis.blocks import ResamplePlan, block_length, draw_rows
from backtester.analysis.period import Period
from backtester.analysis.resample_kernel import (
    ResampleSource,
    ResampleWorkspace,
    fill_resampled_levels,
    make_source,
    new_resample_workspace,
)
from backtester.analysis.scorecard import (
    SCORECARD_FIGURES,
    ScorecardInputs,
    SellOffs,
    make_scorecards,
    returns_in_windows,
)
from backtester.analysis.sell_offs import (
    OriginalLegs,
    ResampledLegs,
    SellOffDefinition,
    joint_sell_offs,
    other_sell_offs,
)
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.analysis.shares import CONFIDENCE_LEVEL
from backtester.arrays import Array, Flags, Integers
from backtester.histories.rhythm import DAILY

UNDEFINED_AT_MOST = 0.05  # if a larger share of resamples has no figure, the figure has no interval
RESAMPLES_A_TASK = 10  # that a thread computes at a time
FIRST_RESAMPLES = 200  # only in these are payoffs by other definitions of a sell-off computed
ZERO_BOUND = 1e-6  # a bound this near to zero is zero
POWER = 0.8  # the probability with which `smallest_clear` would have been found clear
STOCKS, BONDS, PAIR, REFERENCE, BILLS, STRATEGIES = range(6)  # the order of series; mixes follow the strategies


@dataclass(frozen=True, eq=False)
class TrackRecords:
    """The series of S strategies that are resampled together.

    `returns` (N, 5 + 2S) are session returns of stocks, bonds, the pair, the reference, bills, the strategies and their
    mixes; `days` (N,) are calendar days since the session before; `fitted_legs` are the numbers (0, 1) of the legs that
    mixes are fitted on: one where the two cannot be told apart.
    """

    returns: Array
    days: Array
    fitted_legs: Integers

    @property
    def strategies(self) -> int:
        """The number of strategies."""
        return int(self.returns.shape[1] - STRATEGIES) // 2

    @cached_property
    def source(self) -> ResampleSource:
        """The series in the form of `fill_resampled_levels`, which has a row for each."""
        moves, mixes = self.returns.T, STRATEGIES + self.strategies
        levels = np.ones((mixes, moves.shape[1] + 1))
        np.cumprod(1 + moves[:mixes], axis=1, out=levels[:, 1:])
        excess, gaps = moves[self.fitted_legs] - moves[BILLS], moves[STRATEGIES:mixes] - moves[mixes:]
        return make_source(levels, excess, gaps, moves[mixes:])

    @cached_property
    def original(self) -> OriginalLegs:
        """The levels of legs and pair in the original order, whose sell-offs are found once."""
        return OriginalLegs(Legs(*self.source.levels[: PAIR + 1]))


def make_track_records(reference: Array, own: Array, mix: Array, period: Period) -> TrackRecords:
    """The records of net asset values over a period: reference (T,), strategies `own` and their mixes (S, T)."""
    levels = np.vstack([*period.legs, reference, own, mix])
    moves = np.insert(levels[:, 1:] / levels[:, :-1] - 1, BILLS, period.market.bill_returns[1:], axis=0)
    return TrackRecords(np.ascontiguousarray(moves.T), period.market.days[1:].astype(np.float64), period.fitted_legs)


@dataclass(frozen=True, eq=False)
class Resamples:
    """The results of R resamples of S strategies: `figures` (R, S, F) in the order of `SCORECARD_FIGURES`, NaN where
    undefined; `windows` (R,), the numbers of joint sell-offs; `elsewhere` (min(R, 200), S, D), the mean payoffs by D
    other definitions of a sell-off."""

    plan: ResamplePlan
    figures: Array
    windows: Integers
    elsewhere: Array

    @property
    def used(self) -> Flags:
        """Flags (R,) of the resamples with at least one joint sell-off."""
        return self.windows > 0


def make_plan(records: TrackRecords, *, resamples: int, seed: int, fewest: int = DAILY.block_sessions) -> ResamplePlan:
    """The plan of a number of resamples, in blocks of at least `fewest` sessions on average."""
    optimal = block_length(np.abs(records.returns[:, PAIR]))
    return ResamplePlan(resamples, max(fewest, int(np.ceil(optimal))), seed)


def resample(
    records: TrackRecords,
    rows: Integers,
    rule: Rule,
    elsewhere: Sequence[SellOffDefinition] = (),
    workspace: ResampleWorkspace | None = None,
) -> tuple[Array, int, Array]:
    """The scorecards (S, F) of the sessions in the order of `rows` (N,), the number of joint sell-offs, and the mean
    payoffs (S, D) by the definitions in `elsewhere`; `workspace` is for N sessions, and can be used again."""
    workspace = workspace or new_resample_workspace(records.source, len(rows))
    fill_resampled_levels(records.source, rows, workspace)
    mixes, levels = STRATEGIES + records.strategies, workspace.levels
    legs, own, mix = Legs(*levels[: PAIR + 1]), levels[STRATEGIES:mixes], levels[mixes:]
    resampled = ResampledLegs(records.original, rows)
    joint = joint_sell_offs(legs, rule, resampled)
    days = np.append(0.0, records.days[rows])
    inputs = ScorecardInputs(own, mix, levels[REFERENCE], days)
    figures = make_scorecards(inputs, SellOffs(joint, other_sell_offs(legs, rule, joint, resampled)))
    payoffs = [mean_payoffs(own, mix, definition(legs, resampled)) for definition in elsewhere]
    return figures, len(joint), np.array(payoffs).T.reshape(len(own), len(elsewhere))


def mean_payoffs(own: Array, mix: Array, windows: Integers) -> Array:
    """The mean payoffs (S,) in windows (W, 2) of levels (S, T) beyond those of their mixes; NaN without windows."""
    if not len(windows):
        return np.full(len(own), np.nan)
    return np.asarray((returns_in_windows(own, windows) - returns_in_windows(mix, windows)).mean(axis=1), np.float64)


def bootstrap(
    records: TrackRecords,
    plan: ResamplePlan,
    rule: Rule,
    *,
    elsewhere: Sequence[SellOffDefinition] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Resamples:
    """The results of a plan, computed by threads; `progress` is called with the number of resamples that are done."""
    sessions, strategies = len(records.days), records.strategies
    figures = np.full((plan.resamples, strategies, len(SCORECARD_FIGURES)), np.nan)
    windows = np.zeros(plan.resamples, np.int64)
    other_payoffs = np.full((min(plan.resamples, FIRST_RESAMPLES), strategies, len(elsewhere)), np.nan)

    def task(numbers: range) -> int:
        """Compute the resamples with these numbers, and return how many they are."""
        workspace = new_resample_workspace(records.source, sessions)
        for number in numbers:
            definitions = elsewhere if number < len(other_payoffs) else ()
            rows = draw_rows(plan, number, sessions)
            figures[number], windows[number], payoffs = resample(records, rows, rule, definitions, workspace=workspace)
            if definitions:
                other_payoffs[number] = payoffs
        return len(numbers)

    firsts = range(0, plan.resamples, RESAMPLES_A_TASK)
    tasks = [range(first, min(first + RESAMPLES_A_TASK, plan.resamples)) for first in firsts]
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        done = 0
        for future in as_completed([pool.submit(task, numbers) for numbers in tasks]):
            done += future.result()
            progress(done)
    finally:
        pool.shutdown(cancel_futures=True)
    return Resamples(plan, figures, windows, other_payoffs)


def interval(
    values: Array, used: Flags | None = None, *, level: float = CONFIDENCE_LEVEL
) -> tuple[float, float] | None:
    """The percentile interval of a figure: quantiles that leave (1 - level) / 2 of the resamples on either side.

    `values` (R,) are NaN where undefined; `used` (R,) flags the resamples that should have a value. None if more than
    5% of those have none, since the figure may then be beyond either bound. A bound within 1e-6 of zero is zero.
    """
    defined, used = np.isfinite(values), np.ones(len(values), bool) if used is None else used
    if not used.any() or (used & ~defined).sum() > UNDEFINED_AT_MOST * used.sum():
        return None
    low, high = np.quantile(values[defined], [(1 - level) / 2, (1 + level) / 2])
    return _bound(float(low)), _bound(float(high))


def widened(values: Array, tried: int) -> tuple[float, float] | None:
    """The `interval` widened for the number of strategies `tried` (Bonferroni)."""
    return interval(values, level=1 - (1 - CONFIDENCE_LEVEL) / tried)


def smallest_clear(values: Array, tried: int) -> float:
    """The mean payoff that would have been found clear four times in five: (z(1 - 0.05 / m) + z(0.8)) x the standard
    deviation of the mean payoffs (R,) in resamples, z normal quantiles, m strategies `tried`; NaN of fewer than two."""
    defined = values[np.isfinite(values)]
    z = NormalDist().inv_cdf
    one_side = (1 - CONFIDENCE_LEVEL) / 2
    return float((z(1 - one_side / tried) + z(POWER)) * np.std(defined, ddof=1)) if len(defined) > 1 else float("nan")


def _bound(value: float) -> float:
    """A bound of an interval, 0 within `ZERO_BOUND` of it."""
    return 0.0 if abs(value) <= ZERO_BOUND else value
