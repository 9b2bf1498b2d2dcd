"""Accounts of five sessions, Thursday to Wednesday, each line worked out by hand.

Bills pay 1 basis point a calendar day, so 3 on Monday; 36.5 basis points a year are 0.1 a day.
"""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.engine import simulate as simulation
from backtester.engine.accounts import Accounts
from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs, Sides
from backtester.engine.simulate import book_prices, simulate
from backtester.errors import DataError, RecipeError
from backtester.histories.market import Market
from builders import made_market

DATES = ("2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10")
BILLS = (0.0, 0.0001, 0.0003, 0.0001, 0.0001)
FLAT = (100.0,) * 5
FREE = NO_COSTS


def hold(
    market: Market,
    weights: dict[str, float],
    *,
    trades: tuple[int, ...] = (0,),
    lag: int = 0,
    band: float = np.inf,
    costs: Costs = FREE,
) -> Accounts:
    """The accounts of constant target weights that are traded on the decisions of the sessions numbered in `trades`."""
    targets = pd.DataFrame({asset: weights.get(asset, 0.0) for asset in market.assets}, market.sessions)
    flags = np.isin(np.arange(len(market.sessions)), trades)
    return simulate(Book(market, targets, flags, lag, band, costs))


def free(**rates: float) -> Costs:
    """No costs but those named."""
    return NO_COSTS.model_copy(update=rates)


def assert_adds_up(accounts: Accounts) -> None:
    lines = accounts.lines
    change = accounts.gains.sum(axis=1) + lines["interest"] - lines[["financing", "costs", "fees"]].sum(axis=1)
    np.testing.assert_allclose(accounts.nav, 1 + change.cumsum(), rtol=1e-12)


def same(got: pd.Series, expected: list[float]) -> None:
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)


def test_breaks_are_where_values_end() -> None:
    """Gold comes on the second session, is without a value on the third and the last, and each time that is a break."""
    market = made_market({"stocks": FLAT, "gold": (np.nan, 100.0, np.nan, 100.0, np.nan)}, dates=DATES, bills=BILLS)
    targets = pd.DataFrame(0.5, market.sessions, ["stocks", "gold"])
    book = Book(market, targets, np.zeros(5, dtype=bool), 0, np.inf, FREE)
    assert book_prices(book).breaks.tolist() == [[2, 1], [4, 1]]


def test_interest() -> None:
    """Cash earns bills less the cash spread, by calendar days, on what it was at the previous close."""
    market = made_market({"stocks": FLAT}, dates=DATES, bills=BILLS)
    accounts = hold(market, {}, costs=free(cash_spread_bps=36.5))
    # a day: 0.0001 - 0.00001 = 0.00009; over the weekend three times that
    same(
        accounts.lines["interest"],
        [0.0, 0.00009, 1.00009 * 0.00027, 1.00009 * 1.00027 * 0.00009, 1.00009**2 * 1.00027 * 0.00009],
    )
    same(accounts.nav, [1.0, 1.00009, 1.00009 * 1.00027, 1.00009**2 * 1.00027, 1.00009**3 * 1.00027])
    assert_adds_up(accounts)


def test_financing_of_borrowed_cash() -> None:
    """Borrowed cash pays bills plus the borrow spread on the debt of the previous close; no interest is earned."""
    market = made_market({"stocks": FLAT}, dates=DATES, bills=BILLS)
    accounts = hold(market, {"stocks": 1.5}, costs=free(borrow_spread_bps=73.0))
    # a day: 0.0001 + 0.00002 = 0.00012, on a debt of 0.5 that grows by what it costs
    debts = [0.5, 0.5 * 1.00012, 0.5 * 1.00012 * 1.00036, 0.5 * 1.00012**2 * 1.00036, 0.5 * 1.00012**3 * 1.00036]
    same(accounts.lines["financing"], [0.0, *np.diff(debts)])
    same(accounts.lines["interest"], [0.0] * 5)
    same(accounts.nav, [1.5 - debt for debt in debts])
    assert_adds_up(accounts)


