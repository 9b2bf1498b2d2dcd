"""The result of a run: a strategy's figures as attributes, and those of all strategies as frames."""

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
from backtester.runs.acts import Acts
from backtester.runs.as_of import YearEnd
from backtester.runs.episodes import frame
from backtester.runs.intervals import Drawn, Sensitive
from backtester.runs.settings import RunSettings
from backtester.runs.stress import Stressed
from backtester.runs.values import Json


@dataclass(frozen=True)
class Slice:
    """The joint sell-offs of one regime, decade or cause: how the strategy did in them against reference and mix.

    Returns are means over the windows. Few windows make a slice: it has no verdict.
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
    """The parts of a strategy's return in one episode: by asset and line, and by overlay."""

    lines: ReturnLines
    overlays: tuple[OverlayEffect, ...]


@dataclass(frozen=True)
class Card:
    """A strategy against the reference and its mix.

    `figures` by the names of the table of figures; `mix` are the shares of the legs by role; `parts` add up to the mean
    payoff. `smallest_clear` is the payoff that would have been found clear four times in five. `intervals` are 90% and
    resampled, but Wilson's for `beyond_reference.hit_rate`; `payoff_of_all_tried` allows for all strategies tried.
    """

    figures: dict[str, float]
    mix: dict[str, float]
    parts: dict[str, float]
    placebo: Placebo | None
    smallest_clear: float
    intervals: dict[str, Interval]
    payoff_of_all_tried: Interval
    sensitivity: tuple[Sensitive, ...]
    slices: dict[str, tuple[Slice, ...]]
    recovery: dict[str, float]
    calm: dict[int, float]


@dataclass(frozen=True, eq=False)
class StrategyResult:
    """One recipe of a run. `nav` and `mix_nav` are by session from 1; the mix is NaN where there is none.

    `audit` is the largest difference to the second engine, None where none was asked for. `attribution` is by the name
    of the table of episodes, in their order; None for an episode in which the strategy was not simulated. `acts` are
    the spells in which its steps acted, as their `state` says. `verdict` is one of "paid" (clearly paid), "worse"
    (clearly did worse), "unclear" (not clear), "small" (small at best), "few" (too few to judge) and "void".
    """

    evaluation: Evaluation
    check: CheckResult
    audit: float | None
    label: str
    nav: "pd.Series[float]"
    mix_nav: "pd.Series[float]"
    verdict: Verdict
    measures: Measures
    card: Card
    lines: ReturnLines
    attribution: dict[str, tuple[EpisodeAttribution | None, ...]]
    acts: tuple[Acts, ...]

    @property
    def name(self) -> str:
        """The recipe as it was written, or the name that it was given."""
        return self.evaluation.recipe.name

    def __repr__(self) -> str:
        """Its name and verdict, in a line."""
        return f"<StrategyResult {self.name!r}: {self.verdict}>"


@dataclass(frozen=True, eq=False)
class Result:
    """The result of a run. The reference is the first of `strategies`, and all are measured over `period`.

    `whole` is the market that strategies saw; `left_out` says which built-in variants the history has no roles for, and
    `notes` what else to know of data and period; `command` repeats the run.
    `joint`, `drawdowns` and `crises` are the rows of their tables; `correlations` (sessions x 2) are those of the legs
    as known at each close; `drawn` are the resamples; `stressed` holds the results of scenarios and `as_of` those of
    each year-end, None where not asked for; `show` makes the HTML that a notebook shows.
    """

    settings: RunSettings
    whole: Market
    period: Period
    strategies: tuple[StrategyResult, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    command: str
    joint: tuple[Json, ...]
    drawdowns: tuple[Json, ...]
    crises: tuple[Json, ...]
    crisis_hashes: dict[str, str]
    chances: dict[str, list[RotationCount]]
    cushions: tuple[Cushion, ...]
    correlations: pd.DataFrame
    dependence: dict[str, object]
    drawn: Drawn
    stressed: Stressed | None
    as_of: tuple[YearEnd, ...] | None
    show: Callable[["Result"], str]

    @property
    def nav(self) -> pd.DataFrame:
        """Net asset values, sessions x strategies, from 1."""
        return pd.DataFrame({one.name: one.nav for one in self.strategies})

    @property
    def calendar_years(self) -> pd.DataFrame:
        """Returns by calendar year, a column a strategy; the first and the last can be parts of years."""
        return pd.DataFrame({one.name: calendar_years(one.nav) for one in self.strategies})

    @property
    def measures(self) -> pd.DataFrame:
        """The measures, a column a strategy."""
        return pd.DataFrame({one.name: one.measures for one in self.strategies})

    @property
    def scorecard(self) -> pd.DataFrame:
        """The figures of the scorecard, a column a strategy."""
        return pd.DataFrame({one.name: one.card.figures for one in self.strategies})

    @property
    def intervals(self) -> pd.DataFrame:
        """The 90% intervals by strategy and figure: columns low and high, NaN where none was made."""
        ends = {(one.name, name): ends for one in self.strategies for name, ends in one.card.intervals.items()}
        rows = [known or (float("nan"), float("nan")) for known in ends.values()]
        index = pd.MultiIndex.from_tuples(ends, names=("strategy", "figure")) if ends else None
        return pd.DataFrame(rows, index, columns=["low", "high"])

    @property
    def joint_sell_offs(self) -> pd.DataFrame:
        """The returns of assets and strategies in the joint sell-offs, a row a window."""
        return frame(self.joint)

    @property
    def pair_drawdowns(self) -> pd.DataFrame:
        """The returns of assets and strategies in the drawdowns of the pair, a row each."""
        return frame(self.drawdowns)

    def strategy(self, name: str) -> StrategyResult:
        """The strategy of that name; raise RecipeError with the nearest name if there is none."""
        named = {one.name: one for one in self.strategies}
        if name not in named:
            raise RecipeError(f"the run has no recipe {name!r}; {did_you_mean(name, named)}")
        return named[name]

    def to_vectorbt(self, name: str) -> Any:
        """The vectorbt Portfolio of the recipe of that name: its trades, records and plots."""
        return self.strategy(name).evaluation.to_vectorbt()

    def __repr__(self) -> str:
        """The recipes and the period, in a line."""
        names, dates = [one.name for one in self.strategies], self.period.sessions
        return f"<Result of {', '.join(names)}: {dates[0].date()} to {dates[-1].date()}>"

    def _repr_html_(self) -> str:
        """The HTML that a notebook shows: the summary's tables."""
        return self._html

    @functools.cached_property
    def _html(self) -> str:
        return self.show(self)
