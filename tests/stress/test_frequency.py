"""Results of strategies on drawn paths: the kernel's against the engine's, and seeds."""

import numpy as np
import pytest

from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS
from backtester.engine.costs import NO_COSTS, parse_costs
from backtester.engine.evaluate import Evaluation, evaluate
from backtester.engine.execution import Execution
from backtester.errors import ScenarioError
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from backtester.stress.dynamic import drawn_market, dynamic_paths
from backtester.stress.frequency import (
    PathSource,
    _mix_targets,
    _with_first_trade,
    draw_paths,
    is_static,
    make_path_source,
    sessions_of,
)
from backtester.stress.path_results import PathPlan
from backtester.stress.tilt import draw_path_rows, expected_sell_offs, start_chances
from builders import made_library, made_market

SHARES = np.array([[0.6, 0.4], [0.62, 0.38]])
PLAN = PathPlan(paths=6, years=3, seed=5)


@pytest.fixture(scope="module")
def runs(us: Market, library: Library) -> list[Evaluation]:
    """60/40, and with gold."""
    texts = ("sixty_forty", "sixty_forty + gold_overlay")
    return [evaluate(parse_recipe(text, library), us, Execution()) for text in texts]


@pytest.fixture(scope="module")
def source(us: Market) -> PathSource:
    """All of the embedded history."""
    return make_path_source(us, 0, DEFAULT_PAIR_SETTINGS, ["stocks", "bonds", "gold"])


def test_static_books_are_known(us: Market, library: Library, runs: list[Evaluation]) -> None:
    """Fixed weights need no strategy on a path; a target volatility, or tranches, do."""
    dynamic = evaluate(parse_recipe("sixty_forty + vol_target", library), us, Execution())
    tranches = evaluate(runs[0].recipe, us, Execution(rebalance="month/4"))
    assert [is_static(run) for run in (*runs, dynamic, tranches)] == [True, True, False, False]


def test_the_kernel_keeps_the_books_that_the_engine_keeps(source: PathSource, runs: list[Evaluation]) -> None:
    """On the same paths a static book by the kernel alone ends where the whole engine takes it.

    The engine comes in with weights that have drifted since the last month-end, which is all of the difference.
    """
    chances = start_chances(expected_sell_offs(source.blocks), 0.0)
    alone = draw_paths(source, runs, SHARES, chances, PLAN, threads=1)
    whole = dynamic_paths(
        source, [run.recipe for run in runs], (Execution(), DEFAULT_PAIR_SETTINGS), SHARES, chances, PLAN
    )
    np.testing.assert_allclose(alone.wealth, whole.wealth, rtol=5e-3)
    np.testing.assert_allclose(alone.falls, whole.falls, atol=5e-3)
    assert alone.windows.tolist() == whole.windows.tolist()


def test_costs_are_those_of_each_asset(us: Market, source: PathSource, runs: list[Evaluation]) -> None:
    """Where gold costs 5% to trade and nothing else costs anything, the kernel alone pays as much as the engine."""
    dear = Execution(costs=parse_costs(("0", "gold=500")))
    gold = [evaluate(runs[1].recipe, us, dear)]
    chances = start_chances(expected_sell_offs(source.blocks), 0.0)
    alone = draw_paths(source, gold, SHARES[1:], chances, PLAN, threads=1)
    whole = dynamic_paths(source, [runs[1].recipe], (dear, DEFAULT_PAIR_SETTINGS), SHARES[1:], chances, PLAN)
    free = draw_paths(source, runs[1:], SHARES[1:], chances, PLAN, threads=1)
    np.testing.assert_allclose(alone.wealth / free.wealth, whole.wealth / free.wealth, rtol=5e-3)
    assert (alone.wealth < free.wealth).all()


def test_paths_are_the_same_however_many_threads(source: PathSource, runs: list[Evaluation]) -> None:
    """A path hangs on seed and number alone, and another seed draws others."""
    chances = start_chances(expected_sell_offs(source.blocks), 1.0)
    one, two = (draw_paths(source, runs, SHARES, chances, PLAN, threads=count) for count in (1, 3))
    assert one.wealth.tolist() == two.wealth.tolist()
    other = draw_paths(source, runs, SHARES, chances, PathPlan(paths=6, years=3, seed=6))
    assert one.wealth.tolist() != other.wealth.tolist()


def test_the_reference_does_not_grow_over_its_own_mix(source: PathSource, runs: list[Evaluation]) -> None:
    """60/40 against a mix of 60% and 40% is nothing; gold over a mix without gold is not."""
    results = draw_paths(source, runs, SHARES, start_chances(expected_sell_offs(source.blocks), 0.0), PLAN)
    assert np.abs(results.growth[:, 0]).max() < 1e-12
    assert np.abs(results.growth[:, 1]).min() > 1e-6


