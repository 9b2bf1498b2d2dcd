"""The resampled intervals of a run: how sure its scorecards are, and what hangs on the definition of a sell-off."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.definitions import other_definitions, own_definition
from backtester.analysis.period import Period, measure_period
from backtester.analysis.resample import (
    BILLS,
    FIRST_RESAMPLES,
    Plan,
    Resamples,
    Tracks,
    bootstrap,
    interval,
    make_plan,
    mean_payoffs,
)
from backtester.analysis.scorecard import FIGURES, PAYOFF
from backtester.arrays import Array, Integers
from backtester.engine.evaluate import Evaluation
from backtester.errors import DataError
from backtester.runs.settings import RunSettings
from backtester.runs.tell import Tell

FEWEST_WINDOWS = 10  # joint sell-offs below which there are no intervals
LONG_BONDS = "long_bonds"
Ends = tuple[float, float] | None


@dataclass(frozen=True)
class Sensitive:
    """A strategy's mean payoff at one definition of a sell-off: how many windows it has, and the interval of the mean,
    None where none was made."""

    name: str
    windows: int
    payoff_mean: float
    interval: Ends


@dataclass(frozen=True)
class Drawn:
    """The resamples of a run; `plan` and the number `used` are None where none were made, with the `reason`.

    `intervals` are by place of the strategy and figure, `payoffs` (resamples x strategies) the mean payoffs that they
    come from, NaN for a resample without any sell-off, and `sensitivity` is by place of the strategy.
    """

    plan: Plan | None
    used: int
    reason: str | None
    joint_sell_offs: Ends
    intervals: tuple[dict[str, Ends], ...]
    payoffs: pd.DataFrame
    sensitivity: tuple[tuple[Sensitive, ...], ...]


def resampled(settings: RunSettings, runs: list[Evaluation], analysis: Analysis, period: Period, tell: Tell) -> Drawn:
    """The resamples of all strategies that were not ruined and have a mix, the reference among them."""
    names = [run.recipe.name for run in runs]
    reason = _reason(settings, analysis, period)
    alive = np.flatnonzero(np.isfinite(analysis.mix_nav).all(axis=1))
    drawn = None
    if reason is None:
        drawn = _draw(settings, analysis, period, alive, tell)
    elsewhere = _elsewhere(settings, runs, (analysis, period), alive, drawn)
    intervals: list[dict[str, Ends]] = [{} for _ in runs]
    payoffs = np.full((0 if drawn is None else drawn.plan.resamples, len(runs)), np.nan)
    if drawn is not None:
        payoffs[:, alive] = drawn.figures[:, :, PAYOFF]
        for row, place in enumerate(alive.tolist()):
            figures = zip(FIGURES, drawn.figures[:, row].T, strict=True)
            intervals[place] = {name: interval(values, drawn.used) for name, values in figures}
    return Drawn(
        plan=None if drawn is None else drawn.plan,
        used=0 if drawn is None else int(drawn.used.sum()),
        reason=reason,
        joint_sell_offs=None if drawn is None else interval(drawn.windows.astype(float), drawn.used),
        intervals=tuple(intervals),
        payoffs=pd.DataFrame(payoffs, columns=names),
        sensitivity=elsewhere,
    )


def _reason(settings: RunSettings, analysis: Analysis, period: Period) -> str | None:
    """Why no strategy of the run has resampled intervals, None where there is no reason."""
    joint = len(period.windows.joint)
    if settings.resamples == 0:
        return "no resamples were asked for"
    if joint < FEWEST_WINDOWS:
        return (
            f"there are {joint} joint sell-offs, and with fewer than {FEWEST_WINDOWS} each window must speak for itself"
        )
    if not (analysis.nav[0] > 0).all():
        return "the reference was ruined, and what is ruined cannot be drawn again"
    return None


def _draw(settings: RunSettings, analysis: Analysis, period: Period, alive: Integers, tell: Tell) -> Resamples:
    tracks = _tracks(analysis, period, alive)
    plan = make_plan(tracks, resamples=settings.resamples, seed=settings.seed)
    message = f"Resampling {len(alive)} scorecards {plan.resamples:,} times"
    return bootstrap(
        tracks,
        plan,
        period.rule,
        elsewhere=[one.find for one in other_definitions(period.rule)],
        progress=lambda done: tell(message, done / plan.resamples),
    )


def _tracks(analysis: Analysis, period: Period, alive: Integers) -> Tracks:
    levels = np.vstack([*period.legs, analysis.nav[0], analysis.nav[alive], analysis.mix_nav[alive]])
    moves = np.insert(levels[:, 1:] / levels[:, :-1] - 1, BILLS, period.market.bill_returns[1:], axis=0)
    return Tracks(moves, period.market.days[1:].astype(np.float64), period.fitted)


def _elsewhere(
    settings: RunSettings,
    runs: list[Evaluation],
    measured: tuple[Analysis, Period],
    alive: Integers,
    drawn: Resamples | None,
) -> tuple[tuple[Sensitive, ...], ...]:
    """The payoffs at the run's own and at other definitions, by strategy; intervals from the first 200 resamples."""
    (analysis, period), found = measured, list[tuple[Sensitive, ...]]()
    joint, rule = period.windows.joint, period.rule
    windows = {one.name: one.find(period.legs) for one in other_definitions(rule)}
    own = {own_definition(rule): joint} | windows
    means = np.array([mean_payoffs(analysis.nav, analysis.mix_nav, found_in) for found_in in own.values()]).T
    values = np.full((0 if drawn is None else len(drawn.elsewhere), len(runs), len(own)), np.nan)
    if drawn is not None:
        values[:, alive, 0] = drawn.figures[: len(values), :, PAYOFF]
        values[:, alive, 1:] = drawn.elsewhere
    counts, names = [len(one) for one in own.values()], list(own)
    other = _with_long_bonds(settings, runs, period, drawn)
    for place in range(len(runs)):
        rows = [
            Sensitive(name, counts[at], float(means[place, at]), _ends(values[:, place, at]))
            for at, name in enumerate(names)
        ]
        found.append((*rows, *other[place : place + 1]))
    return tuple(found)


def _with_long_bonds(
    settings: RunSettings, runs: list[Evaluation], period: Period, drawn: Resamples | None
) -> list[Sensitive]:
    """The payoffs with long bonds for the second leg, whose mix is of long bonds too; none where these do not cover
    the period."""
    market = period.market
    if LONG_BONDS in settings.legs or LONG_BONDS not in market.assets:
        return []
    try:
        other = measure_period(market, settings.model_copy(update={"bonds_role": LONG_BONDS}))
    except DataError:
        return []
    analysis, count = analyse(runs, runs[0], other), len(other.windows.joint)
    alive = np.flatnonzero(np.isfinite(analysis.mix_nav).all(axis=1))
    values = np.full((0, len(runs)), np.nan)
    if drawn is not None and len(alive):
        plan = Plan(min(FIRST_RESAMPLES, drawn.plan.resamples), drawn.plan.block_sessions, drawn.plan.seed)
        values = np.full((plan.resamples, len(runs)), np.nan)
        values[:, alive] = bootstrap(_tracks(analysis, other, alive), plan, other.rule).figures[:, :, PAYOFF]
    return [
        Sensitive("long bonds for bonds", count, float(analysis.cards[place, PAYOFF]), _ends(values[:, place]))
        for place in range(len(runs))
    ]


def _ends(values: Array) -> Ends:
    return interval(values, np.ones(len(values), bool)) if len(values) else None
