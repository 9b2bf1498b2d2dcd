"""The layers of recipes: the inputs and target weights of each strategy in turn, and the book of the topmost one.

A recipe is a base strategy and overlays on it, its steps. `layers_of` works through many recipes depth by depth: a
layer that several share is computed once, and all portfolios that steps of one depth read are simulated together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.engine.accounts import Accounts
from backtester.engine.book import Book
from backtester.engine.execution import Execution, Trigger, trigger_of
from backtester.engine.first_sessions import first_session, presence_of
from backtester.engine.schedule import Schedule, decisions
from backtester.engine.simulate import simulate_many
from backtester.engine.states import call_state
from backtester.engine.targets import StepInputs, call_step, columns_of, copied_inputs, fill_targets, step_inputs
from backtester.errors import BacktesterError, result_or_error
from backtester.histories.market import Market
from backtester.histories.rhythm import Rhythm
from backtester.plugins.recipes import Recipe, Step
from backtester.plugins.strategy import Strategy

MOST_LAYERS = 16  # that a cache keeps from one call to the next, some hundred kilobytes each
EvaluationRequest = tuple[Recipe, Execution]


class LayerKey(NamedTuple):
    """What determines a layer: the steps up to it, with their texts, and how a portfolio that one reads is traded."""

    steps: tuple[tuple[Strategy, str], ...]
    trading: tuple[Trigger, str] | None


@dataclass(frozen=True, repr=False, eq=False)
class Layer:
    """One step of a recipe with its inputs and `raw`, the weights that it returned (sessions x assets)."""

    step: Step
    inputs: StepInputs
    raw: pd.DataFrame

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The target in force at each session."""
        return fill_targets(self.raw)

    @cached_property
    def state(self) -> "pd.Series[str] | None":
        """The text that the strategy's function `state` returns for each session; None if it has no such function."""
        if self.step.strategy.state is None:
            return None
        return call_state(self.step, copied_inputs(self.inputs), pd.DatetimeIndex(self.raw.index))

    @cached_property
    def first(self) -> int:
        """The number of the first session with a target; 0 where there is no target at all."""
        values = self.raw.to_numpy()
        return 0 if not np.isnan(values[0]).any() else int((~np.isnan(values).any(axis=1)).argmax())


Layers = tuple[Layer, ...]


class MarketCache:
    """A market, and what many recipes on it share: later parts of it, decisions of schedules, layers and their NAVs."""

    def __init__(self, market: Market) -> None:
        """Start without results."""
        self.market, self.presence = market, presence_of(market)
        self._parts: dict[int, Market] = {}
        self._flags: dict[tuple[Schedule, int], Flags] = {}
        self.layers: dict[LayerKey, Layer] = {}
        self.navs: dict[tuple[Layer, object], pd.Series[float]] = {}

    def since(self, first: int) -> Market:
        """The market from session number `first` on, the same object every time."""
        return self._parts.get(first) or self._parts.setdefault(first, self.market.since(first))

    def flags(self, schedule: Schedule, first: int) -> Flags:
        """The decisions of a schedule, (T,) or (tranches, T), for a book whose first target is of session `first`."""
        if (schedule, first) not in self._flags:
            self._flags[schedule, first] = decisions(schedule, self.market.calendar, first=first)
        return self._flags[schedule, first].copy()

    def held(self, targets: Array, first: int) -> pd.DataFrame:
        """The targets (T, K), from `first` on, of assets that have any; if none has, of one, as the kernel needs."""
        wanted = np.flatnonzero(targets.any(axis=0)).tolist() or [0]
        columns = columns_of(tuple(self.market.assets[place] for place in wanted))
        return pd.DataFrame(targets.T[wanted, first:].T, self.since(first).sessions, columns, copy=False)

    def book(self, recipe: Recipe, execution: Execution, layers: Sequence[Layer]) -> Book:
        """The book of the topmost layer, from the first session on which all roles that it needs have a value."""
        trigger, targets = trigger_of(recipe, execution, self.market.rhythm), layers[-1].targets
        first = first_session(self.market, tuple(layer.step for layer in layers), targets, self.presence)
        tables = [layer.first for layer in layers if layer.step.strategy.made_of == "weights"]
        first = max(first, *tables, 0)  # a user's table of weights begins with its first row
        starts = [max(first, layer.first) for layer in layers]
        flags = self.flags(trigger.schedule, starts[-1])
        flags[..., max(starts) :][..., :1] = True  # an overlay on a base that warms up invests when the base does
        return Book(
            market=self.since(first),
            targets=self.held(targets.to_numpy(), first),
            decisions=flags[..., first:],
            lag=execution.lag,
            band=trigger.band,
            costs=execution.costs,
            relative_band=execution.relative_band or np.inf,
            to_edge=execution.to_edge,
            min_trade=execution.min_trade,
        )


class RecipeLayers(NamedTuple):
    """A recipe with its execution, and the lowest of its layers: those that are computed."""

    recipe: Recipe
    execution: Execution
    layers: Layers

    @property
    def step(self) -> Step:
        """The next step, whose layer is not computed."""
        return self.recipe.steps[len(self.layers)]


