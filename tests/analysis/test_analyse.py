"""One analysis of any number of strategies: against the witnesses, on the embedded history and on any market."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from analysed import Analysed, analysed, witnessed, witnessed_placebo
from backtester.analysis.analyse import analyse, mix_trading
from backtester.analysis.pair import PairSettings
from backtester.analysis.payoff_parts import PART_NAMES
from backtester.analysis.period import Period
from backtester.analysis.scorecard import PAYOFF_INDEX, SCORECARD_FIGURES
from backtester.arrays import Array
from backtester.engine.costs import Costs, Sides
from backtester.engine.evaluate import Evaluation
from backtester.engine.execution import Execution
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import default_recipes
from builders import made_library, made_market

STRAY = '''"""Stray."""
import numpy as np
import pandas as pd
def weights(stocks, bonds, gold, future, *, seed: int = 1, hold: int = 5):
    noise = np.random.default_rng(seed).normal(0, 0.4, (len(stocks) // hold + 1, 4))
    held = np.repeat(noise + [0.6, 0.3, 0.1, 0.0], hold, axis=0)[: len(stocks)]
    return pd.DataFrame(held, stocks.index, ["stocks", "bonds", "gold", "future"])
'''
FIXED = '''"""Fixed."""
def weights(*, stocks: float = 0.6, bonds: float = 0.4):
    return {"stocks": stocks, "bonds": bonds}
'''
NO_STOCKS = '''"""Without stocks."""
def weights(bonds, gold):
    return {"bonds": 0.2, "gold": 0.4 + 0.3 * (gold > gold.shift(9))}
'''
STEP = '''"""Step."""
import numpy as np
import pandas as pd
def weights(stocks, *, at: int = 1):
    return {"stocks": pd.Series(np.where(np.arange(len(stocks)) < at, 0.5, 0.6), stocks.index)}
'''
PAIR_SETTINGS = PairSettings(stocks_fall=-0.03, bonds_fall=-0.001)
EXECUTIONS = [
    Execution(),
    Execution(rebalance="day", band=float("inf"), lag=0),
    Execution(rebalance="week/3", band=float("inf"), costs=Costs(fixed_bps=2)),
    Execution(rebalance="quarter", band=0.02, to_edge=True),
    Execution(rebalance="never", band=0.1, relative_band=0.3, lag=2),
    Execution(
        costs=Costs(borrow_spread_bps=50, short_fee_bps=40, management_fee_bps=30, cash_spread_bps=10, fixed_bps=1)
    ),
]


def wild_market(seed: int, sessions: int = 330) -> Market:
    """Legs that fall now and then, gold, and a future on stocks that costs nothing to hold."""
    noise = np.random.default_rng(seed)
    common = noise.standard_t(4, sessions) * 0.006
    moves = {
        "stocks": common + noise.normal(0, 0.006, sessions),
        "bonds": 0.15 * common + noise.normal(0, 0.003, sessions),
        "gold": noise.normal(0, 0.008, sessions),
        "future": 0.5 * common + noise.normal(0, 0.01, sessions),
    }
    levels = {name: list(np.cumprod(1 + move)) for name, move in moves.items()}
    return made_market(levels, bills=list(noise.uniform(0, 2e-4, sessions)), unfunded=("future",))


def assert_witnessed(found: Analysed, place: int, shares: Array | None = None) -> None:
    """Every figure of a strategy is the witnesses', to 1e-10; those of a mix of given shares, if any are."""
    run, analysis = found.runs[place], found.analysis
    expected = witnessed(run, found.runs[0], found.period, shares)
    figures = [expected.figures[name] for name in SCORECARD_FIGURES]
    np.testing.assert_allclose(analysis.shares[place], expected.shares, rtol=0, atol=1e-10)
    np.testing.assert_allclose(analysis.scorecards[place], figures, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(analysis.parts[place][:3], expected.parts, rtol=0, atol=1e-10)


@pytest.mark.parametrize("execution", EXECUTIONS, ids=range(len(EXECUTIONS)))
@pytest.mark.parametrize("seed", [1, 2])
def test_any_strategy_is_analysed_as_the_witnesses_do(seed: int, execution: Execution) -> None:
    """On made markets, with leverage, shorts, gold and a future, at every way to trade and to pay for it."""
    library = made_library(stray=STRAY, fixed=FIXED)
    found = analysed(
        wild_market(seed),
        library,
        ["fixed", f"stray(seed={seed})", "stray(hold=40)"],
        execution,
        pair_settings=PAIR_SETTINGS,
    )
    assert len(found.period.windows.joint) > 2
    for place in (1, 2):
        assert_witnessed(found, place)
        placebo, payoffs = (
            found.analysis.placebos[place],
            witnessed_placebo(found.runs[place], found.period, range(329)),
        )
        assert placebo is not None
        assert placebo.as_good == (payoffs >= payoffs[0] - 1e-12).mean()
        assert placebo.as_bad == (payoffs <= payoffs[0] + 1e-12).mean()


def test_a_leg_that_is_not_held_earns_nothing() -> None:
    """A strategy of bonds and gold: what gold earned is the others' part, not that of the leg that is absent."""
    library = made_library(no_stocks=NO_STOCKS, fixed=FIXED)
    found = analysed(wild_market(1), library, ["fixed", "no_stocks"], Execution(), pair_settings=PAIR_SETTINGS)
    assert "stocks" not in found.runs[1].accounts.assets
    assert_witnessed(found, 1)


def test_where_small_trades_are_left_out_what_remains_is_added() -> None:
    """With a least trade slopes jump with the shares and none may be without any: of the shares that were found,
    the slopes that are left are added, as slope x leg."""
    library = made_library(stray=STRAY, fixed=FIXED)
    found = analysed(
        wild_market(2), library, ["fixed", "stray(seed=2)"], Execution(min_trade=0.01), pair_settings=PAIR_SETTINGS
    )
    assert_witnessed(found, 1, found.analysis.shares[1])


def test_net_asset_values_start_at_one_wherever_the_period_does() -> None:
    """A period that begins long after the books did has their values from 1 on, with the moves that follow."""
    library = made_library(stray=STRAY, fixed=FIXED)
    found = analysed(wild_market(1), library, ["fixed", "stray"], pair_settings=PAIR_SETTINGS, start=100)
    kept = np.array([run.accounts.nav.to_numpy()[100:] for run in found.runs])
    assert (kept[:, 0] != 1).all()
    np.testing.assert_array_equal(found.analysis.nav, kept / kept[:, :1])
    assert (found.analysis.mix_nav[:, 0] == 1).all()


def test_only_weights_that_vary_in_the_period_have_a_placebo() -> None:
    """Those that changed on its first session or before are the same throughout; one session that differs will do."""
    library = made_library(step=STEP, fixed=FIXED)
    recipes = ["fixed", "step(at=100)", "step(at=101)", "step(at=329)"]
    found = analysed(wild_market(1), library, recipes, pair_settings=PAIR_SETTINGS, start=100)
    assert [one is not None for one in found.analysis.placebos] == [False, False, True, True]


def test_a_mix_joins_a_book_that_has_traded_before_both_legs_had_levels() -> None:
    """Bonds begin on the third session: from its close on the mix trades, all of its gaps at once where one of the
    book's two tranches had traded by then, at the legs' rates, and pays fixed costs for every tranche."""
    levels = pd.DataFrame({"stocks": [1.0, 2.0, 2.0, 3.0, 6.0], "bonds": [np.nan, np.nan, 4.0, 5.0, 4.0]})
    market = SimpleNamespace(levels=levels, bill_returns=np.arange(5) / 1000, days=np.array([0, 1, 3, 1, 365]))
    costs = Costs(assets={"stocks": Sides(buy_bps=1, sell_bps=2)}, fixed_bps=5, trade_bps=4, borrow_spread_bps=50)
    moved = np.array([[0.0, 0.5, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.25, 0.0]])
    run = SimpleNamespace(
        book=SimpleNamespace(market=market, costs=costs, min_trade=0.01), accounts=SimpleNamespace(gap_share=moved)
    )
    trading = mix_trading([cast(Evaluation, run)], cast(Period, SimpleNamespace(pair_settings=PAIR_SETTINGS)))
    assert trading.gap_share.tolist() == [[[1.0, 0.0, 1.0], [0.0, 0.25, 0.0]]]
    assert moved[0, 2] == 0.0, "the book's own stay as they were"
    assert trading.prices.returns.tolist() == [[0.0, 0.0], [0.5, 0.25], [1.0, pytest.approx(-0.2)]]
    assert trading.prices.bills.tolist() == [0.002, 0.003, 0.004]
    assert trading.prices.years.tolist() == [3 / 365, 1 / 365, 1.0]
    assert trading.prices.funded.tolist() == [True, True]
    terms = trading.terms
    assert (terms.lag, terms.min_trade, terms.fixed) == (0, 0.01, pytest.approx(10e-4))
    assert terms.buy.tolist() == pytest.approx([1e-4, 4e-4])
    assert terms.sell.tolist() == pytest.approx([2e-4, 4e-4])
    assert terms.yearly.tolist() == pytest.approx([0, 50e-4, 30e-4, 0])


@pytest.fixture(scope="module")
def usual(us: Market, library: Library) -> Analysed:
    """The reference and a recipe of each built-in family on the embedded history."""
    return analysed(us, library, ["sixty_forty", *default_recipes(library, "sixty_forty")])


@pytest.mark.parametrize("place", [4, 5])
def test_the_embedded_history_is_analysed_as_the_witnesses_do(usual: Analysed, place: int) -> None:
    """Gold and volatility targeting, each of 4,879 sessions."""
    assert_witnessed(usual, place)


def test_payoffs_of_the_built_in_strategies(usual: Analysed) -> None:
    """Points a window and points a year, of a prototype that shared no line with this; but those of the Fed put, which
    is struck between meetings since then, are as they were first obtained."""
    assert usual.payoffs[1:] == pytest.approx([0.13, -0.04, 0.09, 0.07, -0.33], abs=0.03)
    assert usual.growth[1:] == pytest.approx([0.51, 0.58, 0.36, 0.72, 0.72], abs=0.1)
    shares = [None if one is None else one.as_good for one in usual.analysis.placebos]
    assert [shares[place] for place in (0, 2, 4)] == [None] * 3
    assert [shares[place] for place in (1, 3, 5)] == pytest.approx([0.18, 0.15, 0.74], abs=0.02)


def test_volatility_targeting_loses_more_than_its_mix(usual: Analysed) -> None:
    """In the sell-offs 60/40 lost 7.1% on average, volatility targeting 5.5%, and its mix, of 44% stocks and 29%
    bonds, 5.1%."""
    losses = [usual.figure(f"mean_loss.{of}")[5] for of in ("reference", "strategy", "mix")]
    assert losses == pytest.approx([0.071, 0.055, 0.051], abs=0.0006)
    assert usual.analysis.shares[5] == pytest.approx([0.44, 0.29], abs=0.005)


def test_parts_add_up_to_the_payoff(usual: Analysed) -> None:
    """What was held, traded, of other assets, and costs and interest are the mean payoff, to 1e-12."""
    assert usual.analysis.parts.shape == (6, len(PART_NAMES))
    np.testing.assert_allclose(
        usual.analysis.parts.sum(axis=1), usual.analysis.scorecards[:, PAYOFF_INDEX], rtol=0, atol=1e-12
    )


def test_splits_of_growth_add_up(usual: Analysed) -> None:
    """In joint sell-offs, in others and in the rest is the total, against mix and reference, to the last bits."""
    for against in ("over_mix", "over_reference"):
        total, *parts = (
            usual.figure(f"growth_annual.{against}.{part}")
            for part in ("total", "joint_sell_offs", "other_sell_offs", "rest")
        )
        np.testing.assert_allclose(sum(parts), total, rtol=0, atol=1e-16)


def test_a_strategy_is_analysed_alike_whatever_stands_beside_it(usual: Analysed) -> None:
    """Alone or among others, every figure is the same to the last bit."""
    for place, run in enumerate(usual.runs):
        alone = analyse([run], usual.runs[0], usual.period)
        for name in ("nav", "mix_nav", "shares", "scorecards", "parts"):
            np.testing.assert_array_equal(
                getattr(alone, name)[0], getattr(usual.analysis, name)[place], err_msg=f"{name} of {run.recipe.name}"
            )
        assert alone.placebos[0] == usual.analysis.placebos[place]


def test_inputs_stay_as_they_were(usual: Analysed) -> None:
    """An analysis changes neither accounts nor market."""
    run, market = usual.runs[1], usual.period.market
    parts = [
        run.accounts.nav,
        run.accounts.weights,
        run.accounts.gap_share,
        run.targets,
        market.levels,
        market.bill_returns,
    ]
    before = [part.copy() for part in parts]
    analyse([run], usual.runs[0], usual.period)
    for part, copy in zip(parts, before, strict=True):
        np.testing.assert_array_equal(part, copy)
