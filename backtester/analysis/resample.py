"""Intervals of a scorecard: its sessions are resampled in blocks, all series together, and every figure is recomputed.

1. `make_plan` sets the mean length of blocks: three windows of a sell-off (63 sessions of daily data), or what the
   dependence of the pair's absolute returns asks for (`blocks.block_length`).
2. `blocks.draw_rows` draws sessions by the stationary bootstrap of Politis and Romano (1994), JASA 89, 1303-1313.
3. `resample` rebuilds the levels of all series in that order, fits the mixes again, finds the sell-offs again, and
   makes the scorecards of these. Results that hold inside a block of the record as it was (`TrackRecords.source`,
   `TrackRecords.original`) are computed once.
4. `interval` is the range that holds the middle of them; `widened` allows for how many strategies were tried.
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

UNDEFINED_AT_MOST = 0.05  # share of resamples without a figure, above which it has no interval
RESAMPLES_A_TASK = 10
FIRST_RESAMPLES = 200  # resamples in which payoffs at other definitions of a sell-off are computed
ZERO_BOUND = 1e-6  # a bound this near to zero is zero
POWER = 0.8  # of the smallest payoff that would have been found clear
STOCKS, BONDS, PAIR, REFERENCE, BILLS, STRATEGIES = range(6)


@dataclass(frozen=True, eq=False)
class TrackRecords:
    """The series that are drawn together, a session a row: `returns` (N, 5 + 2S) of stocks, bonds, pair, reference,
    bills, the strategies and the mixes; `days` (N,) since the session before; and the legs (0, 1) that mixes are fitted
    on."""

    returns: Array
    days: Array
    fitted_legs: Integers

    @property
    def strategies(self) -> int:
        """The number of strategies."""
        return int(self.returns.shape[1] - STRATEGIES) // 2

    @cached_property
    def source(self) -> ResampleSource:
        """The source of `fill_resampled_levels`, a series a row."""
        moves, mixes = self.returns.T, STRATEGIES + self.strategies
        levels = np.ones((mixes, moves.shape[1] + 1))
        np.cumprod(1 + moves[:mixes], axis=1, out=levels[:, 1:])
        excess, gaps = moves[self.fitted_legs] - moves[BILLS], moves[STRATEGIES:mixes] - moves[mixes:]
        return make_source(levels, excess, gaps, moves[mixes:])

    @cached_property
    def original(self) -> OriginalLegs:
        """The levels of the legs."""
        return OriginalLegs(Legs(*self.source.levels[: PAIR + 1]))


def make_track_records(reference: Array, own: Array, mix: Array, period: Period) -> TrackRecords:
    """The tracks of net asset values over the period: the reference's (T,), the strategies' and the mixes' (S, T)."""
    levels = np.vstack([*period.legs, reference, own, mix])
    moves = np.insert(levels[:, 1:] / levels[:, :-1] - 1, BILLS, period.market.bill_returns[1:], axis=0)
    return TrackRecords(np.ascontiguousarray(moves.T), period.market.days[1:].astype(np.float64), period.fitted_legs)


@dataclass(frozen=True, eq=False)
class Resamples:
    """The results of R resamples of S strategies.

    `figures` (R, S, F) are in the order of `SCORECARD_FIGURES`, NaN where undefined; `windows` (R,) are the numbers of
    joint sell-offs; `elsewhere` (min(R, 200), S, D) are the mean payoffs by D other definitions of a sell-off.
    """

    plan: ResamplePlan
    figures: Array
    windows: Integers
    elsewhere: Array

    @property
    def used(self) -> Flags:
        """Flags (R,) of the resamples with at least one joint sell-off."""
        return self.windows > 0


def make_plan(records: TrackRecords, *, resamples: int, seed: int, fewest: int = DAILY.block_sessions) -> ResamplePlan:
    """The plan with blocks of at least `fewest` sessions."""
    asked = block_length(np.abs(records.returns[:, PAIR]))
    return ResamplePlan(resamples, max(fewest, int(np.ceil(asked))), seed)


