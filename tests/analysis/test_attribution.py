"""Attribution: by hand, adding up whatever is held, and against the holdings worked out from weights and returns."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtester.analysis.attribution import (
    ReturnLines,
    _annual,
    account_measures,
    annual_lines,
    annual_turnover,
    line_attribution,
    measure_accounts,
    overlay_attribution,
)
from backtester.analysis.windows import Window
from backtester.engine.accounts import Accounts
from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs
from backtester.engine.kernel import Kept
from backtester.engine.simulate import simulate
from backtester.histories.market import Market
from backtester.plugins.recipes import parse_recipe
from builders import made_library, made_market

ALL_COSTS = Costs(trade_bps=20, borrow_spread_bps=100, short_fee_bps=50, management_fee_bps=80)


def accounts_of(market: Market, weights: list[float], costs: Costs = NO_COSTS, every: int = 1000) -> Accounts:
    """Constant target weights, traded on the first session and each so many after it."""
    targets = pd.DataFrame([weights] * len(market.sessions), market.sessions, market.assets)
    flags = np.arange(len(market.sessions)) % every == 0
    return simulate(Book(market, targets, flags, 0, np.inf, costs))


def made(seed: int, count: int = 60) -> Market:
    """Three assets, gold unfunded, and bills."""
    noise = np.random.default_rng(seed).normal(0, 0.02, (3, count))
    noise[:, 0] = 0
    levels = {name: list(np.cumprod(1 + row)) for name, row in zip(("stocks", "bonds", "gold"), noise, strict=True)}
    return made_market(levels, bills=[0.0001] * count, unfunded=("gold",))


def parts(lines: ReturnLines) -> float:
    return sum(lines.assets.values()) + lines.interest - lines.financing - lines.costs - lines.fees


def test_by_hand() -> None:
    """60 in stocks falls to 54, 30 in bonds rises to 33, 10 in cash earns 1%: -6, +3 and +0.1 percent."""
    market = made_market({"stocks": [1, 1, 0.9], "bonds": [1, 1, 1.1], "gold": [1, 1, 1]}, bills=[0, 0, 0.01])
    lines = line_attribution(accounts_of(market, [0.6, 0.3, 0.0]), market.sessions)(Window(1, 2))
    assert lines.assets == {"stocks": pytest.approx(-0.06), "bonds": pytest.approx(0.03)}
    assert (lines.interest, lines.total) == (pytest.approx(0.001), pytest.approx(-0.029))
    assert (lines.financing, lines.costs, lines.fees) == (0, 0, 0)


def test_overlays_by_hand() -> None:
    """Each adds what the recipe up to it has beyond that below it, and beyond the whole without it."""
    step = '"""Add."""\ndef weights(base):\n    return base\n'
    library = made_library(own='"""Hold."""\ndef weights():\n    return {"stocks": 1.0}\n', one=step, two=step)
    returns = {"own": 0.01, "own + one": 0.03, "own + two": 0.02, "own + one + two": 0.07}
    navs = {parse_recipe(text, library).full: pd.Series([1.0, 1 + value]) for text, value in returns.items()}
    one, two = overlay_attribution(parse_recipe("own + one + two", library), navs, Window(0, 1))
    assert (one.in_order, one.left_out) == pytest.approx((0.02, 0.05))
    assert (two.in_order, two.left_out) == pytest.approx((0.04, 0.04))


def test_what_was_never_held_is_left_out() -> None:
    """An asset at zero weight has no part."""
    market = made_market({"stocks": [1, 0.9], "bonds": [1, 1.1]})
    assert list(line_attribution(accounts_of(market, [1.0, 0.0]), market.sessions)(Window(0, 1)).assets) == ["stocks"]


@settings(max_examples=40)
@given(
    st.integers(0, 1000),
    st.tuples(*[st.floats(-0.8, 1.2)] * 3),
    st.tuples(st.integers(0, 58), st.integers(1, 59)).filter(lambda ends: ends[0] < ends[1]),
)
def test_adds_up(seed: int, weights: tuple[float, ...], ends: tuple[int, int]) -> None:
    """Leverage, shorts, an unfunded asset and every cost: the parts add up to the window's return to 1e-12."""
    market = made(seed)
    accounts = accounts_of(market, list(weights), ALL_COSTS, every=7)
    if accounts.ruin is not None:
        return
    window = Window(*ends)
    lines = line_attribution(accounts, market.sessions)(window)
    nav = accounts.nav.to_numpy()
    assert lines.total == nav[window.end] / nav[window.start] - 1
    assert parts(lines) == pytest.approx(lines.total, abs=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.tuples(st.floats(0, 1), st.floats(0, 0.5)))
def test_assets_are_weights_times_returns(seed: int, weights: tuple[float, float]) -> None:
    """By the definition: the weight at each close times the asset's next return times the value, over the first."""
    market = made(seed)
    accounts = accounts_of(market, [*weights, 0.0], ALL_COSTS, every=5)
    told = line_attribution(accounts, market.sessions)(Window(10, 50))
    expected = 0.0
    for t in range(11, 51):
        move = market.levels["stocks"].iloc[t] / market.levels["stocks"].iloc[t - 1] - 1
        expected += accounts.weights["stocks"].iloc[t - 1] * accounts.nav.iloc[t - 1] * move
    assert told.assets.get("stocks", 0.0) == pytest.approx(expected / accounts.nav.iloc[10], abs=1e-13)


def test_windows_count_from_the_sessions_that_are_measured() -> None:
    """With the first ten sessions cut off, window 0 to 5 is what 10 to 15 was."""
    market = made(3)
    accounts = accounts_of(market, [0.6, 0.4, 0.1], ALL_COSTS)
    whole = line_attribution(accounts, market.sessions)(Window(10, 15))
    assert line_attribution(accounts, market.sessions[10:])(Window(0, 5)) == whole