def test_paths_by_hand() -> None:
    """Of books that are brought back every session each of the drawn sessions is a factor, from the first on.

    Half of one is in stocks and a quarter in gold, half of another in bonds; their mixes hold a quarter in stocks and
    a half in bonds, and nothing. The rest is in bills. All pay a hundredth a year, by calendar days.
    """
    chance = np.random.default_rng(3)
    levels = {name: np.cumprod(1 + chance.normal(0, 0.01, 120)).tolist() for name in ("gold", "stocks", "bonds")}
    market = made_market(levels, bills=[0.0, *[0.0002] * 119])
    books = made_library(
        one="def weights():\n    return {'stocks': 0.5, 'gold': 0.25}\n",
        two="def weights():\n    return {'bonds': 0.5}\n",
    )
    fee = NO_COSTS.model_copy(update={"management_fee_bps": 100})
    daily = Execution(rebalance="day", band=float("inf"), costs=fee)
    runs = [evaluate(parse_recipe(name, books), market, daily) for name in ("one", "two")]
    made = make_path_source(market, 0, DEFAULT_PAIR_SETTINGS, ["stocks", "bonds", "gold"])
    chances, plan = np.full(119, 1 / 119), PathPlan(paths=3, years=1, seed=9)
    results = draw_paths(made, runs, np.array([[0.25, 0.5], [0.0, 0.0]]), chances, plan, threads=1)
    shares = np.array([[0.25, 0.5, 0], [0, 0, 0.5], [0, 0.25, 0.5], [0, 0, 0]])  # of gold, stocks and bonds
    for number in range(3):
        rows = draw_path_rows(np.cumsum(chances), made.blocks.block_sessions, 252, (9, number))
        moves = made.returns[rows] @ shares.T + (1 - shares.sum(axis=1)) * made.bills[rows][:, None]
        moves -= 0.01 * made.days[rows][:, None] / 365
        navs = np.cumprod(np.vstack([np.ones(4), 1 + moves]), axis=0)
        assert results.wealth[number] == pytest.approx(navs[-1, :2], rel=1e-12)
        falls = (navs / np.maximum.accumulate(navs, axis=0)).min(axis=0) - 1
        assert results.falls[number] == pytest.approx(falls[:2], rel=1e-12)
        assert results.growth[number] == pytest.approx(np.log(navs[-1, :2] / navs[-1, 2:]), rel=1e-9)


def test_drawn_markets_are_the_drawn_sessions(source: PathSource) -> None:
    """Assets return what they did in the drawn sessions; VIX is what it was there, and inflation too."""
    rows = draw_path_rows(np.cumsum(start_chances(expected_sell_offs(source.blocks), 0.0)), 63, 200, (1, 1))
    market = drawn_market(source, rows)
    np.testing.assert_allclose(market.returns[source.market.assets].to_numpy()[-200:], source.returns[rows], atol=1e-14)
    there = source.market.observables.to_numpy()[rows + 1]
    for name in ("vix", "yield_10y", "inflation"):
        place = list(source.market.observables.columns).index(name)
        np.testing.assert_array_equal(market.observables[name].to_numpy()[-200:], there[:, place])
    assert market.sessions.is_monotonic_increasing
    assert np.abs(np.diff(market.observables["fed_target"].to_numpy()[-200:])).max() <= 1.0


def test_a_deck_by_hand() -> None:
    """From a session on: returns of assets, 0 where one has none, of bills and of the pair, and days; the start has
    no return. Blocks are of a quarter, or longer where returns hang together for longer."""
    gold = [1.0, np.nan, 2.0, 3.0, np.nan]
    market = made_market(
        {"stocks": [1.0, 2, 4, 2, 3], "bonds": [1.0, 1, 1, 2, 1], "gold": gold}, bills=[0, 0.1, 0.2, 0.3, 0.4]
    )
    made = make_path_source(market, 1, DEFAULT_PAIR_SETTINGS, ["stocks", "bonds"])
    assert made.returns == pytest.approx(np.array([[1, 0, 0], [-0.5, 1, 0.5], [0.5, -0.5, 0]]))
    assert (made.bills.tolist(), made.days.tolist()) == ([0.2, 0.3, 0.4], [1.0, 1.0, 1.0])
    assert made.blocks.returns[:, :2] == pytest.approx(made.returns[:, :2])
    assert (made.blocks.block_sessions, made.legs, sessions_of(made, 2)) == (63, ("stocks", "bonds"), 504)
    with pytest.raises(ScenarioError, match="gold has no level on every session from 2024-01-02; leave"):
        make_path_source(market, 1, DEFAULT_PAIR_SETTINGS, ["stocks", "gold"])


@pytest.mark.parametrize(("lag", "flags"), [(0, [0, 1]), (1, [1, 0, 1]), (3, [1, 0, 0, 0, 1])])
def test_a_book_is_invested_when_a_path_begins(lag: int, flags: list[int]) -> None:
    """It decides as many sessions before the path as a trade waits, and no more until the path says so."""
    assert _with_first_trade(np.array([False, True]), lag).astype(int).tolist() == flags


def test_what_a_mix_wants() -> None:
    """Its shares of the legs, wherever these stand among the assets; nothing without a mix."""
    assert _mix_targets(np.array([0.6, 0.3]), [3, 1], 4).tolist() == [0, 0.3, 0, 0.6]
    assert _mix_targets(np.array([np.nan, np.nan]), [0, 1], 2).tolist() == [0, 0]
