"""The resampled intervals of a run's scorecards, and the payoffs at other definitions of a joint sell-off."""

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
from backtester.analysis.verdict import Evidence, Verdict, verdict
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
    reason = _reason(settings, analysis, period)
    others = other_definitions(period.rule, period.market.rhythm)
    drawn = _draw(settings, analysis, period, report, others) if reason is None else None
    payoffs = np.full((0, len(runs)), np.nan)
    intervals: list[dict[str, Interval]] = [{} for _ in runs]
    if drawn is not None:
        payoffs = _by_strategy(drawn.figures[:, :, PAYOFF_INDEX], analysis)
        for place, figures in zip(_alive(analysis), np.moveaxis(drawn.figures, 0, 2), strict=True):
            intervals[place] = {
                name: interval(values, drawn.used) for name, values in zip(SCORECARD_FIGURES, figures, strict=True)
            }
    tables = [
        *_at_definitions(analysis, period, drawn, payoffs),
        *_with_long_bonds(settings, runs, period, drawn.plan if drawn else None),
    ]
    return RunResamples(
        plan=drawn.plan if drawn else None,
        used=int(drawn.used.sum()) if drawn else 0,
        reason=reason,
        joint_sell_offs=interval(drawn.windows.astype(float), drawn.used) if drawn else None,
        intervals=tuple(intervals),
        payoffs=pd.DataFrame(payoffs, columns=[run.recipe.name for run in runs]),
        sensitivity=tuple(zip(*tables, strict=True)),
    )


def resampled_payoffs(settings: RunSettings, analysis: Analysis, period: Period) -> tuple[Array, list[Interval]]:
    """The mean payoffs of `run_resamples` (resamples x strategies) and, for each strategy, their interval."""
    if _reason(settings, analysis, period) is not None:
        return np.full((0, len(analysis.nav)), np.nan), [None] * len(analysis.nav)
    drawn = _draw(settings, analysis, period, no_report, {})
    payoffs = _by_strategy(drawn.figures[:, :, PAYOFF_INDEX], analysis)
    return payoffs, [interval(values, drawn.used) for values in payoffs.T]


def _alive(analysis: Analysis) -> Integers:
    """The indices of the strategies that were not ruined and have a mix; only these are resampled."""
    return np.flatnonzero(np.isfinite(analysis.mix_nav).all(axis=1))


def _by_strategy(values: Array, analysis: Analysis) -> Array:
    """Values (resamples x resampled strategies x ...) with a column for every strategy, NaN for the others."""
    spread = np.full((len(values), len(analysis.nav), *values.shape[2:]), np.nan)
    spread[:, _alive(analysis)] = values
    return spread


def _reason(settings: RunSettings, analysis: Analysis, period: Period) -> str | None:
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


def _draw(
    settings: RunSettings,
    analysis: Analysis,
    period: Period,
    report: ReportProgress,
    others: Mapping[str, SellOffDefinition],
) -> Resamples:
    tracks = _tracks(analysis, period)
    plan = make_plan(
        tracks, resamples=settings.resamples, seed=settings.seed, fewest=period.market.rhythm.block_sessions
    )
    message = f"Resampling {tracks.strategies} scorecards {plan.resamples:,} times"
    return bootstrap(
        tracks,
        plan,
        period.rule,
        elsewhere=list(others.values()),
        progress=lambda done: report(message, done / plan.resamples),
    )


def _tracks(analysis: Analysis, period: Period) -> TrackRecords:
    alive = _alive(analysis)
    return make_track_records(analysis.nav[0], analysis.nav[alive], analysis.mix_nav[alive], period)


def _at_definitions(
    analysis: Analysis, period: Period, drawn: Resamples | None, payoffs: Array
) -> Iterator[list[PayoffAtDefinition]]:
    """For the run's own definition of a joint sell-off, and each other one, the payoffs by strategy.

    Their intervals are from the first `FIRST_RESAMPLES` resamples.
    """
    found = {name: find(period.legs) for name, find in other_definitions(period.rule, period.market.rhythm).items()}
    elsewhere = _by_strategy(drawn.elsewhere, analysis) if drawn else np.empty((0, len(analysis.nav), len(found)))
    values = np.append(payoffs[:FIRST_RESAMPLES, :, None], elsewhere, axis=2)
    for at, (name, windows) in enumerate(
        ({own_definition(period.rule, period.market.rhythm): period.windows.joint} | found).items()
    ):
        means = mean_payoffs(analysis.nav, analysis.mix_nav, windows)
        yield _sensitive(name, len(windows), means, values[:, :, at])


def _with_long_bonds(
    settings: RunSettings, runs: list[Evaluation], period: Period, plan: ResamplePlan | None
) -> Iterator[list[PayoffAtDefinition]]:
    """The payoffs by strategy with long bonds as the second leg, in the mix too.

    Nothing if the pair is not stocks and bonds, or the history's long bonds do not cover the period.
    """
    if settings.legs != DEFAULT_PAIR_SETTINGS.legs or LONG_BONDS not in period.market.assets:
        return
    try:
        other = measure_period(period.market, settings.model_copy(update={"bonds_role": LONG_BONDS}))
    except DataError:
        return
    analysis, values = analyse(runs, runs[0], other), np.full((0, len(runs)), np.nan)
    if plan is not None and len(_alive(analysis)):
        first = dataclasses.replace(plan, resamples=min(FIRST_RESAMPLES, plan.resamples))
        drawn = bootstrap(_tracks(analysis, other), first, other.rule)
        values = _by_strategy(drawn.figures[:, :, PAYOFF_INDEX], analysis)
    yield _sensitive("long bonds for bonds", len(other.windows.joint), analysis.scorecards[:, PAYOFF_INDEX], values)


def _sensitive(name: str, windows: int, means: Array, values: Array) -> list[PayoffAtDefinition]:
    """For each strategy its mean payoff at a definition, with the interval from `values` (resamples x strategies)."""
    return [
        PayoffAtDefinition(name, windows, float(mean), interval(one)) for mean, one in zip(means, values.T, strict=True)
    ]


def strategy_verdict(analysis: Analysis, windows: int, *, place: int, wide: Interval, sound: bool) -> Verdict:
    """The verdict on the strategy with index `place`.

    `windows` counts the joint sell-offs, `wide` is the interval of the mean payoff widened for all strategies tried,
    and `sound` is false if the strategy looks ahead or was ruined.
    """
    figures = dict(zip(SCORECARD_FIGURES, analysis.scorecards[place].tolist(), strict=True))
    evidence = Evidence(
        windows=windows,
        acted=int(figures["acted"]),
        payoff=figures["beyond_mix.payoff_mean"],
        widened=wide,
        placebo=analysis.placebos[place],
        reference_loss=figures["mean_loss.reference"],
    )
    return verdict(evidence, sound=sound)
