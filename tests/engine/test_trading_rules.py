"""Costs by side and asset, fixed costs, bands and their edges, least trades, tranches and ends, each by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtester.engine.accounts import Accounts, EndedAsset
from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs
from backtester.engine.simulate import simulate
from backtester.errors import DataError, RecipeError
from backtester.histories.market import Market
from builders import made_market

FLAT = (100.0,) * 5
NONE = np.nan


def book(market: Market, weights: dict[str, float], *, trades: tuple[int, ...] = (0,), costs: Costs = NO_COSTS) -> Book:
    """A book of constant weights, traded at once on the decisions of those sessions, without a band."""
    targets = pd.DataFrame({asset: weights.get(asset, 0.0) for asset in market.assets}, market.sessions)
    return Book(market, targets, np.isin(np.arange(len(market.sessions)), trades), 0, np.inf, costs)


def free(**rates: object) -> Costs:
    """No costs but those named."""
    return Costs.model_validate(NO_COSTS.model_dump() | rates)


def same(got: pd.Series, expected: list[float]) -> None:
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)


def test_buying_and_selling_have_their_own_costs() -> None:
    """A purchase pays the asset's buying rate, a sale its selling rate, other assets the common one."""
    market = made_market({"stocks": (100.0, 150.0, 150.0, 150.0, 150.0), "bonds": FLAT})
    costs = free(trade_bps=100.0, assets={"stocks": {"buy_bps": 0, "sell_bps": 200}})
    accounts = simulate(book(market, {"stocks": 0.5, "bonds": 0.5}, trades=(0, 1), costs=costs))
    # stocks are bought for nothing, bonds at 0.01: x + 0.01 x 0.5 x = 1
    first = 1 / 1.005
    same(accounts.charges.iloc[0], [0.0, 0.005 * first])
    # then stocks are worth 0.75 of the first and bonds 0.5: x + 0.02 (0.75 f - 0.5 x) + 0.01 (0.5 x - 0.5 f) = 1.25 f
    after = (1.25 - 0.015 + 0.005) * first / (1 - 0.01 + 0.005)
    same(accounts.nav, [first, after, after, after, after])
    same(accounts.charges.iloc[1], [0.02 * (0.75 * first - 0.5 * after), 0.01 * (0.5 * after - 0.5 * first)])
    same(accounts.lines["costs"], list(accounts.charges.sum(axis=1)))


def test_an_assets_own_costs_hold_whether_funded_or_not() -> None:
    """A future with costs of its own pays those and not the common one of unfunded assets."""
    market = made_market({"stocks": FLAT, "put": FLAT}, unfunded=["put"])
    accounts = simulate(book(market, {"put": 0.5}, costs=free(unfunded_trade_bps=500.0, assets={"put": 20})))
    same(accounts.nav, [1 / 1.001] * 5)


def test_a_cost_of_an_unknown_asset_is_refused() -> None:
    """An asset that the history does not have is told with the nearest one."""
    market = made_market({"stocks": FLAT, "gold": FLAT})
    with pytest.raises(RecipeError) as raised:
        simulate(book(market, {"gold": 1.0}, costs=Costs(assets={"golt": 5})))
    assert str(raised.value) == "costs name 'golt', which cannot be held; did you mean 'gold'?"


def test_a_cost_of_an_asset_that_was_not_read_is_taken() -> None:
    """The history has it, though nothing of this run holds it: it costs nothing, and a slip is told with its name."""
    market = made_market({"stocks": FLAT, "gold": FLAT})
    part = replace(market, levels=market.levels[["stocks", "bills"]])
    same(simulate(book(part, {"stocks": 1.0}, costs=free(assets={"gold": 20}))).nav, [1.0] * 5)
    with pytest.raises(RecipeError, match="did you mean 'gold'"):
        simulate(book(part, {"stocks": 1.0}, costs=free(assets={"golt": 20})))


def test_fixed_costs_are_paid_for_each_asset_traded() -> None:
    """Each asset that is traded pays the fixed cost, in units of the start, and what stays where it is does not."""
    market = made_market({"stocks": (100.0, 100.0, 200.0, 200.0, 200.0), "bonds": FLAT, "gold": FLAT})
    accounts = simulate(book(market, {"stocks": 0.5, "bonds": 0.3}, trades=(0, 1, 2), costs=free(fixed_bps=100.0)))
    # two assets are bought for 0.01 each; nothing is off on the second session; all three prices move the third
    same(accounts.nav, [0.98, 0.98, 1.5 * 0.98 - 0.02, 1.5 * 0.98 - 0.02, 1.5 * 0.98 - 0.02])
    same(accounts.charges.loc[market.sessions[2]], [0.01, 0.01, 0.0])
    same(accounts.turnover.iloc[1:2], [0.0])