def test_fee_of_a_short() -> None:
    """A short pays its fee on its size at the previous close, and its proceeds earn interest as cash."""
    market = made_market({"stocks": (100.0, 100.0, 110.0, 110.0, 110.0)}, dates=DATES, bills=BILLS)
    accounts = hold(market, {"stocks": -1.0}, costs=free(short_fee_bps=36.5))
    # 0.00001 a day: on 1 until Monday's close, when the price has risen by a tenth, then on 1.1
    same(accounts.lines["financing"], [0.0, 0.00001, 0.00003, 0.000011, 0.000011])
    # cash is 2 from the sale; after one day it is 2 x 1.0001 - 0.00001 = 2.00019
    same(accounts.lines["interest"].iloc[:3], [0.0, 0.0002, 2.00019 * 0.0003])
    same(accounts.gains["stocks"], [0.0, 0.0, -0.1, 0.0, 0.0])
    same(accounts.nav.iloc[:2], [1.0, 2.00019 - 1])
    assert_adds_up(accounts)


def test_management_fee() -> None:
    """The fee accrues by calendar days on the NAV of the previous close and is paid from cash."""
    market = made_market({"stocks": (100.0, 110.0, 110.0, 110.0, 110.0)}, dates=DATES)
    accounts = hold(market, {"stocks": 1.0}, costs=free(management_fee_bps=36.5))
    # Friday 1 x 0.00001; Monday three days of 1.1 - 0.00001 = 1.09999; Tuesday one day of 1.09999 x 0.99997
    same(accounts.lines["fees"].iloc[:4], [0.0, 0.00001, 1.09999 * 0.00003, 1.09999 * 0.99997 * 0.00001])
    same(accounts.nav.iloc[:3], [1.0, 1.09999, 1.09999 * 0.99997])
    assert_adds_up(accounts)


def test_costs_are_paid_out_of_the_trade() -> None:
    """After a trade the weights are exact and NAV is lower by the rate on each amount that was bought or sold."""
    market = made_market({"stocks": (100.0, 100.0, 150.0, 150.0, 150.0), "bonds": FLAT}, dates=DATES)
    accounts = hold(market, {"stocks": 0.6, "bonds": 0.4}, trades=(0, 2), costs=free(trade_bps=100.0))
    # buying all of x costs 0.01 x, so x = 1 / 1.01
    # Monday stocks are 0.6 x 1.5 / 1.01 = 0.9 / 1.01 and bonds 0.4 / 1.01; stocks are sold, bonds are bought:
    # x + 0.01 (0.9 / 1.01 - 0.6 x) + 0.01 (0.4 x - 0.4 / 1.01) = 1.3 / 1.01, so 0.998 x = 1.295 / 1.01
    after = 1.295 / 1.01 / 0.998
    same(accounts.nav, [1 / 1.01, 1 / 1.01, after, after, after])
    same(accounts.lines["costs"], [1 - 1 / 1.01, 0.0, 1.3 / 1.01 - after, 0.0, 0.0])
    same(accounts.weights["stocks"], [0.6, 0.6, 0.6, 0.6, 0.6])
    same(accounts.weights["bonds"], [0.4, 0.4, 0.4, 0.4, 0.4])
    # from cash all of it; on Monday half of |0.9 / 1.3 - 0.6| + |0.4 / 1.3 - 0.4|, which are the same
    same(accounts.turnover, [1.0, 0.0, 0.9 / 1.3 - 0.6, 0.0, 0.0])
    assert_adds_up(accounts)


def test_unfunded_assets_use_no_cash() -> None:
    """A notional drifts with its price, its gains go to cash, cash earns bills in full; turnover counts it in full."""
    market = made_market(
        {"stocks": FLAT, "put": (100.0, 110.0, 99.0, 99.0, 99.0)}, dates=DATES, bills=BILLS, unfunded=["put"]
    )
    accounts = hold(market, {"put": 0.5}, costs=free(trade_bps=100.0, unfunded_trade_bps=10.0))
    start = 1 / (1 + 0.001 * 0.5)  # x + 0.001 x 0.5 x = 1: its own rate, not that of funded assets
    same(accounts.lines["costs"], [1 - start, 0.0, 0.0, 0.0, 0.0])
    # the notional: 0.5, then 0.55, then 0.55 x 0.9 = 0.495
    same(accounts.gains["put"], [0.0, 0.05 * start, -0.055 * start, 0.0, 0.0])
    same(accounts.lines["interest"].iloc[:3], [0.0, 0.0001 * start, (1 + 0.0001 + 0.05) * start * 0.0003])
    same(accounts.weights["put"].iloc[:2], [0.5, 0.55 / 1.0501])
    same(accounts.turnover, [0.5, 0.0, 0.0, 0.0, 0.0])
    assert_adds_up(accounts)