def test_after_ruin_it_is_undefined() -> None:
    """Over nothing there is no fraction; the window of the ruin itself shows the whole loss, and adds up."""
    market = made_market({"stocks": [1, 0.9, 0.3, 0.3], "bonds": [1, 1, 1, 1]})
    lines = line_attribution(accounts_of(market, [2.0, 0.0]), market.sessions)
    fall = lines(Window(1, 2))
    assert fall.total == -1
    assert math.isnan(lines(Window(2, 3)).total)
    assert math.isnan(lines(Window(2, 3)).assets["stocks"])


def test_lines_a_year_add_up() -> None:
    """Each session's P&L over the value it came from is its return: the lines a year sum to the returns' sum."""
    market = made(4, count=300)
    accounts = accounts_of(market, [0.9, 0.5, -0.2], ALL_COSTS, every=9)
    lines = annual_lines(accounts, market.sessions)
    years = (market.sessions[-1] - market.sessions[0]).days / 365.25
    assert lines.total == pytest.approx(accounts.nav.pct_change().sum() / years, abs=1e-12)
    assert parts(lines) == pytest.approx(lines.total, abs=1e-12)
    measures = account_measures(accounts, market.sessions)
    assert measures["financing_annual"] == lines.financing
    assert measures["costs_annual"] == pytest.approx((accounts.lines["costs"] / accounts.nav.shift(1)).sum() / years)


@pytest.mark.parametrize(("sessions", "is_known"), [(261, False), (262, True)])
def test_nothing_is_annualised_under_a_year(sessions: int, is_known: bool) -> None:
    """Lines and turnover a year are undefined at 364 days and there at 365: 261 and 262 business days."""
    market = made(4, count=sessions)
    accounts = accounts_of(market, [0.9, 0.5, -0.2], ALL_COSTS, every=9)
    figures = [annual_lines(accounts, market.sessions).total, *account_measures(accounts, market.sessions).values()]
    assert [math.isfinite(figure) for figure in figures] == [is_known] * len(figures)


def test_turnover_by_year() -> None:
    """Each year's trades after the first session; over the years they are the yearly figure."""
    dates = [str(day.date()) for day in pd.bdate_range("2023-11-01", periods=300)]
    noise = np.random.default_rng(5).normal(0, 0.02, (2, 300))
    legs = {name: list(np.cumprod(1 + row)) for name, row in zip(("stocks", "bonds"), noise, strict=True)}
    market = made_market(legs, dates=dates)
    accounts = accounts_of(market, [0.6, 0.4], every=10)
    told = annual_turnover(accounts, market.sessions)
    assert list(told) == ["2023", "2024"]
    assert told["2023"] == pytest.approx(accounts.turnover.loc["2023"].iloc[1:].sum())
    years = (market.sessions[-1] - market.sessions[0]).days / 365.25
    assert sum(told.values()) / years == pytest.approx(account_measures(accounts, market.sessions)["turnover_annual"])


def test_sums_a_year_by_hand() -> None:
    """Each session's P&L over the value at the close before, in two years; what is ruined has none after it."""
    pnl = np.array([[9.0, 9.0], [0.5, 1.0], [0.25, 0.5]])
    assert _annual(pnl, np.array([2.0, 4.0, 8.0]), 2.0).tolist() == [0.15625, 0.3125]
    assert _annual(pnl, np.array([2.0, 0.0, 0.0]), 2.0).tolist() == [0.125, 0.25]


DAYS = pd.DatetimeIndex(["2020-01-01", "2020-07-01", "2022-01-01"])


def noted(gains: list[float], lines: list[float]) -> Accounts:
    """Three sessions in 731 days, of a value of 1, which trade 1, 0.5 and 0.25; the second has these gains and lines,
    the first ten times as much, which is none of what is measured."""
    one, none, scale = np.ones((1, 3)), np.array([-1]), np.array([10.0, 1.0, 0.0])[None, :, None]
    nothing, turnover = np.zeros((1, 3, 0)), np.array([[1.0, 0.5, 0.25]])
    kept = Kept(
        one,
        nothing,
        scale * np.array(gains),
        nothing,
        scale * np.array(lines),
        turnover,
        one,
        np.zeros((1, 5)),
        none,
        none,
    )
    return Accounts(DAYS, ["stocks", "gold"][: len(gains)], kept, one, ())


def test_turnover_begins_with_the_second_session() -> None:
    """The first trade, which invests, is none of it: 0.5 and 0.25 in 731 days."""
    accounts = noted([], [0.0] * 4)
    [row] = measure_accounts([accounts], DAYS)
    assert row.tolist() == [pytest.approx(0.75 * 365.25 / 731), 0, 0, 0, 0]
    assert annual_turnover(accounts, DAYS) == {"2020": 0.5, "2022": 0.25}


def test_what_is_paid_is_taken_off() -> None:
    """Assets and interest are earned; financing, costs and fees are paid: 0.25 - 0.125 + 0.5 - 0.0625 - 0.03125 -
    0.25, by years."""
    a_year = 365.25 / 731
    found = annual_lines(noted([0.25, -0.125], [0.5, 0.0625, 0.03125, 0.25]), DAYS)
    assert found.assets == pytest.approx({"stocks": 0.25 * a_year, "gold": -0.125 * a_year})
    assert (found.interest, found.financing, found.costs, found.fees, found.total) == pytest.approx(
        tuple(part * a_year for part in (0.5, 0.0625, 0.03125, 0.25, 0.28125))
    )
