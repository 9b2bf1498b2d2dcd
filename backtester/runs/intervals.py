"""The resampled intervals of a run's scorecards, and the payoffs at other definitions of a joint sell-off.

A payoff is a strategy's return in a joint sell-off beyond its mix, the fixed shares of the legs (stocks and bonds) and
bills that moved as it did.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.blocks import ResamplePlan
from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS
from backtester.analysis.period import Period, measure_period, other_definitions, own_definition
from backtester.analysis.resample import (
    FIRST_RESAMPLES,
    Resamples,
    TrackRecords,
    bootstrap,
    interval,
    make_plan,
    make_track_records,
    mean_payoffs,
)
from backtester.analysis.scorecard import PAYOFF_INDEX, SCORECARD_FIGURES
from backtester.analysis.sell_offs import SellOffDefinition
from backtester.arrays import Array, Integers, Interval
from backtester.engine.evaluate import Evaluation
from backtester.errors import DataError
from backtester.runs.settings import ReportProgress, RunSettings, no_report

FEWEST_SELL_OFFS = 10  # joint sell-offs for there to be intervals
LONG_BONDS = "long_bonds"


@dataclass(frozen=True)
class PayoffAtDefinition:
    """A strategy's mean payoff at one definition of a joint sell-off.

    `windows` counts the joint sell-offs at that definition; `interval` is the mean's 90% interval, None if there is
    none.
    """

    name: str
    windows: int
    payoff_mean: float
    interval: Interval


@dataclass(frozen=True, eq=False)
class RunResamples:
    """What the resamples of a run give.

    Without resamples `plan` is None, `used` is 0 and `reason` says why. `used` counts the resamples that have a joint
    sell-off, and `joint_sell_offs` is the interval of their number. `intervals` has for each strategy the intervals by
    figure. `payoffs` (resamples x strategies) are the mean payoffs, NaN for a resample without a joint sell-off.
    `sensitivity` has for each strategy the payoffs at several definitions of a joint sell-off, the run's own first.
    """

    plan: ResamplePlan | None
    used: int
    reason: str | None
    joint_sell_offs: Interval
    intervals: tuple[dict[str, Interval], ...]
    payoffs: pd.DataFrame
    sensitivity: tuple[tuple[PayoffAtDefinition, ...], ...]


def run_resamples(
    settings: RunSettings, runs: list[Evaluation], analysis: Analysis, period: Period, report: ReportProgress
) -> RunResamples:
    """Resample all strategies that were not ruined and have a mix, the reference among them."""
    reason = _why_no_intervals(settings, analysis, period)
    definitions = other_definitions(period.rule, period.market.rhythm)
    resamples = _resample(settings, analysis, period, report, definitions=definitions) if reason is None else None
    payoffs = np.full((0, len(runs)), np.nan)
    intervals: list[dict[str, Interval]] = [{} for _ in runs]
    if resamples is not None:
        payoffs = _by_strategy(resamples.figures[:, :, PAYOFF_INDEX], analysis)
        for index, figures in zip(_resampled_indices(analysis), np.moveaxis(resamples.figures, 0, 2), strict=True):
            intervals[index] = {
                name: interval(values, resamples.used) for name, values in zip(SCORECARD_FIGURES, figures, strict=True)
            }
    tables = [
        *_at_definitions(analysis, period, resamples, payoffs),
        *_with_long_bonds(settings, runs, period, resamples.plan if resamples else None),
    ]
    return RunResamples(
        plan=resamples.plan if resamples else None,
        used=int(resamples.used.sum()) if resamples else 0,
        reason=reason,
        joint_sell_offs=interval(resamples.windows.astype(float), resamples.used) if resamples else None,
        intervals=tuple(intervals),
        payoffs=pd.DataFrame(payoffs, columns=[run.recipe.name for run in runs]),
        sensitivity=tuple(zip(*tables, strict=True)),
    )


def resampled_payoffs(settings: RunSettings, analysis: Analysis, period: Period) -> tuple[Array, list[Interval]]:
    """The mean payoffs of `run_resamples` (resamples x strategies) and, for each strategy, their interval."""
    if _why_no_intervals(settings, analysis, period) is not None:
        return np.full((0, len(analysis.nav)), np.nan), [None] * len(analysis.nav)
    resamples = _resample(settings, analysis, period, no_report, definitions={})
    payoffs = _by_strategy(resamples.figures[:, :, PAYOFF_INDEX], analysis)
    return payoffs, [interval(values, resamples.used) for values in payoffs.T]


def _resampled_indices(analysis: Analysis) -> Integers:
    """The indices of the strategies that were not ruined and have a mix; only these are resampled."""
    return np.flatnonzero(np.isfinite(analysis.mix_nav).all(axis=1))


def _by_strategy(values: Array, analysis: Analysis) -> Array:
    """Values (resamples x resampled strategies x ...) with a column for every strategy, NaN for the others."""
    by_strategy = np.full((len(values), len(analysis.nav), *values.shape[2:]), np.nan)
    by_strategy[:, _resampled_indices(analysis)] = values
    return by_strategy


def _why_no_intervals(settings: RunSettings, analysis: Analysis, period: Period) -> str | None:
    """Why the run has no resampled intervals; None if it has them."""
    joint = len(period.windows.joint)
    if settings.resamples == 0:
        return "no resamples were asked for"
    if joint < FEWEST_SELL_OFFS:
        few = f"with fewer than {FEWEST_SELL_OFFS} each window must speak for itself"
        return f"there are {joint} joint sell-offs, and {few}"
    if not (analysis.nav[0] > 0).all():
        return "the reference was ruined, and what is ruined cannot be drawn again"
    return None


def _resample(
    settings: RunSettings,
    analysis: Analysis,
    period: Period,
    report: ReportProgress,
    definitions: Mapping[str, SellOffDefinition],
) -> Resamples:
    """The resamples, with the payoffs at the run's definition of a joint sell-off and at the others."""
    tracks = _tracks(analysis, period)
    plan = make_plan(
        tracks, resamples=settings.resamples, seed=settings.seed, fewest=period.market.rhythm.block_sessions
    )
    message = f"Resampling {tracks.strategies} scorecards {plan.resamples:,} times"
    return bootstrap(
        tracks,
        plan,
        period.rule,
        elsewhere=list(definitions.values()),
        progress=lambda done: report(message, done / plan.resamples),
    )