def test_a_short_future_pays_no_fee_for_borrowing() -> None:
    """The short fee is for assets that must be borrowed; a short notional borrows nothing."""
    market = made_market({"stocks": FLAT, "put": FLAT}, dates=DATES, unfunded=["put"])
    accounts = hold(market, {"put": -0.5}, costs=free(short_fee_bps=1000.0))
    assert accounts.lines["financing"].eq(0).all()


def test_tranches_are_one_account() -> None:
    """Two halves buy one session apart: money is their mean, weights are of what both are worth."""
    market = made_market({"stocks": (100.0, 110.0, 121.0, 121.0, 121.0)}, dates=DATES)
    targets = pd.DataFrame({"stocks": 1.0}, market.sessions)
    flags = np.array([[True, False, False, False, False], [False, True, False, False, False]])
    accounts = simulate(Book(market, targets, flags, 0, np.inf, FREE))
    later = (1.21 + 1.1) / 2
    assert accounts.nav.tolist() == pytest.approx([1.0, (1.1 + 1) / 2, later, later, later])
    assert accounts.weights["stocks"].tolist()[:2] == pytest.approx([0.5, 1.0])
    assert accounts.turnover.tolist()[:2] == pytest.approx([0.5, 1 / 2.1])


def test_a_target_earns_from_the_session_after_it_was_traded() -> None:
    """With a lag of one, Thursday's target is bought at Friday's close and earns Monday's return but not Friday's."""
    market = made_market({"stocks": (100.0, 110.0, 121.0, 121.0, 121.0)}, dates=DATES)
    accounts = hold(market, {"stocks": 1.0}, lag=1)
    same(accounts.turnover, [0.0, 1.0, 0.0, 0.0, 0.0])
    same(accounts.nav, [1.0, 1.0, 1.1, 1.1, 1.1])


def test_the_band_is_reached_by_a_tie() -> None:
    """A distance of just the band trades; a band a thousandth of a point wider does not."""
    market = made_market({"stocks": FLAT}, dates=DATES)
    same(hold(market, {"stocks": 0.3}, trades=(), band=0.3).turnover, [0.3, 0.0, 0.0, 0.0, 0.0])
    same(hold(market, {"stocks": 0.3}, trades=(), band=0.30001).turnover, [0.0] * 5)


def test_the_band_counts_cash_and_notionals() -> None:
    """The distance is half of what funded assets and cash are off, and all of what a notional is off."""
    market = made_market({"stocks": FLAT, "put": FLAT}, dates=DATES, unfunded=["put"])
    # from cash: half of 0.4 + 0.4 is 0.4, and 0.2 of the put in full
    weights = {"stocks": 0.4, "put": 0.2}
    same(hold(market, weights, trades=(), band=0.6).turnover, [0.6, 0.0, 0.0, 0.0, 0.0])
    same(hold(market, weights, trades=(), band=0.601).turnover, [0.0] * 5)


def test_the_band_waits_for_the_lag() -> None:
    """The band looks at the target of `lag` sessions ago, whether or not that session was one for decisions."""
    market = made_market({"stocks": FLAT}, dates=DATES)
    targets = pd.DataFrame({"stocks": [0.0, 0.5, 0.5, 0.5, 0.5]}, market.sessions)
    accounts = simulate(Book(market, targets, np.zeros(5, dtype=bool), 2, 0.5, FREE))
    same(accounts.turnover, [0.0, 0.0, 0.0, 0.5, 0.0])


