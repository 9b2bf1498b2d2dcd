"""Overlays that wait for a sign: the correlation, a trend, the price of funding."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS, Costs
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.simulate import simulate
from backtester.errors import PluginError
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.recipes import parse_recipe
from builders import made_market

MONTHS = pd.date_range("2020-01-31", periods=12, freq="ME")
UP_DOWN = np.cumprod(1 + 0.01 * np.array([0, 1, -1, 1, 1, -1, 2, -1, 1, -1, 1, 1]))


def bonds_left(library: Library, bonds: np.ndarray, **settings: object) -> list[float]:
    """The bonds that the correlation switch leaves of 40%, a row a month; stocks move up and down."""
    base = pd.DataFrame({"stocks": 0.6, "bonds": 0.4}, MONTHS)
    levels = pd.Series(UP_DOWN, MONTHS), pd.Series(bonds, MONTHS)
    calendar = pd.DataFrame({"month": True}, MONTHS)
    found = library.find("correlation_switch").weights(base, *levels, calendar, 12.0, months=6, **settings)
    left: list[float] = found["bonds"].round(12).tolist()
    return left


def test_bonds_go_by_the_size_of_the_correlation(library: Library) -> None:
    """A correlation of one sells all bonds, or the most that is said, once six returns are known."""
    assert bonds_left(library, UP_DOWN**0.5) == pytest.approx([0.4] * 6 + [0.0] * 6, abs=1e-4)
    assert bonds_left(library, UP_DOWN, most=0.5) == [0.4] * 6 + [0.2] * 6


def test_bonds_stay_without_a_positive_correlation(library: Library) -> None:
    """Bonds that move against stocks, or not at all, are all kept."""
    assert bonds_left(library, 1 / UP_DOWN) == [0.4] * 12
    assert bonds_left(library, np.ones(12)) == [0.4] * 12


def test_the_correlation_counts_by_its_size(library: Library) -> None:
    """A share of the bonds as large as the correlation is sold."""
    bonds = np.cumprod(1 + 0.01 * np.array([0, 1, 1, -1, 1, -1, 2, 1, 1, -1, -1, 1]))
    returns = pd.DataFrame({"stocks": UP_DOWN, "bonds": bonds}).pct_change()
    expected = np.corrcoef(returns["stocks"][6:12], returns["bonds"][6:12])[0, 1]
    assert 0.1 < expected < 0.9
    assert bonds_left(library, bonds)[-1] == pytest.approx(0.4 * (1 - expected))


def trends(library: Library, returns: dict[str, list[float]], **settings: object) -> pd.DataFrame:
    """What the trend shield adds to 60/40 by monthly returns, the first of which nobody knows; bills at nothing."""
    returns = {asset: [np.nan, *known] for asset, known in returns.items()}
    index = range(len(next(iter(returns.values()))))
    base = pd.DataFrame({"stocks": 0.6, "bonds": 0.4}, index)
    bills = pd.Series(1.0, index)
    found = library.find("trend_shield").weights(base, pd.DataFrame(returns), bills, 12.0, months=4, **settings)
    return found.sub(base, fill_value=0.0).round(12)


def test_trends_are_held_at_one_risk(library: Library) -> None:
    """What rose is held long, what fell short, each at the size that makes its risk; the bond is held by its future."""
    up, down = [0.03, 0.01, 0.03, 0.01, 0.03], [-0.03, -0.01, -0.03, -0.01, -0.03]
    found = trends(library, {"stocks": down, "bonds": up, "bonds_future": up, "dollar": [0.0] * 5}, risk=0.02)
    size = 0.02 / (np.std([0.03, 0.01, 0.03, 0.01], ddof=1) * 12**0.5)
    assert found["stocks"].tolist() == pytest.approx([0, 0, 0, 0, -size, -size])
    assert found["bonds_future"].tolist() == pytest.approx([0, 0, 0, 0, size, size])
    assert found["bonds"].tolist() == found["dollar"].tolist() == [0.0] * 6
    assert set(found.columns) == {"stocks", "bonds", "bonds_future", "dollar"}


def test_trends_at_a_tie_and_without_risk(library: Library) -> None:
    """A return of nothing over the time is no trend; what moves little is held at most at all of the value."""
    still, calm = [0.0] * 5, [0.001, 0.0011, 0.001, 0.0011, 0.001]
    found = trends(library, {"stocks": still, "bonds": calm, "gold": [np.nan, 0.1, 0.1, 0.1, 0.2]})
    assert found["stocks"].tolist() == [0.0] * 6
    assert found["bonds"].tolist() == [0, 0, 0, 0, 1, 1]
    assert (found["gold"] > 0).tolist() == [False, False, False, False, False, True]


def test_it_says_which_leg_it_is_short(library: Library) -> None:
    """Stocks, bonds or both, of those that it follows; where it holds neither short there is no word."""
    up, down = [0.03, 0.01, 0.03, 0.01, 0.03], [-0.03, -0.01, -0.03, -0.01, -0.03]
    say = library.find("trend_shield").state

    def said(
        stocks: list[float], bonds: list[float], assets: tuple[str, ...] = ("stocks", "bonds", "gold", "dollar")
    ) -> list[str]:
        returns = pd.DataFrame({"stocks": stocks, "bonds": bonds, "gold": down})
        words: list[str] = say(returns, pd.Series([1.0] * 5), 12.0, assets=assets, months=4).tolist()
        return words

    assert said(down, up) == ["", "", "", "", "short stocks"]
    assert said(up, down) == ["", "", "", "", "short bonds"]
    assert said(down, down) == ["", "", "", "", "short both"]
    assert said(up, up) == [""] * 5
    assert said(down, down, assets=("gold", "bonds")) == ["", "", "", "", "short bonds"]


def test_a_short_in_an_asset_is_one_in_its_future(library: Library) -> None:
    """Without costs, traded every session, what it holds long or short earns with bills to the last digit what futures
    (each asset's return less that of bills, no cash) in the same sizes earn: it is long-short by futures in all."""
    random, count = np.random.default_rng(5), 120
    bills = np.r_[0.0, random.uniform(0, 0.0004, count - 1)]
    returns = {name: np.r_[0.0, random.normal(0, 0.01, count - 1)] for name in ("stocks", "bonds", "gold", "dollar")}
    levels = {name: np.cumprod(1 + own) for name, own in returns.items()}
    levels |= {f"{name}_future": np.cumprod(1 + own - bills) for name, own in returns.items()}
    market = made_market(levels, bills=bills, unfunded=[name for name in levels if name.endswith("_future")])
    free = Execution(rebalance="day", costs=NO_COSTS)
    done = evaluate(parse_recipe("sixty_forty + trend_shield(months=1)", library), market, free)
    base = pd.Series({"stocks": 0.6, "bonds": 0.4})
    beside = done.targets.sub(base, fill_value=0.0)[["stocks", "bonds_future", "gold", "dollar"]]
    assert ((beside < -0.01).any() & (beside > 0.01).any()).all()
    futures = beside.rename(columns={name: f"{name}_future" for name in ("stocks", "gold", "dollar")})
    booked = simulate(Book(market, futures.assign(**base), np.ones(count, dtype=bool), 1, 0.0, NO_COSTS))
    np.testing.assert_allclose(booked.nav, done.accounts.nav, rtol=0, atol=1e-12)


def test_borrowing_costs_the_trend_shield_a_fifth_of_a_point(us: Market, library: Library) -> None:
    """What futures would not pay, the spread on borrowed cash and the fee on shorts, is what its page says, a year."""
    recipe, years = parse_recipe("sixty_forty + trend_shield", library), len(us.sessions) / 252
    free, dear = (
        evaluate(recipe, us, Execution(costs=costs)).accounts.nav.iloc[-1]
        for costs in (Costs(borrow_spread_bps=0, short_fee_bps=0), Costs())
    )
    assert np.log(free / dear) / years == pytest.approx(0.002, abs=0.0001)


def funded(library: Library, stress: list[float], assets: list[float] | None = None) -> list[float]:
    """The bonds that are left of 40% by the price of funding and the Fed's assets, business days, a memory of two."""
    days = pd.bdate_range("2020-03-02", periods=len(stress))
    seen = None if assets is None else pd.Series(assets, days)
    base = pd.DataFrame({"stocks": 0.6, "bonds": 0.4}, days)
    rule = library.find("funding_stress")
    found = rule.weights(base, rule.state(252.0, pd.Series(stress, days), seen, threshold=0.1, memory=2), sold=0.5)
    left: list[float] = found["bonds"].tolist()
    return left


def test_dear_funding_cuts_bonds_for_a_while(library: Library) -> None:
    """Above the threshold, not at it, half of the bonds are sold, for two sessions; before there is a rate none."""
    assert funded(library, [np.nan, 0.1, 0.11, 0.0, 0.0, 0.3]) == [0.4, 0.4, 0.2, 0.2, 0.4, 0.2]


def test_the_fed_brings_bonds_back(library: Library) -> None:
    """Once its balance sheet has grown by 2% in four weeks bonds are held again, however dear funding is."""
    assets = [100.0] * 21 + [101.9, 102.1, 102.1]
    assert funded(library, [0.2] * 24, assets) == [0.2] * 22 + [0.4] * 2


def test_funding_stress_in_march_2020(us: Market, library: Library) -> None:
    """Bonds were cut from 5 March 2020, and bought again once the Fed's assets of the 11th were known, on the 13th."""
    targets = evaluate(parse_recipe("sixty_forty + funding_stress", library), us, Execution()).targets["bonds"]
    spring = targets["2020-02":"2020-04"]
    assert [day.date().isoformat() for day in spring.index[spring == 0.0][[0, -1]]] == ["2020-03-05", "2020-03-12"]
    assert (targets[:"2018-04-03"] == 0.4).all()
    assert (targets["2025-04"] == 0.4).all()


def test_a_signal_that_begins_late_leaves_the_window_alone(us: Market, library: Library) -> None:
    """Before there is a rate the overlay is its base, from the first session on; where none ever is it says so."""
    assert evaluate(parse_recipe("sixty_forty + funding_stress", library), us, Execution()).first == 0
    with pytest.raises(PluginError, match="the history has no series 'funding_stress'"):
        evaluate(
            parse_recipe("sixty_forty + funding_stress", library),
            made_market({"stocks": [1, 2], "bonds": [1, 1]}),
            Execution(),
        )