def test_what_is_hardly_off_is_not_traded() -> None:
    """An asset that is off by less than the least trade keeps its holding; one that is off by as much is traded."""
    market = made_market({"stocks": (100.0, 125.0, 125.0, 125.0, 125.0), "bonds": FLAT, "gold": FLAT})
    held = book(market, {"stocks": 0.4, "bonds": 0.4, "gold": 0.1}, trades=(0, 1))
    # 1.1 in all: stocks 0.5 / 1.1, off by 0.0545; bonds 0.4 / 1.1, off by 0.0364; gold 0.1 / 1.1, off by 0.0091
    accounts = simulate(replace(held, min_trade=0.4 - 0.4 / 1.1))
    same(accounts.weights.iloc[1], [0.4, 0.4, 0.1 / 1.1])
    # stocks 0.06 and bonds 0.04 of 1.1, cash the rest: half of 0.06 + 0.04 + 0.02
    same(accounts.turnover.iloc[1:2], [(0.06 + 0.04 + 0.02) / 1.1 / 2])
    few = simulate(replace(held, min_trade=0.0365))
    same(few.weights.iloc[1], [0.4, 0.4 / 1.1, 0.1 / 1.1])
    assert not simulate(replace(held, min_trade=0.06)).turnover.iloc[1:].any()


def test_to_the_edge_of_the_band() -> None:
    """A trade that the band calls for stops where the distance is the band's; one by schedule goes all the way."""
    market = made_market({"stocks": (100.0, 150.0, 150.0, 150.0, 150.0)})
    held = replace(book(market, {"stocks": 0.5}, trades=(0, 3)), band=0.05, to_edge=True)
    accounts = simulate(held)
    # 0.75 of 1.25 is 0.6, 0.1 off: half of the way is gone; then the edge is kept until the schedule trades
    same(accounts.weights["stocks"], [0.5, 0.55, 0.55, 0.5, 0.5])
    same(accounts.turnover, [0.5, 0.05, 0.0, 0.05, 0.0])
    same(simulate(replace(held, to_edge=False)).weights["stocks"], [0.5, 0.5, 0.5, 0.5, 0.5])


def test_a_relative_band_is_a_share_of_the_target() -> None:
    """An asset that is off by a fifth of its own target calls for a trade, however little that is of the whole."""
    market = made_market({"stocks": FLAT, "gold": (100.0, 121.0, 121.0, 121.0, 121.0)})
    held = replace(book(market, {"stocks": 0.9, "gold": 0.05}), relative_band=0.19)
    # gold: 0.0605 of 1.0105 is 0.05987, 19.7% above its target
    same(simulate(held).turnover.iloc[1:], [0.0605 / 1.0105 - 0.05, 0.0, 0.0, 0.0])
    assert not simulate(replace(held, relative_band=0.2)).turnover.iloc[1:].any()
    edge = simulate(replace(held, to_edge=True))
    same(edge.weights["gold"].iloc[1:], [0.05 * 1.19] * 4)


def test_what_is_not_wanted_at_all_is_beyond_any_relative_band() -> None:
    """An asset with a target of zero that is still held is sold, also with trades to the edge."""
    market = made_market({"stocks": FLAT})
    targets = pd.DataFrame({"stocks": [0.5, 0.0, 0.0, 0.0, 0.0]}, market.sessions)
    for to_edge in (False, True):
        held = replace(book(market, {"stocks": 0.5}), targets=targets, relative_band=9.0, to_edge=to_edge)
        same(simulate(held).weights["stocks"], [0.5, 0.0, 0.0, 0.0, 0.0])


def test_tranches_are_books_of_their_own() -> None:
    """Two tranches are two books of half the money: their money is added, weights are by what each is worth."""
    market = made_market({"stocks": (100.0, 150.0, 75.0, 75.0, 150.0)})
    whole = book(market, {"stocks": 0.5}, costs=free(trade_bps=50.0, management_fee_bps=100.0))
    flags = np.array([[True, True, False, False, False], [True, False, True, False, False]])
    both, one, other = (simulate(replace(whole, decisions=some)) for some in (flags, flags[0], flags[1]))
    same(both.nav, list((one.nav + other.nav) / 2))
    for name in ("gains", "charges", "lines"):
        same(getattr(both, name).sum(axis=1), list((getattr(one, name) + getattr(other, name)).sum(axis=1) / 2))
    held = one.weights["stocks"] * one.nav + other.weights["stocks"] * other.nav
    same(both.weights["stocks"], list(held / (one.nav + other.nav)))
    before = one.nav.iloc[1] + one.lines["costs"].iloc[1]
    same(both.turnover.iloc[1:2], [one.turnover.iloc[1] * before / (before + other.nav.iloc[1])])