def layers_of(requests: Sequence[EvaluationRequest], cache: MarketCache) -> list[Layers | BacktesterError]:
    """The layers of each recipe, from its base up, or the error that a step, schedule or band of it raised."""
    if len(cache.layers) > MOST_LAYERS:
        cache.layers.clear()
        cache.navs.clear()
    keys = [_keys(*request, cache.market.rhythm) for request in requests]
    done: list[Layers | BacktesterError] = [own if isinstance(own, BacktesterError) else () for own in keys]
    for depth in range(max((len(recipe.steps) for recipe, _ in requests), default=0)):
        going: list[tuple[int, LayerKey, RecipeLayers]] = []  # the recipes that have a step at this depth, by number
        for number, (own, layers) in enumerate(zip(keys, done, strict=True)):
            if isinstance(own, list) and isinstance(layers, tuple) and depth < len(own):
                going.append((number, own[depth], RecipeLayers(*requests[number], layers)))
        new: dict[LayerKey, RecipeLayers] = {}
        for _, key, part in going:
            if key not in cache.layers:
                new.setdefault(key, part)
        portfolios = _portfolios(new, cache)
        made = {key: _layer(part, portfolios.get(key), cache.market) for key, part in new.items()}
        for number, key, part in going:
            layer = cache.layers.get(key) or made[key]
            done[number] = layer if isinstance(layer, BacktesterError) else (*part.layers, layer)
            if isinstance(layer, Layer) and depth + 1 < len(part.recipe.steps):  # another recipe may differ above it
                cache.layers[key] = layer
    return done


def _keys(recipe: Recipe, execution: Execution, rhythm: Rhythm) -> list[LayerKey] | BacktesterError:
    """The key of each layer of a recipe, or the error that its schedule or band raises."""
    trigger = result_or_error(lambda: trigger_of(recipe, execution, rhythm))
    if isinstance(trigger, BacktesterError):
        return trigger
    keys: list[LayerKey] = []
    key = LayerKey((), None)
    for step in recipe.steps:
        trading = (trigger, execution.spelled) if _reads_portfolio(step) else key.trading
        key = LayerKey((*key.steps, (step.strategy, step.full)), trading)
        keys.append(key)
    return keys


def _reads_portfolio(step: Step) -> bool:
    return "portfolio" in step.strategy.declaration.reads


def _portfolios(
    parts: dict[LayerKey, RecipeLayers], cache: MarketCache
) -> dict[LayerKey, "pd.Series[float] | BacktesterError"]:
    """The net asset value of the layers below each step that reads `portfolio`, by the step's key, or its error; steps
    that read the same layers traded in the same way share one simulation."""
    read = {key: (part.layers[-1], key.trading) for key, part in parts.items() if _reads_portfolio(part.step)}
    missing = {traded: parts[key] for key, traded in reversed(read.items()) if traded not in cache.navs}  # first wins
    books = [result_or_error(partial(cache.book, *part)) for part in missing.values()]
    navs = {traded: _nav(made, cache.market) for traded, made in zip(missing, simulate_many(books), strict=True)}
    cache.navs.update((traded, nav) for traded, nav in navs.items() if not isinstance(nav, BacktesterError))
    return {key: navs[traded] if traded in navs else cache.navs[traded] for key, traded in read.items()}


def _nav(accounts: Accounts | BacktesterError, market: Market) -> "pd.Series[float] | BacktesterError":
    return accounts if isinstance(accounts, BacktesterError) else accounts.nav.reindex(market.sessions)


def _layer(
    part: RecipeLayers, portfolio: "pd.Series[float] | BacktesterError | None", market: Market
) -> Layer | BacktesterError:
    """The layer of the part's next step, which may read the portfolio below it; or the error of either."""
    if isinstance(portfolio, BacktesterError):
        return portfolio
    base = part.layers[-1].targets if part.layers else None

    def make_layer() -> Layer:
        inputs = step_inputs(part.step.strategy, market, base, portfolio)
        return Layer(part.step, inputs, call_step(part.step, copied_inputs(inputs), market))  # it may change copies

    return result_or_error(make_layer)


def last_inputs(recipe: Recipe, market: Market) -> StepInputs:
    """The inputs of the recipe's last step under the default execution. Raise the error of a lower step that fails."""
    trigger = trigger_of(recipe, Execution(), market.rhythm)
    execution, cache = Execution(rebalance=str(trigger.schedule), band=trigger.band), MarketCache(market)
    [layers] = layers_of([(Recipe(recipe.steps[:-1]), execution)], cache)
    if isinstance(layers, BacktesterError):
        raise layers
    key = LayerKey((), None)
    portfolio = _portfolios({key: RecipeLayers(recipe, execution, layers)}, cache).get(key)
    if isinstance(portfolio, BacktesterError):
        raise portfolio
    return step_inputs(recipe.steps[-1].strategy, market, layers[-1].targets if layers else None, portfolio)
