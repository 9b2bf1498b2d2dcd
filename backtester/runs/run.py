"""Carrying out a run: every recipe evaluated and checked, the common window found, the crises looked up."""

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtester.analysis.crises import read_crises
from backtester.analysis.dependence import rolling_correlations
from backtester.analysis.pair import Pair, leg_levels, reference_pair
from backtester.analysis.selloffs import joint_selloffs, other_selloffs
from backtester.analysis.windows import Window
from backtester.contract.check import Check, check_layer
from backtester.engine.evaluate import Evaluation, Layer, evaluate
from backtester.engine.ledger import audit
from backtester.errors import BacktesterError, DataError, RecipeError, did_you_mean
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.runs.intervals import Keys, ground_of, resampled
from backtester.runs.notebook import summary_html
from backtester.runs.overlays import Navs, part_navs
from backtester.runs.reads import market_of
from backtester.runs.scenes import Scene, scene
from backtester.runs.settings import RunSettings, refuse_too_many
from backtester.runs.summary import summary
from backtester.runs.tell import Tell, tell_nobody

LATE = pd.DateOffset(years=5)  # a built-in variant that starts later than this after the reference is left out


@dataclass(frozen=True, repr=False)
class Result:
    """A run carried out. `market` is cut to the common window; `nav` (sessions x recipes) starts at 1 there.

    `audits` are the largest differences to the second engine, None where none was asked for; `left_out` says
    which of the built-in variants the history does not have the roles for. `parts` are the values of each recipe and of
    what its overlays are judged by; `correlations` (sessions x 2) are those of the legs as known at each close;
    `resampled` are the resampled intervals of every recipe but the reference.
    """

    settings: RunSettings
    whole: Market
    market: Market
    evaluations: tuple[Evaluation, ...]
    checks: tuple[Check, ...]
    audits: tuple[float | None, ...]
    left_out: tuple[str, ...]
    nav: pd.DataFrame
    pair: Pair
    joint: list[Window]
    other: list[Window]
    scenes: list[Scene]
    parts: Navs
    correlations: pd.DataFrame
    resampled: dict[str, Keys]

    @property
    def reference(self) -> "pd.Series[float]":
        """The reference's net asset value."""
        return self.nav[self.evaluations[0].recipe.name]

    @property
    def month_ends(self) -> "pd.Series[bool]":
        """Which sessions of the window are the last of their month."""
        return self.market.calendar["month"]

    def to_vectorbt(self, name: str) -> Any:
        """The vectorbt Portfolio of the recipe of that name: its trades, records and plots."""
        named = {run.recipe.name: run for run in self.evaluations}
        if name not in named:
            raise RecipeError(f"the run has no recipe {name!r}; {did_you_mean(name, named)}")
        return named[name].to_vectorbt()

    def __repr__(self) -> str:
        """The recipes and the window, in a line."""
        dates = self.market.sessions
        return f"<Result of {', '.join(self.nav.columns)}: {dates[0].date()} to {dates[-1].date()}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the summary's tables."""
        return self._html

    @functools.cached_property
    def _html(self) -> str:
        from backtester.runs.document.whole import document  # imports this module

        return summary_html(summary(document(self)))


def carry_out(settings: RunSettings, tell: Tell = tell_nobody) -> Result:
    """The result of a run; `tell` hears what is being done."""
    tell("Reading the history")
    recipes = _recipes(settings, load_library(settings.plugins))
    whole = market_of(settings, recipes)
    legs = leg_levels(whole, settings)
    evaluations, left_out = _evaluations(settings, recipes, whole, tell)
    tell("Checking that strategies know only the past")
    checks = _check(evaluations, whole)
    audits: list[float | None] = [None] * len(evaluations)
    if settings.audit:
        tell("Keeping every book again with vectorbt")
        audits = [audit(run.book, run.accounts.nav) for run in evaluations]
    first = common_start(whole, evaluations, settings)
    market = whole.since(first)
    nav = pd.DataFrame({run.recipe.name: run.accounts.nav.reindex(market.sessions) for run in evaluations})
    nav /= nav.iloc[0]
    tell("Finding what each overlay adds")
    parts = part_navs(evaluations, whole, settings.execution)
    tell("Finding joint sell-offs")
    pair = reference_pair(market, settings)
    joint = joint_selloffs(pair, settings.thresholds)
    return Result(
        settings=settings,
        whole=whole,
        market=market,
        evaluations=tuple(evaluations),
        checks=checks,
        audits=tuple(audits),
        left_out=tuple(left_out),
        nav=nav,
        pair=pair,
        joint=joint,
        other=other_selloffs(pair, joint, settings.thresholds),
        scenes=[scene(crisis, market, pair, settings) for crisis in read_crises(settings.data)],
        parts={name: part.reindex(market.sessions) for name, part in parts.items()},
        correlations=rolling_correlations(legs, whole.calendar["month"]).loc[market.sessions],
        resampled=resampled(settings, ground_of(market, pair, len(joint)), nav, tell),
    )


