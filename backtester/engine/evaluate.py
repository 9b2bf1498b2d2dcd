"""One recipe on one market: its targets, and the portfolio that trades them."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.ledger import portfolio
from backtester.engine.schedule import Schedule, decisions, parse_schedule
from backtester.engine.simulate import Accounts, simulate
from backtester.engine.targets import Inputs, call_step, copied, fill_targets, first_session, step_inputs
from backtester.errors import BacktesterError, PluginError, RecipeError
from backtester.histories.market import Market
from backtester.histories.rhythm import DAILY, Rhythm
from backtester.plugins.recipes import Recipe, Step

DEFAULT_BAND = 0.05


def _band(value: float) -> float:
    """The band; raise ValueError if it is neither infinite nor a fraction of the portfolio."""
    if not (0 <= value <= 1 or value == np.inf):
        raise ValueError(f"{value:g} is no band; give a fraction of 1 such as 0.05, or infinity for none")
    return value


Band = Annotated[float, Field(allow_inf_nan=True), AfterValidator(_band)]


class Execution(BaseModel):
    """How targets are traded. `rebalance` and `band` are None where the recipe's own, or the default, is to hold.

    `relative_band`: also trade when an asset is off by this share of its own target, None for never; `to_edge`: a trade
    that a band calls for goes to the band's edge only; `min_trade`: what is off by less of NAV is not traded.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lag: int = Field(default=1, ge=0, le=252)
    rebalance: str | None = None
    band: Band | None = None
    relative_band: float | None = Field(default=None, gt=0, le=2, allow_inf_nan=False)
    to_edge: bool = False
    min_trade: float = Field(default=0.0, ge=0, lt=1, allow_inf_nan=False)
    costs: Costs = Costs()


@dataclass(frozen=True)
class Trigger:
    """What makes a recipe trade: its schedule, and its band."""

    schedule: Schedule
    band: float


@dataclass(frozen=True, repr=False)
class Layer:
    """What one step of a recipe was given and what it answered."""

    step: Step
    inputs: Inputs
    raw: pd.DataFrame


@dataclass(frozen=True, repr=False)
class Evaluation:
    """A recipe carried out: its layers, the targets in force at each session, and from session `first` on its book and
    the accounts of it."""

    recipe: Recipe
    schedule: Schedule
    layers: tuple[Layer, ...]
    targets: pd.DataFrame
    first: int
    book: Book
    accounts: Accounts

    def __repr__(self) -> str:
        """The recipe, in a line."""
        return f"<Evaluation of {self.recipe.name}>"

    def to_vectorbt(self) -> Any:
        """The same book kept by vectorbt: its Portfolio with trades, records and plots."""
        return portfolio(self.book)


def evaluate(recipe: Recipe, market: Market, execution: Execution) -> Evaluation:
    """The recipe's targets and accounts; an error in a strategy has the recipe as a note."""
    layers: list[Layer] = []
    try:
        trigger = trigger_of(recipe, execution, market.rhythm)
        for step in recipe.steps:
            layers.append(_layer(step, layers, market, execution, trigger))
        book = _book(market, layers, execution, trigger)
        accounts = simulate(book)
    except BacktesterError as error:
        error.add_note(f"in the recipe {recipe.name!r}")
        raise
    first = len(market.sessions) - len(book.market.sessions)
    return Evaluation(recipe, trigger.schedule, tuple(layers), fill_targets(layers[-1].raw), first, book, accounts)


def default_rebalance(rhythm: Rhythm) -> str:
    """The schedule where nobody states one: month, or quarter where sessions are quarterly."""
    return "month" if "month" in rhythm.periods else rhythm.periods[0]


def trigger_of(recipe: Recipe, execution: Execution, rhythm: Rhythm = DAILY) -> Trigger:
    """Schedule and band: the run's if it states them, else the last strategy's that does, else month and 5 points."""
    default = default_rebalance(rhythm)
    stated: list[object] = [default, *(step.strategy.rebalance for step in recipe.steps), execution.rebalance]
    bands: list[object] = [DEFAULT_BAND, *(step.strategy.band for step in recipe.steps), execution.band]
    try:
        schedule = parse_schedule([value for value in stated if value is not None][-1], rhythm)
    except RecipeError as error:
        own = [step.strategy.name for step in recipe.steps if step.strategy.rebalance is not None]
        if execution.rebalance is not None or not own:
            raise
        raise RecipeError(f"REBALANCE of strategy {own[-1]!r}: {error}") from error
    band = [value for value in bands if value is not None][-1]
    if not isinstance(band, int | float) or isinstance(band, bool) or not (0 <= band <= 1 or band == np.inf):
        raise PluginError(f"BAND is {band!r}; a fraction of 1 such as 0.05, or infinity for none, is needed")
    return Trigger(schedule, float(band))


def last_inputs(recipe: Recipe, market: Market) -> Inputs:
    """What the last step of the recipe is given under the default execution; that step itself is not called."""
    execution, layers = Execution(), list[Layer]()
    trigger = trigger_of(recipe, execution, market.rhythm)
    for step in recipe.steps[:-1]:
        layers.append(_layer(step, layers, market, execution, trigger))
    return _inputs(recipe.steps[-1], layers, market, execution, trigger)


def _inputs(step: Step, below: list[Layer], market: Market, execution: Execution, trigger: Trigger) -> Inputs:
    base = fill_targets(below[-1].raw) if below else None
    portfolio = None
    if "portfolio" in step.strategy.declaration.reads:
        portfolio = simulate(_book(market, below, execution, trigger)).nav.reindex(market.sessions)
    return step_inputs(step.strategy, market, base, portfolio)


def _layer(step: Step, below: list[Layer], market: Market, execution: Execution, trigger: Trigger) -> Layer:
    inputs = _inputs(step, below, market, execution, trigger)
    given = copied(inputs)  # the layer keeps what a careless step may change
    return Layer(step, inputs, call_step(step, given, market))


def _book(market: Market, layers: list[Layer], execution: Execution, trigger: Trigger) -> Book:
    """The book of the topmost layer, from the first session on which all that the layers need has begun."""
    targets = fill_targets(layers[-1].raw)
    held = (targets.to_numpy() != 0).any(axis=0)
    if not held.all():
        targets = targets.loc[:, held] if held.any() else targets.iloc[:, :1]  # of cash alone there are accounts too
    first = first_session(market, tuple(layer.step for layer in layers), targets)
    given = [layer.raw for layer in layers if layer.step.strategy.made_of == "weights"]
    first = max(first, *(_first_target(raw) for raw in given), 0)  # a table of weights has begun with its first row
    starts = [max(first, _first_target(layer.raw)) for layer in layers]
    flags = decisions(trigger.schedule, market.calendar, first=starts[-1])
    flags[..., max(starts) :][..., :1] = True  # an overlay on a base that warms up invests when the base does
    return Book(
        market=market.since(first),
        targets=targets.iloc[first:],
        decisions=flags[..., first:],
        lag=execution.lag,
        band=trigger.band,
        costs=execution.costs,
        relative_band=execution.relative_band or np.inf,
        to_edge=execution.to_edge,
        min_trade=execution.min_trade,
    )


def _first_target(raw: pd.DataFrame) -> int:
    """The first session with a target; 0 where there is none, and so nothing to trade."""
    return int((~np.isnan(raw.to_numpy()).any(axis=1)).argmax())