def test_fixed_costs_do_not_shrink_with_the_tranche() -> None:
    """A tranche pays the same fixed amount for a trade as the whole would."""
    held = book(made_market({"stocks": FLAT}), {"stocks": 0.5}, costs=free(fixed_bps=100.0))
    split = replace(held, decisions=np.array([held.decisions, held.decisions]))
    same(simulate(split).nav, [0.98] * 5)  # two trades of 0.01 each


def test_a_ruined_tranche_is_refused() -> None:
    """The other tranches would have to pay for it, so the date and the remedy are told."""
    market = made_market({"stocks": (100.0, 150.0, 75.0, 75.0, 75.0)})
    held = book(market, {"stocks": 2.0})
    flags = np.array([[True, True, False, False, False], [True, False, False, False, False]])
    with pytest.raises(RecipeError) as raised:
        simulate(replace(held, decisions=flags))
    assert str(raised.value) == (
        "one of 2 tranches was ruined on 2024-01-03, which the others would have to pay for; rebalance all at once"
    )


def ends(*, funded: bool = True) -> Accounts:
    """Half gold, which ends after the second session, and a quarter stocks, from the first session on."""
    market = made_market(
        {"stocks": (100.0, 100.0, 100.0, 200.0, 200.0), "gold": (100.0, 120.0, NONE, NONE, NONE)},
        bills=(0.0, 0.0, 0.01, 0.01, 0.01),
        unfunded=[] if funded else ["gold"],
    )
    return simulate(book(market, {"stocks": 0.25, "gold": 0.5}, trades=(0, 3)))


def test_an_asset_that_ends_goes_to_cash() -> None:
    """What was held of it is cash at its last price from the first session without it, and its weight is cash since."""
    accounts = ends()
    # gold 0.6 of 1.1; cash 0.25 earns 0.01; then gold's 0.6 is cash: 0.8525 earns 0.01, and stocks double
    navs = [1.0, 1.1, 1.1025, 0.8525 * 1.01 + 0.5]
    same(accounts.nav, [*navs, navs[3] * (0.25 + 0.75 * 1.01)])
    same(accounts.weights["gold"], [0.5, 0.6 / 1.1, 0.0, 0.0, 0.0])
    same(accounts.weights["stocks"].iloc[3:4], [0.25])
    assert accounts.ended == (EndedAsset("gold", pd.Timestamp("2024-01-02"), 0.6 / 1.1),)


def test_a_notional_that_ends_leaves_nothing() -> None:
    """Of an unfunded asset nothing has to be paid out: its gains went to cash as they came."""
    accounts = ends(funded=False)
    # cash 0.75 + 0.1 earns 0.01, and stocks stay at 0.25
    same(accounts.nav.iloc[:3], [1.0, 1.1, 0.85 * 1.01 + 0.25])
    same(accounts.weights["gold"], [0.5, 0.6 / 1.1, 0.0, 0.0, 0.0])


def test_an_asset_that_was_sold_before_it_ended_is_not_told() -> None:
    """Only an end that the portfolio felt, or that leaves a target unfilled, is told."""
    market = made_market({"stocks": FLAT, "gold": (100.0, 100.0, NONE, NONE, NONE)})
    assert simulate(book(market, {"stocks": 1.0})).ended == ()
    wanted = simulate(book(market, {"gold": 0.5}, trades=(4,)))
    assert wanted.ended == (EndedAsset("gold", pd.Timestamp("2024-01-02"), 0.0),)
    assert not wanted.weights.to_numpy().any()


def test_a_missing_session_is_refused() -> None:
    """An asset that is held into a gap is refused with the date, and so is one that is wanted or bought in it."""
    market = made_market({"stocks": FLAT, "gold": (100.0, 100.0, NONE, 100.0, 100.0)})
    targets = pd.DataFrame({"stocks": 0.0, "gold": [0.5, 0.0, 0.0, 0.0, 0.0]}, market.sessions)
    held = replace(book(market, {}), targets=targets)
    with pytest.raises(DataError, match=r"^gold is held on 2024-01-03, where it has no value; sell it before$"):
        simulate(held)
    simulate(replace(held, decisions=np.ones(5, dtype=bool)))
    with pytest.raises(DataError, match=r"^gold is held on 2024-01-03, where it has no value$"):
        simulate(replace(held, lag=2))