def _recipes(settings: RunSettings, library: Library) -> list[Recipe]:
    """The recipes in order, the reference first, each once."""
    recipes = [parse_recipe(text, library) for text in settings.all_recipes]
    told = list({recipe.full: recipe for recipe in reversed(recipes)}.values())[::-1]
    refuse_too_many(len(told) - 1)
    return told


def _evaluations(
    settings: RunSettings, recipes: list[Recipe], market: Market, tell: Tell
) -> tuple[list[Evaluation], list[str]]:
    """The recipes carried out. Where none was named, a built-in variant that cannot run on this history, or would cut
    more than five years off the window of all, is left out and told; one that was named is never left out."""
    done: list[Evaluation] = []
    left_out: list[str] = []
    for recipe in recipes:
        tell(f"Simulating {recipe.name}")
        may_be_left_out = bool(done) and not settings.recipes
        try:
            run = evaluate(recipe, market, settings.execution)
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            left_out.append(f"{recipe.name}: {error}")
            continue
        starts = market.sessions[run.first]
        if may_be_left_out and starts > market.sessions[done[0].first] + LATE:
            left_out.append(f"{recipe.name}: it can only start on {starts.date()}; name it to have all start then")
        else:
            done.append(run)
    return done, left_out


def common_start(market: Market, evaluations: list[Evaluation], settings: RunSettings) -> int:
    """The first session on which every recipe runs, both legs of the pair have a level, and the start has come."""
    legs, start = leg_levels(market, settings).notna().all(axis=1).to_numpy(), settings.start
    if len(market.sessions) == 0 or not legs.any():
        both = " and ".join(settings.legs)
        raise DataError(f"history {market.history.name!r} has no session with both {both} in this window")
    first = max(int(legs.argmax()), *(run.first for run in evaluations))
    if start is not None:
        first = max(first, int(market.sessions.searchsorted(pd.Timestamp(start))))
    if first > len(market.sessions) - 3:
        raise DataError(
            f"the window holds {max(0, len(market.sessions) - first)} sessions; history {market.history.name!r} covers "
            f"{market.sessions[0].date()} to {market.sessions[-1].date()}: choose --start and --end inside it"
        )
    for run in evaluations:
        if run.accounts.ruin is not None and run.accounts.ruin <= market.sessions[first]:
            raise RecipeError(
                f"{run.recipe.name!r} was ruined on {run.accounts.ruin.date()} and has nothing left to measure from "
                f"{market.sessions[first].date()} on; leave it out, or start before its ruin"
            )
    return first


def _check(evaluations: list[Evaluation], market: Market) -> tuple[Check, ...]:
    """The short check of each recipe, every layer of it; a layer that recipes share is checked once."""
    known: dict[tuple[str, ...], Check] = {}

    def layer_check(layers: tuple[Layer, ...]) -> Check:
        key = tuple(layer.step.spelled(tuple(layer.step.settings)) for layer in layers)
        if key not in known:
            known[key] = check_layer(layers[-1], market)
        return known[key]

    checks = []
    for run in evaluations:
        parts = [layer_check(run.layers[: depth + 1]) for depth in range(len(run.layers))]
        checks.append(Check(tuple(finding for part in parts for finding in part.findings), parts[-1].cuts))
    return tuple(checks)
