"""The result of a run: the figures of each strategy as attributes, and those of all strategies as data frames."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtester.analysis.attribution import OverlayEffect, ReturnLines
from backtester.analysis.base_rates import Cushion, RotationCount
from backtester.analysis.measures import Measures, calendar_years
from backtester.analysis.period import Period
from backtester.analysis.verdict import Placebo, Verdict
from backtester.arrays import Interval
from backtester.contract.check import CheckResult
from backtester.engine.evaluate import Evaluation
from backtester.errors import RecipeError, did_you_mean
from backtester.histories.market import Market
from backtester.runs.as_of import YearEnd
from backtester.runs.episodes import episode_frame
from backtester.runs.intervals import PayoffAtDefinition, RunResamples
from backtester.runs.settings import RunSettings
from backtester.runs.step_spells import StepSpells
from backtester.runs.stress import StressResults
from backtester.runs.values import Json


@dataclass(frozen=True)
class Slice:
    """A strategy in the joint sell-offs of one regime, decade or cause: against the reference and its mix.

    `windows` counts the sell-offs. For a regime `spells` counts the times without a change of the correlation's sign
    that it consists of; None for a decade or cause. `lost_less` and `lost_more` count the windows in which the strategy
    lost less, or more, than the reference. `mean_loss` has the mean losses of strategy, reference and mix,
    `payoff_mean` the mean return beyond the mix, as fractions. A slice has no verdict, since its windows are few.
    """

    name: str
    windows: int
    spells: int | None
    lost_less: int
    lost_more: int
    mean_loss: dict[str, float]
    payoff_mean: float


@dataclass(frozen=True)
class EpisodeAttribution:
    """What a strategy's return in one episode consists of: by asset and line of profit and loss, and by overlay."""

    lines: ReturnLines
    overlays: tuple[OverlayEffect, ...]


@dataclass(frozen=True)
class Scorecard:
    """The figures of a strategy against the reference and its mix.

    `figures` are by the names of the table of figures (`backtester.analysis.figures`). `mix` has the shares of stocks
    and bonds, by role, in the mix: fixed shares, the rest in bills, that moved as the strategy did. `payoff_parts` add
    up to the mean payoff, the return beyond it. `placebo` has the shares of shifts in time that did as well and as
    badly, None if the target weights never change. `smallest_clear` is the payoff that would have been clear four times
    in five. `intervals` are resampled 90% intervals of figures, but for Wilson's of `beyond_reference.hit_rate`;
    `payoff_widened` is that of the mean payoff, widened for all strategies tried. `sensitivity` has the payoff at the
    run's and other definitions of a joint sell-off, `slices` by "regime" (the sign of the correlation of stocks and
    bonds), "decade" and "cause". `recovery` has the median days until the value before a joint sell-off was reached
    again. `calm_years` has, for each calendar year without one, the strategy's log return less the reference's.
    """

    figures: dict[str, float]
    mix: dict[str, float]
    payoff_parts: dict[str, float]
    placebo: Placebo | None
    smallest_clear: float
    intervals: dict[str, Interval]
    payoff_widened: Interval
    sensitivity: tuple[PayoffAtDefinition, ...]
    slices: dict[str, tuple[Slice, ...]]
    recovery: dict[str, float]
    calm_years: dict[int, float]


@dataclass(frozen=True, eq=False)
class StrategyResult:
    """The result of one recipe of a run.

    `check` is that for look-ahead. `audit` is the largest difference between the net asset values of the two engines,
    None if the run was not audited. `nav` and `mix_nav` are net asset values by session, beginning with 1; those of the
    mix are NaN if there is none. `verdict` is "paid" (clearly paid), "worse" (clearly did worse), "unclear" (not
    clear), "small" (small at best), "few" (too few to judge) or "void". `card` is the scorecard. `lines` is the profit
    and loss a year. `attribution` has, for "joint_sell_offs", "drawdowns" and "crises", an entry for each episode, None
    where the strategy was not simulated. `step_spells` are the spells in which the recipe's steps acted, as their
    function `state` says.
    """

    evaluation: Evaluation
    check: CheckResult
    audit: float | None
    label: str
    nav: "pd.Series[float]"
    mix_nav: "pd.Series[float]"
    verdict: Verdict
    measures: Measures
    card: Scorecard
    lines: ReturnLines
    attribution: dict[str, tuple[EpisodeAttribution | None, ...]]
    step_spells: tuple[StepSpells, ...]

    @property
    def name(self) -> str:
        """The name that the strategy was given, else the recipe as it was written."""
        return self.evaluation.recipe.name

    def __repr__(self) -> str:
        """Its name and verdict, in a line."""
        return f"<StrategyResult {self.name!r}: {self.verdict}>"