def _tracks(analysis: Analysis, period: Period) -> TrackRecords:
    """The series that are resampled together: of the market, the reference, and the strategies with their mixes."""
    indices = _resampled_indices(analysis)
    return make_track_records(analysis.nav[0], analysis.nav[indices], analysis.mix_nav[indices], period)


def _at_definitions(
    analysis: Analysis, period: Period, resamples: Resamples | None, payoffs: Array
) -> Iterator[list[PayoffAtDefinition]]:
    """For the run's own definition of a joint sell-off, and each other one, the payoffs by strategy.

    Their intervals are from the first `FIRST_RESAMPLES` resamples.
    """
    windows_by_definition = {
        name: find(period.legs) for name, find in other_definitions(period.rule, period.market.rhythm).items()
    }
    elsewhere = (
        _by_strategy(resamples.elsewhere, analysis)
        if resamples
        else np.empty((0, len(analysis.nav), len(windows_by_definition)))
    )
    values = np.append(payoffs[:FIRST_RESAMPLES, :, None], elsewhere, axis=2)
    for column, (name, windows) in enumerate(
        ({own_definition(period.rule, period.market.rhythm): period.windows.joint} | windows_by_definition).items()
    ):
        means = mean_payoffs(analysis.nav, analysis.mix_nav, windows)
        yield _payoffs_at_definition(name, len(windows), means, values[:, :, column])


def _with_long_bonds(
    settings: RunSettings, runs: list[Evaluation], period: Period, plan: ResamplePlan | None
) -> Iterator[list[PayoffAtDefinition]]:
    """The payoffs by strategy with long bonds as the second leg, in the mix too.

    Nothing if the pair is not stocks and bonds, or the history's long bonds do not cover the period.
    """
    if settings.legs != DEFAULT_PAIR_SETTINGS.legs or LONG_BONDS not in period.market.assets:
        return
    try:
        long_bond_period = measure_period(period.market, settings.model_copy(update={"bonds_role": LONG_BONDS}))
    except DataError:
        return
    analysis, values = analyse(runs, runs[0], long_bond_period), np.full((0, len(runs)), np.nan)
    if plan is not None and len(_resampled_indices(analysis)):
        smaller_plan = dataclasses.replace(plan, resamples=min(FIRST_RESAMPLES, plan.resamples))
        resamples = bootstrap(_tracks(analysis, long_bond_period), smaller_plan, long_bond_period.rule)
        values = _by_strategy(resamples.figures[:, :, PAYOFF_INDEX], analysis)
    yield _payoffs_at_definition(
        "long bonds for bonds", len(long_bond_period.windows.joint), analysis.scorecards[:, PAYOFF_INDEX], values
    )


def _payoffs_at_definition(name: str, windows: int, means: Array, values: Array) -> list[PayoffAtDefinition]:
    """For each strategy its mean payoff at a definition, with the interval from `values` (resamples x strategies)."""
    return [
        PayoffAtDefinition(name, windows, float(mean), interval(column))
        for mean, column in zip(means, values.T, strict=True)
    ]
