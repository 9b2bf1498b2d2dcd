"""The layers of recipes: when each begins, what is held, what is shared, and from when a book of them trades."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.costs import NO_COSTS
from backtester.engine.execution import Execution, trigger_of
from backtester.engine.layers import (
    MOST_LAYERS,
    EvaluationRequest,
    Layer,
    LayerKey,
    Layers,
    MarketCache,
    last_inputs,
    layers_of,
)
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.recipes import parse_recipe
from builders import made_library, made_market

NAN = float("nan")
LIBRARY = made_library(
    half='"""Hold half."""\ndef weights():\n    return {"stocks": 0.5}\n',
    late='"""Hold the base from the fourth session on."""\n'
    'def weights(base):\n    base.iloc[:3] = float("nan")\n    return base\n',
    grown='"""Hold what the portfolio came to."""\n'
    'def weights(portfolio):\n    return portfolio.to_frame("stocks") / 4\n',
    broken='"""Fail."""\ndef weights(stocks):\n    raise ValueError("no")\n',
)


@pytest.fixture
def market() -> Market:
    """Six sessions; stocks double on the third."""
    return made_market({"stocks": [1.0, 1, 2, 2, 2, 2], "gold": [1.0] * 6})


def asked(text: str, rebalance: str = "day") -> EvaluationRequest:
    """The recipe without costs, traded at the close of the decision."""
    return parse_recipe(text, LIBRARY), Execution(rebalance=rebalance, lag=0, costs=NO_COSTS)


def layers(text: str, market: Market) -> Layers:
    """The layers of one recipe."""
    [found] = layers_of([asked(text)], MarketCache(market))
    assert not isinstance(found, BacktesterError)
    return found


@pytest.mark.parametrize(
    ("stocks", "gold", "first"),
    [
        ([0.5, 0.5, 0.5], [0, 0, 0], 0),
        ([NAN, 0.5, 0.5], [NAN, 0, 0], 1),
        ([0.5, 0.5, 0.5], [NAN, NAN, 0], 2),
        ([0.5, NAN, 0.5], [0, NAN, 0], 0),
        ([NAN, NAN, NAN], [NAN, NAN, NAN], 0),
    ],
)
def test_the_first_session_with_a_target(market: Market, stocks: list[float], gold: list[float], first: int) -> None:
    """It is the first on which every asset has a weight, and 0 where there is none."""
    [layer] = layers("half", market)
    raw = pd.DataFrame({"stocks": stocks, "gold": gold}, market.sessions[:3], dtype=float)
    assert Layer(layer.step, layer.inputs, raw).first == first


@pytest.mark.parametrize(
    ("stocks", "gold", "held"),
    [([0.5, 0.5], [0, 0], ["stocks"]), ([0, 0], [0, 0.1], ["gold"]), ([0, 0], [0, 0], ["stocks"])],
)
def test_what_is_held(market: Market, stocks: list[float], gold: list[float], held: list[str]) -> None:
    """The assets that are ever wanted; the first of all where none is."""
    targets = np.array([stocks, gold], float).T
    assert MarketCache(market.cut(2)).held(targets, 0).columns.tolist() == held


def test_what_recipes_share_is_computed_once(market: Market) -> None:
    """Two recipes on one base have the same layer of it, one object, and each its own on top."""
    one, two = layers_of([asked("half + late"), asked("half + grown")], MarketCache(market))
    assert isinstance(one, tuple)
    assert isinstance(two, tuple)
    assert one[0] is two[0]
    assert [layer.step.strategy.name for layer in (*one, *two)] == ["half", "late", "half", "grown"]


def test_recipes_of_any_depth_stand_side_by_side(market: Market) -> None:
    """One of a single step, one that fails, whose error it is, and one of two."""
    one, failed, two = layers_of([asked("half"), asked("broken + late"), asked("half + grown")], MarketCache(market))
    assert isinstance(failed, BacktesterError)
    assert [len(found) for found in (one, two) if isinstance(found, tuple)] == [1, 2]


def test_a_desk_keeps_what_others_stood_on(market: Market) -> None:
    """Asked again, the lower layer is the same object and the topmost another; too many of them are forgotten."""
    cache = MarketCache(market)
    first, again = (layers_of([asked("half + grown")], cache)[0] for _ in range(2))
    assert isinstance(first, tuple)
    assert isinstance(again, tuple)
    assert first[0] is again[0]
    assert first[1] is not again[1]
    assert [step.step.strategy.name for step in cache.layers.values()] == ["half"]
    assert [kept for kept, _ in cache.navs] == [first[0]]  # the layer itself: a number of it may become another's
    others = [LayerKey((), (trigger_of(*asked("half")), str(place))) for place in range(MOST_LAYERS)]
    cache.layers |= dict.fromkeys(others[1:], first[0])  # as many as it keeps
    [kept] = layers_of([asked("half + grown")], cache)
    assert isinstance(kept, tuple)
    assert kept[0] is first[0]
    cache.layers[others[0]] = first[0]
    [anew] = layers_of([asked("half + grown")], cache)
    assert isinstance(anew, tuple)
    assert anew[0] is not first[0]
    assert anew[1].raw.equals(first[1].raw)
    assert [kept for kept, _ in cache.navs] == [anew[0]]


def test_a_step_reads_the_portfolio_below_it(market: Market) -> None:
    """Half in stocks that double: the portfolio is worth 1.5 from the third session on."""
    assert layers("half + grown", market)[1].raw["stocks"].tolist() == [0.25, 0.25, 0.375, 0.375, 0.375, 0.375]


def test_an_overlay_that_warms_up(market: Market) -> None:
    """The book is kept from the base's first session; it decides then, and by the schedule when the overlay begins."""
    recipe, execution = asked("half + late", "never")
    book = MarketCache(market).book(recipe, execution, layers("half + late", market))
    assert len(book.market.sessions) == 6
    assert book.decisions.ravel().tolist() == [0, 0, 0, 1, 0, 0]


def test_a_desk_cuts_a_market_once(market: Market) -> None:
    """The part from a session on is the same object every time."""
    cache = MarketCache(market)
    assert cache.since(2) is cache.since(2)
    assert cache.since(2).sessions[0] == market.sessions[2]


def test_what_the_last_step_is_given(market: Market) -> None:
    """The targets of the steps below it and what these came to; the first step has none. The step is not called."""
    usual = last_inputs(parse_recipe("half + late + grown", LIBRARY), market)
    assert usual["portfolio"].tolist() == pytest.approx([1.0] * 6, abs=2e-4)  # invested when stocks had doubled
    below = last_inputs(parse_recipe("half + late", LIBRARY), market)
    assert below["base"]["stocks"].tolist() == [0.5] * 6
    assert last_inputs(parse_recipe("half", LIBRARY), market) == {}
    with pytest.raises(BacktesterError, match="broken"):
        last_inputs(parse_recipe("broken + late", LIBRARY), market)