def resample(
    records: TrackRecords,
    rows: Integers,
    rule: Rule,
    elsewhere: Sequence[SellOffDefinition] = (),
    workspace: ResampleWorkspace | None = None,
) -> tuple[Array, int, Array]:
    """The scorecards (S, F) of the sessions in the order of `rows`, how many joint sell-offs there are, and the mean
    payoffs (S, D) in other windows; `workspace` is for so many sessions, and can be used again."""
    workspace = workspace or new_resample_workspace(records.source, len(rows))
    fill_resampled_levels(records.source, rows, workspace)
    mixes, levels = STRATEGIES + records.strategies, workspace.levels
    legs, own, mix = Legs(*levels[: PAIR + 1]), levels[STRATEGIES:mixes], levels[mixes:]
    resampled = ResampledLegs(records.original, rows)
    joint = joint_sell_offs(legs, rule, resampled)
    days = np.zeros(len(rows) + 1)
    days[1:] = records.days[rows]
    inputs = ScorecardInputs(own, mix, levels[REFERENCE], days)
    figures = make_scorecards(inputs, SellOffs(joint, other_sell_offs(legs, rule, joint, resampled)))
    payoffs = [mean_payoffs(own, mix, find(legs, resampled)) for find in elsewhere]
    return figures, len(joint), np.array(payoffs).T.reshape(len(own), len(elsewhere))


def mean_payoffs(own: Array, mix: Array, windows: Integers) -> Array:
    """The mean payoffs (S,) of levels (S, T) over those of their mixes in windows (W, 2); NaN without any."""
    if not len(windows):
        return np.full(len(own), np.nan)
    payoffs: Array = (returns_in_windows(own, windows) - returns_in_windows(mix, windows)).mean(axis=1)
    return payoffs


def bootstrap(
    records: TrackRecords,
    plan: ResamplePlan,
    rule: Rule,
    *,
    elsewhere: Sequence[SellOffDefinition] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Resamples:
    """The results of a plan, computed by threads; `progress` is called with the number of resamples done."""
    sessions, strategies = len(records.days), records.strategies
    figures = np.full((plan.resamples, strategies, len(SCORECARD_FIGURES)), np.nan)
    windows = np.zeros(plan.resamples, np.int64)
    others = np.full((min(plan.resamples, FIRST_RESAMPLES), strategies, len(elsewhere)), np.nan)

    def task(numbers: range) -> int:
        workspace = new_resample_workspace(records.source, sessions)
        for number in numbers:
            rows, asked = draw_rows(plan, number, sessions), elsewhere if number < len(others) else ()
            figures[number], windows[number], payoffs = resample(records, rows, rule, asked, workspace)
            if asked:
                others[number] = payoffs
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
    return Resamples(plan, figures, windows, others)


def interval(
    values: Array, used: Flags | None = None, *, level: float = CONFIDENCE_LEVEL
) -> tuple[float, float] | None:
    """The quantiles that leave (1 - level) / 2 of the resamples on either side: the percentile interval.

    `values` (R,) count where they are defined; None where more than 5% of the used resamples have none, since the
    figure may then lie beyond either end. Bounds within 1e-6 of zero are zero.
    """
    defined, used = np.isfinite(values), np.ones(len(values), bool) if used is None else used
    if not used.any() or (used & ~defined).sum() > UNDEFINED_AT_MOST * used.sum():
        return None
    low, high = np.quantile(values[defined], [(1 - level) / 2, (1 + level) / 2])
    return _bound(float(low)), _bound(float(high))


def widened(values: Array, tried: int) -> tuple[float, float] | None:
    """The interval widened for the number of strategies tried (Bonferroni); None as in `interval`."""
    return interval(values, level=1 - (1 - CONFIDENCE_LEVEL) / tried)


def smallest_clear(values: Array, tried: int) -> float:
    """The mean payoff that would have been found clear four times in five: (z(1 - 0.05 / m) + z(0.8)) x the standard
    deviation of the resampled means (R,) of a strategy, m of which were tried."""
    known = values[np.isfinite(values)]
    z = NormalDist().inv_cdf
    sides = (1 - CONFIDENCE_LEVEL) / 2
    return float((z(1 - sides / tried) + z(POWER)) * np.std(known, ddof=1)) if len(known) > 1 else float("nan")


def _bound(value: float) -> float:
    return 0.0 if abs(value) <= ZERO_BOUND else value
