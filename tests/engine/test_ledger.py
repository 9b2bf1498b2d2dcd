"""The second engine: vectorbt's accounts against the kernel's and the reference's.

All keep the same accounts in floating point and in other orders of steps; over some dozens of sessions the ledger stays
within 1e-11 (vectorbt takes what differs by 1e-9 of an order for the same, and 1e-12 for nothing), and 1e-9 is what the
design asks of decades.
"""

import importlib
import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backtester.engine import ledger
from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.ledger import START_MONEY, audit, portfolio
from backtester.engine.simulate import simulate
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_market
from witness import reference

SESSIONS = 60
ASSETS = ("stocks", "bonds", "gold", "future")
BUILT_INS = ("vol_target", "gold_overlay", "dollar_overlay", "fed_put", "bills_for_bonds")


@pytest.fixture(scope="module", autouse=True)
def quiet_import() -> None:
    """vectorbt's import warns of its own dependencies' old spellings, which are not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("vectorbt")


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A book with any targets (leverage, shorts, a future, an asset that ends), rules of trading and costs."""
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    moves = 1 + seed.normal(0, 0.02, (SESSIONS, len(ASSETS)))
    levels = np.cumprod(moves, axis=0)
    if draw(st.booleans()):
        levels[40:, 2] = np.nan
    market = made_market(
        dict(zip(ASSETS, levels.T.tolist(), strict=True)),
        bills=(seed.uniform(0, 0.0003, SESSIONS)).tolist(),
        unfunded=["future"],
    )
    low, high = draw(st.sampled_from([(0.0, 0.3), (0.0, 0.9), (-0.5, 0.9)]))
    every = draw(st.sampled_from([1, 20]))
    targets = np.repeat(seed.uniform(low, high, (SESSIONS // every, len(ASSETS))), every, axis=0)
    costs = Costs(
        trade_bps=draw(st.sampled_from([0.0, 2.0, 50.0])),
        assets=draw(st.sampled_from([{}, {"gold": 30.0, "future": {"buy_bps": 8, "sell_bps": 1}}])),
        fixed_bps=draw(st.sampled_from([0.0, 0.0, 1.0])),
        cash_spread_bps=draw(st.sampled_from([0.0, 25.0])),
        borrow_spread_bps=draw(st.sampled_from([0.0, 50.0, 300.0])),
        short_fee_bps=draw(st.sampled_from([0.0, 30.0])),
        management_fee_bps=draw(st.sampled_from([0.0, 75.0])),
    )
    tranches = draw(st.sampled_from([(), (), (3,)]))
    return Book(
        market=market,
        targets=pd.DataFrame(targets, market.sessions, ASSETS),
        decisions=seed.random((*tranches, SESSIONS)) < draw(st.sampled_from([0.02, 0.2, 1.0])),
        lag=draw(st.integers(0, 3)),
        band=draw(st.sampled_from([np.inf, 0.31, 0.07])),
        costs=costs,
        relative_band=draw(st.sampled_from([np.inf, 0.4])),
        to_edge=draw(st.booleans()),
        min_trade=draw(st.sampled_from([0.0, 0.03])),
    )


def by_reference(book: Book) -> np.ndarray:
    """The net asset value by the plain loop, the mean of all tranches."""
    history, costs, market = book.market.history, book.costs, book.market
    sides = [costs.sides(asset, funded=history.is_funded(asset)) for asset in book.targets]
    returns = market.returns[list(book.targets)].fillna(0.0).to_numpy().tolist()
    rules = reference.Rules(
        funded=[history.is_funded(asset) for asset in book.targets],
        lag=book.lag,
        buy=[side.buy_bps / 10_000 for side in sides],
        sell=[side.sell_bps / 10_000 for side in sides],
        fixed=costs.fixed_bps / 10_000 * len(book.tranches),
        cash_spread=costs.cash_spread_bps / 10_000,
        borrow_spread=costs.borrow_spread_bps / 10_000,
        short_fee=costs.short_fee_bps / 10_000,
        fee=costs.management_fee_bps / 10_000,
        band=book.band,
        relative_band=book.relative_band,
        to_edge=book.to_edge,
        min_trade=book.min_trade,
        ends=book.ends,
    )
    inputs = market.bill_returns.tolist(), market.days.tolist(), book.targets.to_numpy().tolist()
    paths = [reference.simulate(returns, *inputs, flags.tolist(), rules) for flags in book.tranches]
    return np.mean([path.nav for path in paths], axis=0)


@settings(max_examples=60)
@given(books())
def test_three_engines_agree(book: Book) -> None:
    """Over random books of every kind kernel, plain loop and vectorbt keep the same net asset value."""
    expected = by_reference(book)
    assume(expected.min() > 0.05)
    nav = simulate(book).nav
    np.testing.assert_allclose(nav, expected, rtol=1e-12)
    assert audit(book, nav) < 1e-11


@pytest.mark.parametrize("overlay", BUILT_INS)
def test_the_built_ins_agree_over_two_decades(us: Market, library: Library, overlay: str) -> None:
    """On the embedded history the two engines stay within 1e-9 of each other from 2007 to 2026."""
    run = evaluate(parse_recipe(f"sixty_forty + {overlay}", library), us, Execution())
    assert audit(run.book, run.accounts.nav) < 1e-9


def test_everything_at_once_agrees_over_two_decades(us: Market, library: Library) -> None:
    """With tranches, fees, fixed costs, a relative band, trades to the edge and least trades they do so too."""
    costs = Costs(assets={"gold": {"buy_bps": 10, "sell_bps": 3}}, fixed_bps=0.1, management_fee_bps=50)
    execution = Execution(rebalance="month/3", relative_band=0.3, to_edge=True, min_trade=0.001, costs=costs)
    run = evaluate(parse_recipe("sixty_forty + gold_overlay(size=0.3)", library), us, execution)
    assert audit(run.book, run.accounts.nav) < 1e-9


def test_a_wrong_account_is_found(us: Market, library: Library) -> None:
    """A difference of a tenth of a basis point on one session is told as such."""
    run = evaluate(parse_recipe("sixty_forty", library), us, Execution())
    wrong = run.accounts.nav.copy()
    wrong.iloc[1000] *= 1.00001
    assert audit(run.book, wrong) == pytest.approx(1e-5, rel=1e-3)


def test_the_portfolio_is_vectorbts_own(us: Market, library: Library) -> None:
    """What comes back has vectorbt's trades and records, one group, and no order for cash was refused."""
    run = evaluate(parse_recipe("sixty_forty + gold_overlay", library), us, Execution())
    kept = run.to_vectorbt()
    assert 400 < kept.orders.count() < 2000
    assert abs(float(kept.cash().iloc[-1])) < 1e-9 * START_MONEY
    held = kept.wrapper.columns[np.unique(kept.orders.records["col"])]
    assert set(held) == {"stocks", "bonds", "gold", "cash lent", "cash owed"}


def test_ruin_ends_the_ledger_too() -> None:
    """Twice stocks that lose six tenths is ruined on the same session by both; a survivor would be told."""
    market = made_market({"stocks": [100.0, 100.0, 110.0, 44.0, 50.0]})
    targets = pd.DataFrame({"stocks": 2.0}, market.sessions)
    book = Book(market, targets, np.ones(5, dtype=bool), 0, np.inf, Costs())
    accounts = simulate(book)
    assert accounts.ruin == market.sessions[3]
    assert len(portfolio(book).value()) == 3
    assert audit(book, accounts.nav) < 1e-12
    assert audit(replace(book, targets=0.5 * targets), accounts.nav) == float("inf")


@pytest.mark.parametrize("tranches", [1, 2])
def test_what_vectorbt_is_asked(monkeypatch: pytest.MonkeyPatch, tranches: int) -> None:
    """One group of all columns from a million in cash, which orders may not cut short, at the closes and our fees.

    Twice stocks that lose six tenths ends the first tranche before its third session, and with it both.
    """
    market = made_market({"stocks": [100.0, 100.0, 40.0, 44.0]})
    flags = np.array([[True, False, False, False], [False, False, True, True]])[:tranches]
    targets = pd.DataFrame({"stocks": 2.0}, market.sessions)
    asked = importlib.import_module("vectorbt")
    monkeypatch.setattr(asked.Portfolio, "from_orders", lambda **words: words)
    found = portfolio(Book(market, targets, flags, 0, np.inf, Costs(trade_bps=100, fixed_bps=1)))
    prices = found["close"]
    assert {name: value for name, value in found.items() if isinstance(value, str | bool | float)} == {
        "size_type": "targetamount", "direction": "both", "slippage": 0.0, "init_cash": 1_000_000.0,
        "cash_sharing": True, "group_by": True, "call_seq": "auto", "lock_cash": False, "allow_partial": True,
        "raise_reject": False, "freq": "1D", "engine": "auto",
    }  # fmt: skip
    assert (found["price"] is prices, found["val_price"] is prices, prices.shape) == (True, True, (2, 6 * tranches))
    assert found["size"].columns.equals(prices.columns)
    rates, fees, size = (np.asarray(found[name]) for name in ("fees", "fixed_fees", "size"))
    assert (rates.shape, fees.shape, size.shape) == (prices.shape,) * 3
    assert rates[0, :2].tolist() == [0.01, 0.0]
    assert fees.sum() == pytest.approx(100)  # a basis point of what all tranches begin with
    assert size[0, 0] == pytest.approx(2 * (1_000_000 / tranches - 100) / (1 + 2 * 0.01))
    if tranches == 2:
        assert prices.columns.get_level_values(0).tolist() == [1] * 6 + [2] * 6
        assert size[:, 7].tolist() == [500_000, 500_000]


def test_only_what_lived_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the first session without a value; a book that is ruined at once is not apart from itself."""
    market = made_market({"stocks": [1.0] * 3})
    book = Book(market, pd.DataFrame({"stocks": 1.0}, market.sessions), np.ones(3, dtype=bool), 0, np.inf, Costs())
    for values, nav, apart in (
        ([1.0, 1.5], [1.0, 2.0, 0.0], 0.25),
        ([1.0, 2.5], [1.0, 2.0, -1.0], 0.25),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 2.0], 0.5),
        ([1.0, 2.0], [1.0, 2.0, 2.0], float("inf")),
        ([], [0.0, 0.0, 0.0], 0.0),
    ):
        made = SimpleNamespace(value=lambda values=values: START_MONEY * np.array(values))
        monkeypatch.setattr(ledger, "portfolio", lambda book, made=made: made)
        assert audit(book, pd.Series(nav)) == apart
