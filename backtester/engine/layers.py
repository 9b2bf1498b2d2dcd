"""The layers of recipes: what each strategy was given and what it answered, and the book that the topmost wants.

`layers_of` goes breadth first. A layer that several recipes share is computed once, and the portfolios that the
strategies of one depth read are kept by one call of the kernel.
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
from backtester.engine.targets import StepInputs, call_step, columns_of, copied, fill_targets, step_inputs
from backtester.errors import BacktesterError, caught
from backtester.histories.market import Market
from backtester.histories.rhythm import Rhythm
from backtester.plugins.recipes import Recipe, Step
from backtester.plugins.strategy import Strategy

MOST_LAYERS = 16  # that a desk keeps, some hundred kilobytes each
Asked = tuple[Recipe, Execution]


class Key(NamedTuple):
    """The key of a layer: the steps up to it and, once one of them reads a portfolio, how that is traded."""

    steps: tuple[tuple[Strategy, str], ...]
    trading: tuple[Trigger, str] | None


@dataclass(frozen=True, repr=False, eq=False)
class Layer:
    """The inputs of one step of a recipe, and what it returned."""

    step: Step
    inputs: StepInputs
    raw: pd.DataFrame

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The target in force at each session."""
        return fill_targets(self.raw)

    @cached_property
    def state(self) -> "pd.Series[str] | None":
        """The states that the strategy returns, a word a session; None without a function `state`."""
        if self.step.strategy.state is None:
            return None
        return call_state(self.step, copied(self.inputs), pd.DatetimeIndex(self.raw.index))

    @cached_property
    def first(self) -> int:
        """The first session with a target; 0 where there is none, and so nothing to trade."""
        values = self.raw.to_numpy()
        return 0 if not np.isnan(values[0]).any() else int((~np.isnan(values).any(axis=1)).argmax())


Layers = tuple[Layer, ...]


class Desk:
    """A market, and what books over it share: its parts from some session on, the sessions of a schedule, and layers
    that others stood on, with the net asset values that strategies read of them."""

    def __init__(self, market: Market) -> None:
        """A desk without anything on it."""
        self.market, self.there = market, presence_of(market)
        self._parts: dict[int, Market] = {}
        self._flags: dict[tuple[Schedule, int], Flags] = {}
        self.layers: dict[Key, Layer] = {}
        self.navs: dict[tuple[Layer, object], pd.Series[float]] = {}

    def since(self, first: int) -> Market:
        """The market from that session on, the same object every time."""
        return self._parts.get(first) or self._parts.setdefault(first, self.market.since(first))

    def flags(self, schedule: Schedule, first: int) -> Flags:
        """The decisions of a schedule whose first target is that session's."""
        if (schedule, first) not in self._flags:
            self._flags[schedule, first] = decisions(schedule, self.market.calendar, first=first)
        return self._flags[schedule, first].copy()

    def held(self, targets: Array, first: int) -> pd.DataFrame:
        """Targets (T, K) from a session on, of the assets that are ever wanted; of one of them where it is cash alone,
        which has accounts too."""
        wanted = np.flatnonzero(targets.any(axis=0)).tolist() or [0]
        columns = columns_of(tuple(self.market.assets[place] for place in wanted))
        return pd.DataFrame(targets.T[wanted, first:].T, self.since(first).sessions, columns, copy=False)

    def book(self, recipe: Recipe, execution: Execution, layers: Sequence[Layer]) -> Book:
        """The book of the topmost layer, from the first session on which all that the layers need has begun."""
        trigger, targets = trigger_of(recipe, execution, self.market.rhythm), layers[-1].targets
        first = first_session(self.market, tuple(layer.step for layer in layers), targets, self.there)
        given = [layer.first for layer in layers if layer.step.strategy.made_of == "weights"]
        first = max(first, *given, 0)  # a table of weights has begun with its first row
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
    """The lower layers of a recipe, and what it trades like."""

    recipe: Recipe
    execution: Execution
    layers: Layers

    @property
    def step(self) -> Step:
        """The step on top of them."""
        return self.recipe.steps[len(self.layers)]