@pytest.mark.parametrize(("price", "gain"), [(50.0, -1.0), (20.0, -1.6)])
def test_ruin(price: float, gain: float) -> None:
    """At zero or below NAV stays at zero; that session's lines show the whole loss, later ones nothing."""
    market = made_market({"stocks": (100.0, 100.0, price, 200.0, 200.0)}, dates=DATES)
    accounts = hold(market, {"stocks": 2.0}, trades=(0, 1, 2, 3, 4))
    assert accounts.ruin == pd.Timestamp("2024-01-08")
    same(accounts.nav, [1.0, 1.0, 0.0, 0.0, 0.0])
    same(accounts.weights["stocks"], [2.0, 2.0, 0.0, 0.0, 0.0])
    same(accounts.gains["stocks"], [0.0, 0.0, gain, 0.0, 0.0])
    same(accounts.turnover, [2.0, 0.0, 0.0, 0.0, 0.0])


def test_ruin_by_the_costs_of_a_trade() -> None:
    """A trade that costs more than there is ruins the book, and its costs and turnover stay in the accounts."""
    market = made_market({"stocks": (100.0, 70.0, 70.0, 70.0, 70.0)}, dates=DATES)
    accounts = hold(market, {"stocks": 3.0}, trades=(0, 1, 2), costs=free(trade_bps=2000.0))
    # x + 0.2 x 3 x = 1, so x = 0.625: stocks 1.875, debt 1.25; after the fall 1.3125, so NAV is 0.0625
    # x + 0.2 (1.3125 - 3 x) = 0.0625, so x = -0.5 and the costs are 0.5625
    assert accounts.ruin == pd.Timestamp("2024-01-05")
    same(accounts.nav, [0.625, 0.0, 0.0, 0.0, 0.0])
    same(accounts.gains["stocks"], [0.0, -0.5625, 0.0, 0.0, 0.0])
    same(accounts.lines["costs"], [0.375, 0.5625, 0.0, 0.0, 0.0])
    # held 1.3125 / 0.0625 = 21 and wanted 3; cash is off by as much
    same(accounts.turnover, [3.0, 18.0, 0.0, 0.0, 0.0])


def test_accounts_have_names() -> None:
    """Accounts are indexed by session and name assets and lines; a book that survives has no date of ruin."""
    market = made_market({"stocks": FLAT, "gold": FLAT}, dates=DATES)
    accounts = hold(market, {"gold": 0.1})
    assert accounts.ruin is None
    for table in (accounts.nav, accounts.weights, accounts.gains, accounts.lines, accounts.turnover):
        pd.testing.assert_index_equal(table.index, market.sessions)
    assert list(accounts.weights) == list(accounts.gains) == ["stocks", "gold"]
    assert list(accounts.lines) == ["interest", "financing", "costs", "fees"]
    assert (accounts.nav.name, accounts.turnover.name) == ("nav", "turnover")


def test_needs_bills() -> None:
    """A market in which cash has no return cannot be simulated, and the error says so."""
    market = made_market({"stocks": FLAT}, bills=[0.0, np.nan, 0.0, 0.0, 0.0])
    with pytest.raises(DataError) as raised:
        hold(market, {"stocks": 1.0})
    assert str(raised.value) == "history 'made' has no bills, which cash earns; add 'bills' to its manifest or frame"


def test_refuses_to_hold_what_has_no_value_yet() -> None:
    """A weight in an asset before its first level is refused with the asset and the date; a weight of zero is fine."""
    market = made_market({"stocks": FLAT, "gold": (np.nan, np.nan, 100.0, 110.0, 110.0)}, dates=DATES)
    with pytest.raises(DataError) as raised:
        hold(market, {"gold": 0.1})
    assert str(raised.value) == "gold is held on 2024-01-04, before it has a value"
    targets = pd.DataFrame({"stocks": 0.0, "gold": [0.0, 0.0, 1.0, 1.0, 1.0]}, market.sessions)
    accounts = simulate(Book(market, targets, np.ones(5, dtype=bool), 0, np.inf, FREE))
    same(accounts.nav, [1.0, 1.0, 1.0, 1.1, 1.1])


def test_refuses_costs_that_eat_the_portfolio() -> None:
    """Where buying the target costs as much as there is no NAV solves the trade, and the error names the remedy."""
    market = made_market({"stocks": FLAT}, dates=DATES)
    with pytest.raises(RecipeError) as raised:
        hold(market, {"stocks": -4.0}, costs=free(trade_bps=2500.0))
    assert str(raised.value) == ("trading costs of this leverage exceed the portfolio; lower --cost-bps or the weights")
    assert hold(market, {"stocks": -3.99}, costs=free(trade_bps=2500.0)).nav.iloc[0] == pytest.approx(1 / 1.9975)