@dataclass(frozen=True, eq=False)
class Result:
    """The result of a run. The reference is the first of `strategies`, and all are measured over `period`.

    `full_market` is the market that the strategies saw; the period is a part of it. `left_out` says which built-in
    recipes were left out and why, `notes` what else a reader should know about data and period. `command` repeats the
    run. `joint_rows`, `drawdown_rows` and `crisis_rows` are the document's entries for joint sell-offs, drawdowns of
    the pair and crises, `crisis_hashes` the hashes of the markets in which crises were measured. `chances` has the
    number of joint sell-offs by chance, `cushions` the stock sell-offs by whether bonds fell. `correlations`
    (sessions x 2) are rolling correlations of the legs as known at each close. `resampling` has the resampled
    intervals. `stress` has the results of scenarios, `as_of` the verdicts at each year-end, both None unless asked for.
    `to_html` makes the HTML that a notebook shows.
    """

    settings: RunSettings
    full_market: Market
    period: Period
    strategies: tuple[StrategyResult, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    command: str
    joint_rows: tuple[Json, ...]
    drawdown_rows: tuple[Json, ...]
    crisis_rows: tuple[Json, ...]
    crisis_hashes: dict[str, str]
    chances: dict[str, list[RotationCount]]
    cushions: tuple[Cushion, ...]
    correlations: pd.DataFrame
    dependence: dict[str, object]
    resampling: RunResamples
    stress: StressResults | None
    as_of: tuple[YearEnd, ...] | None
    to_html: Callable[["Result"], str]

    @property
    def nav(self) -> pd.DataFrame:
        """The net asset values (sessions x strategies), which begin with 1."""
        return pd.DataFrame({strategy.name: strategy.nav for strategy in self.strategies})

    @property
    def calendar_years(self) -> pd.DataFrame:
        """The returns by calendar year, with a column for each strategy; the first and last year can be partial."""
        return pd.DataFrame({strategy.name: calendar_years(strategy.nav) for strategy in self.strategies})

    @property
    def measures(self) -> pd.DataFrame:
        """The measures, with a column for each strategy."""
        return pd.DataFrame({strategy.name: strategy.measures for strategy in self.strategies})

    @property
    def scorecard(self) -> pd.DataFrame:
        """The figures of the scorecard, with a column for each strategy."""
        return pd.DataFrame({strategy.name: strategy.card.figures for strategy in self.strategies})

    @property
    def intervals(self) -> pd.DataFrame:
        """The 90% intervals by strategy and figure, with columns low and high; NaN where there is none."""
        ends = {
            (strategy.name, name): ends
            for strategy in self.strategies
            for name, ends in strategy.card.intervals.items()
        }
        rows = [known or (float("nan"), float("nan")) for known in ends.values()]
        index = pd.MultiIndex.from_tuples(ends, names=("strategy", "figure")) if ends else None
        return pd.DataFrame(rows, index, columns=["low", "high"])

    @property
    def joint_sell_offs(self) -> pd.DataFrame:
        """The returns of assets and strategies, with a row for each joint sell-off."""
        return episode_frame(self.joint_rows)

    @property
    def pair_drawdowns(self) -> pd.DataFrame:
        """The returns of assets and strategies, with a row for each drawdown of the pair."""
        return episode_frame(self.drawdown_rows)

    def strategy(self, name: str) -> StrategyResult:
        """The strategy of that name; raise RecipeError, which names the nearest one, if there is none."""
        named = {strategy.name: strategy for strategy in self.strategies}
        if name not in named:
            raise RecipeError(f"the run has no recipe {name!r}; {did_you_mean(name, named)}")
        return named[name]

    def to_vectorbt(self, name: str) -> Any:
        """The strategy of that name as a vectorbt Portfolio, with its trades, records and plots."""
        return self.strategy(name).evaluation.to_vectorbt()

    def __repr__(self) -> str:
        """The recipes and the period, in a line."""
        names, dates = [strategy.name for strategy in self.strategies], self.period.sessions
        return f"<Result of {', '.join(names)}: {dates[0].date()} to {dates[-1].date()}>"

    def _repr_html_(self) -> str:
        """The HTML that a notebook shows: the summary's tables."""
        return self._html

    @functools.cached_property
    def _html(self) -> str:
        return self.to_html(self)