def layers_of(asked: Sequence[Asked], desk: Desk) -> list[Layers | BacktesterError]:
    """The layers of each recipe, or the error that ended it."""
    if len(desk.layers) > MOST_LAYERS:
        desk.layers.clear()
        desk.navs.clear()
    keys = [_keys(*one, desk.market.rhythm) for one in asked]
    done: list[Layers | BacktesterError] = [own if isinstance(own, BacktesterError) else () for own in keys]
    for depth in range(max((len(recipe.steps) for recipe, _ in asked), default=0)):
        parts: dict[Key, RecipeLayers] = {}
        above: list[tuple[int, Layers, Key]] = []
        for place, (own, layers) in enumerate(zip(keys, done, strict=True)):
            if isinstance(own, list) and isinstance(layers, tuple) and depth < len(own):
                parts.setdefault(own[depth], RecipeLayers(*asked[place], layers))
                above.append((place, layers, own[depth]))
        new = {key: part for key, part in parts.items() if key not in desk.layers}
        portfolios = _portfolios(new, desk)
        found = {key: _layer(part, portfolios.get(key), desk.market) for key, part in new.items()}
        for place, layers, key in above:
            layer = desk.layers.get(key) or found[key]
            done[place] = layer if isinstance(layer, BacktesterError) else (*layers, layer)
            if isinstance(layer, Layer) and depth + 1 < len(asked[place][0].steps):
                desk.layers[key] = layer
    return done


def _keys(recipe: Recipe, execution: Execution, rhythm: Rhythm) -> list[Key] | BacktesterError:
    """The key of each layer: the steps up to it and, once one reads a portfolio, how the whole recipe trades."""
    trigger = caught(lambda: trigger_of(recipe, execution, rhythm))
    if isinstance(trigger, BacktesterError):
        return trigger
    keys: list[Key] = []
    key = Key((), None)
    for step in recipe.steps:
        trading = (trigger, execution.spelled) if _reads_portfolio(step) else key.trading
        key = Key((*key.steps, (step.strategy, step.full)), trading)
        keys.append(key)
    return keys


def _reads_portfolio(step: Step) -> bool:
    return "portfolio" in step.strategy.declaration.reads


def _portfolios(parts: dict[Key, RecipeLayers], desk: Desk) -> dict[Key, "pd.Series[float] | BacktesterError"]:
    """The `portfolio` that steps are given which read it: the net asset value of the layers below, kept once for all
    that read the same."""
    read = {key: (part.layers[-1], key.trading) for key, part in parts.items() if _reads_portfolio(part.step)}
    first = {same: parts[key] for key, same in reversed(read.items()) if same not in desk.navs}
    books = [caught(partial(desk.book, *part)) for part in first.values()]
    navs = {same: _nav(one, desk.market) for same, one in zip(first, simulate_many(books), strict=True)}
    desk.navs.update((same, one) for same, one in navs.items() if not isinstance(one, BacktesterError))
    return {key: navs[same] if same in navs else desk.navs[same] for key, same in read.items()}


def _nav(accounts: Accounts | BacktesterError, market: Market) -> "pd.Series[float] | BacktesterError":
    return accounts if isinstance(accounts, BacktesterError) else accounts.nav.reindex(market.sessions)


def _layer(
    part: RecipeLayers, portfolio: "pd.Series[float] | BacktesterError | None", market: Market
) -> Layer | BacktesterError:
    if isinstance(portfolio, BacktesterError):
        return portfolio
    base = part.layers[-1].targets if part.layers else None

    def called() -> Layer:
        inputs = step_inputs(part.step.strategy, market, base, portfolio)
        given = copied(inputs)  # the layer keeps what a careless step may change
        return Layer(part.step, inputs, call_step(part.step, given, market))

    return caught(called)


def last_inputs(recipe: Recipe, market: Market) -> StepInputs:
    """The inputs of the recipe's last step under the default execution; that step is not called."""
    trigger = trigger_of(recipe, Execution(), market.rhythm)
    execution, desk = Execution(rebalance=str(trigger.schedule), band=trigger.band), Desk(market)
    [layers] = layers_of([(Recipe(recipe.steps[:-1]), execution)], desk)
    if isinstance(layers, BacktesterError):
        raise layers
    key = Key((), None)
    portfolio = _portfolios({key: RecipeLayers(recipe, execution, layers)}, desk).get(key)
    if isinstance(portfolio, BacktesterError):
        raise portfolio
    return step_inputs(recipe.steps[-1].strategy, market, layers[-1].targets if layers else None, portfolio)