def test_the_dearer_side_counts() -> None:
    """Selling at half the value, buying for nothing: a leverage of two cannot be traded, of 1.9 it can."""
    market = made_market({"stocks": FLAT}, dates=DATES)
    dear = {"stocks": Sides(buy_bps=0.0, sell_bps=5000.0)}
    with pytest.raises(RecipeError, match="trading costs of this leverage exceed the portfolio"):
        hold(market, {"stocks": 2.0}, costs=free(assets=dear))
    assert hold(market, {"stocks": 1.9}, costs=free(assets=dear)).nav.iloc[0] == 1.0


@pytest.mark.parametrize(
    ("weights", "wanted", "found"),
    [([0.0, 0.5, 0.25, 0.0], 0.0, [0.25]), ([0.5, 0.5, 0.0, 0.0], 0.0, []), ([0.0] * 4, 0.1, [0.0])],
)
def test_what_ended_while_it_was_held_or_wanted(weights: list[float], wanted: float, found: list[float]) -> None:
    """An asset without a level after the third of four sessions: its weight at the close of the third, if any."""
    days = pd.bdate_range("2024-01-01", periods=4)
    targets = pd.DataFrame({"gold": [0.5, 0.5, 0.5, wanted]}, days)
    book = cast("Book", SimpleNamespace(market=SimpleNamespace(sessions=days), targets=targets, assets=("gold",)))
    ended = simulation._ended(book, [3], np.array(weights)[:, None])
    assert [(one.last, one.weight) for one in ended] == [(days[2], weight) for weight in found]
    assert simulation._ended(book, [4], np.full((4, 1), 0.5)) == (), "on the last session nothing has ended"


def test_what_ends_may_be_wanted_for_ever() -> None:
    """A target of an asset from the session after its last on is no mistake: it was paid out."""
    market = made_market({"stocks": FLAT, "gold": (100.0, 100.0, 100.0, np.nan, np.nan)}, dates=DATES)
    targets = pd.DataFrame({"stocks": 0.5, "gold": 0.5}, market.sessions)
    accounts = simulate(Book(market, targets, np.ones(5, dtype=bool), 0, np.inf, FREE))
    assert [(one.asset, one.last) for one in accounts.ended] == [("gold", market.sessions[2])]
    same(accounts.weights["gold"], [0.5, 0.5, 0.5, 0.0, 0.0])


def test_of_what_has_no_value_the_held_one_is_named() -> None:
    """Oil, which is held over the gap, and not gold, which comes first and is not held."""
    market = made_market({"gold": GAP, "oil": GAP, "stocks": FLAT}, dates=DATES)
    targets = pd.DataFrame({"gold": 0.0, "oil": [0.5, 0.5, 0.0, 0.0, 0.0], "stocks": 0.5}, market.sessions)
    flags = np.array([True, False, False, False, False])
    with pytest.raises(DataError, match=r"^oil is held on 2024-01-08, where it has no value; sell it before$"):
        simulate(Book(market, targets, flags, 0, np.inf, FREE))


GAP = (100.0, 100.0, np.nan, 100.0, 100.0)


@pytest.mark.parametrize(
    ("gold", "targets", "lag", "words"),
    [
        (GAP, [0.5] * 5, 0, "2024-01-08, where it has no value"),
        (GAP, [0.5, 0.5, 0.0, 0.0, 0.0], 0, "2024-01-08, where it has no value; sell it before"),
        (GAP, [0.0, 0.5, 0.0, 0.0, 0.0], 1, "2024-01-08, where it has no value"),
        (GAP, [0.5, 0.0, 0.0, 0.0, 0.0], 2, "2024-01-08, where it has no value"),
        (GAP, [0.0, 0.0, 0.5, 0.0, 0.0], 2, "2024-01-08, where it has no value"),
        ((np.nan, np.nan, 100.0, 100.0, 100.0), [0.0, 0.5, 0.0, 0.0, 0.0], 0, "2024-01-05, before it has a value"),
        ((np.nan, np.nan, 100.0, 100.0, 100.0), [0.5, 0.0, 0.0, 0.0, 0.0], 1, "2024-01-04, before it has a value"),
        (GAP, [0.0, 0.0, 0.0, 0.5, 0.5], 1, None),
        (GAP, [0.5, 0.0, 0.0, 0.0, 0.0], 0, None),
    ],
)
def test_what_is_held_without_a_value(
    gold: tuple[float, ...], targets: list[float], lag: int, words: str | None
) -> None:
    """Decided, traded so many sessions later, or still held where there is none: the first such session is named."""
    market = made_market({"stocks": FLAT, "gold": gold}, dates=DATES)
    wanted = pd.DataFrame({"stocks": 0.5, "gold": targets}, market.sessions)
    is_sold = words is None or "sell" not in words
    flags = np.ones(5, dtype=bool) if is_sold else np.array([True, False, False, False, False])
    book = Book(market, wanted, flags, lag, np.inf, FREE)
    if words is None:
        same(simulate(book).nav, [1.0] * 5)
    else:
        with pytest.raises(DataError, match=f"^gold is held on {words}$"):
            simulate(book)


def test_a_tranche_that_is_ruined_is_refused() -> None:
    """The first of two is, on Monday; alone it would be an account."""
    market = made_market({"stocks": (100.0, 100.0, 40.0, 40.0, 40.0)}, dates=DATES)
    targets = pd.DataFrame({"stocks": 2.0}, market.sessions)
    flags = np.array([[True, False, False, False, False], [False, False, True, False, False]])
    with pytest.raises(RecipeError) as raised:
        simulate(Book(market, targets, flags, 0, np.inf, FREE))
    assert str(raised.value) == (
        "one of 2 tranches was ruined on 2024-01-08, which the others would have to pay for; rebalance all at once"
    )
    assert simulate(Book(market, targets, flags[:1], 0, np.inf, FREE)).ruin == pd.Timestamp("2024-01-08")


def test_costs_of_what_cannot_be_held_are_refused() -> None:
    """With the nearest name."""
    market = made_market({"stocks": FLAT, "gold": FLAT}, dates=DATES)
    with pytest.raises(RecipeError, match=r"^costs name 'gld', which cannot be held; did you mean 'gold'\?$"):
        hold(market, {"stocks": 1.0}, costs=Costs.model_validate({"assets": {"gld": 5}}))


def test_fixed_costs_of_tranches_add_up() -> None:
    """Each of two pays a basis point of what both began with, which is two of its own."""
    market = made_market({"stocks": FLAT}, dates=DATES)
    targets = pd.DataFrame({"stocks": 0.5}, market.sessions)
    flags = np.array([[True, False, False, False, False]] * 2)
    accounts = simulate(Book(market, targets, flags, 0, np.inf, free(fixed_bps=1.0)))
    same(accounts.lines["costs"], [0.0002, 0.0, 0.0, 0.0, 0.0])
    same(accounts.nav, [0.9998] * 5)


def test_many_books_keep_their_places() -> None:
    """Books on one market's terms are kept together, others apart, and errors stay what and where they are."""
    market = made_market({"stocks": (100.0, 110.0, 121.0, 121.0, 121.0)}, dates=DATES)
    other = made_market({"stocks": FLAT}, dates=DATES, bills=[0.0, np.nan, 0.0, 0.0, 0.0])
    flags = np.array([True, False, False, False, False])

    def book(weight: float, on: Market = market, lag: int = 0) -> Book:
        return Book(on, pd.DataFrame({"stocks": weight}, on.sessions), flags, lag, np.inf, FREE)

    failed = RecipeError("no")
    books = [book(1.0), failed, book(1.0, other), book(1.0, lag=1), book(0.5), book(0.5, other)]
    first, second, third, fourth, fifth, sixth = simulation.simulate_many(books)
    assert second is failed
    assert isinstance(third, DataError)
    assert third is sixth
    ends = [round(float(one.nav.iloc[-1]), 12) for one in (first, fourth, fifth) if isinstance(one, Accounts)]
    assert ends == [1.21, 1.1, 1.105]
    rates = simulation.yearly_rates(
        Costs(cash_spread_bps=1, borrow_spread_bps=2, short_fee_bps=3, management_fee_bps=4)
    )
    assert rates == pytest.approx([1e-4, 2e-4, 3e-4, 4e-4])
