"""The embedded history of sixty years, against an independent calculation from the same figures."""

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.period import measure_period
from backtester.histories.checks.history import check_history
from backtester.histories.market import Market, load_market
from folders import fact


@pytest.fixture(scope="module")
def market() -> Market:
    """The history `us_1962`."""
    return load_market("us_1962")


@pytest.fixture(scope="module")
def pair(market: Market) -> Pair:
    """60% stocks and 40% bonds in it."""
    return reference_pair(market)


def test_joint_sell_offs_of_sixty_years(market: Market) -> None:
    """89 joint sell-offs: 55 to 1997, 20 to 2019, 14 since."""
    years = [market.sessions[window.end].year for window in measure_period(market).joint]
    assert [sum(low < year <= high for year in years) for low, high in ((0, 1997), (1997, 2019), (2019, 9999))] == [
        55,
        20,
        14,
    ]


@pytest.mark.parametrize(
    ("peak", "trough", "fall"),
    [
        ("1973-01-11", "1974-10-03", -0.3185),
        ("1987-08-25", "1987-10-19", -0.2054),
        ("2007-12-10", "2009-03-09", -0.3246),
        ("2021-12-27", "2022-10-14", -0.2162),
    ],
)
def test_falls_of_the_pair(pair: Pair, peak: str, trough: str, fall: float) -> None:
    """The pair's four great falls, from peak to trough."""
    assert round(pair.nav[trough] / pair.nav[peak] - 1, 4) == fall


def test_growth_of_the_pair(market: Market, pair: Pair) -> None:
    """The pair grew by 8.985% a year."""
    years = (market.sessions[-1] - market.sessions[0]).days / 365.25
    assert (pair.nav.iloc[-1] / pair.nav.iloc[0]) ** (1 / years) - 1 == pytest.approx(0.08985, abs=5e-6)


def test_black_monday(market: Market) -> None:
    """On 1987-10-19 stocks returned -17.4%, and the VXO closed at 150.19."""
    assert round(market.returns["stocks"]["1987-10-19"], 3) == -0.174
    assert market.observables["vix"]["1987-10-19"] == 150.19


def test_stocks_are_the_excess_return_plus_bills(market: Market) -> None:
    """Until 2006 each session returns French's two figures together; from 2007 on what SPY returned."""
    excess, monthly = fact("us_1962_MKT_RF"), fact("us_1962_RF", index="month")
    bills = monthly.reindex(excess.index.to_period("M").to_timestamp()).to_numpy()
    both = pd.concat([(excess + bills).iloc[1:] / 100, fact("SPY").pct_change().iloc[1:]])
    np.testing.assert_allclose(market.returns["stocks"].iloc[1:], both[:"2026-05-26"], atol=1e-12)


def test_bills_are_those_of_us_from_2007(market: Market, us: Market) -> None:
    """From 2007 bills pay what they pay in `us`; before they pay French's figure, 3.1% in 1963 and 14.7% in 1981."""
    paid = pd.Series(market.bill_returns, market.sessions)
    np.testing.assert_allclose(paid[us.sessions[1:]], us.bill_returns[1:], atol=1e-12)
    years = market.levels["bills"].resample("YE").last().pct_change()
    assert [round(years.loc[f"{year}-12-31"], 3) for year in (1963, 1981)] == [0.031, 0.147]


def test_roles_begin_with_their_figures(market: Market) -> None:
    """Nothing is made up before the first figure of a role, and there is no gold."""
    first = {role: str(market.role(role).first_valid_index().date()) for role in market.roles}
    assert first == {
        **dict.fromkeys(("stocks", "bills", "bonds", "cpi", "inflation"), "1962-01-02"),
        "yield_10y": "1962-01-03",
        "dollar": "1973-01-02",
        "short_bonds": "1976-06-01",
        "yield_2y": "1976-06-02",
        "long_bonds": "1977-02-15",
        "yield_30y": "1977-02-16",
        "fed_target": "1982-09-28",
        "vix": "1986-01-02",
        "bonds_future": "1962-01-02",
        "short_bonds_future": "1976-06-01",
        "long_bonds_future": "1977-02-15",
        **dict.fromkeys(("put", "call", "put_spread"), "1986-01-17"),
        "fomc_unscheduled": "1994-04-18",
    }


def test_no_long_bond_where_none_was_sold(market: Market) -> None:
    """From 19 February 2002 to 8 February 2006 there is no 30-year bond."""
    level = market.levels["long_bonds"]["1977-02-15":]
    missing = level.index[level.isna()]
    assert (str(missing[0].date()), str(missing[-1].date())) == ("2002-02-19", "2006-02-08")


def test_changes_of_the_target_before_1994_are_known_a_session_later(market: Market) -> None:
    """The cut of 1991-12-20 was seen on the Monday after; the rise of 1994-02-04 was announced on that day."""
    target = market.observables["fed_target"]
    assert (target["1991-12-20"], target["1991-12-23"]) == (4.5, 4.0)
    assert (target["1994-02-03"], target["1994-02-04"]) == (3.0, 3.25)


def test_the_check_finds_only_what_is_there(market: Market) -> None:
    """No warning but of October 1987; the years without a 30-year bond are a note."""
    told = check_history(market.history).findings
    warned = [(one.series.partition(".")[2], one.check, str(one.first)[:7]) for one in told if one.severity != "note"]
    assert set(warned) == {(role, "jumps", "1987-10") for role in ("stocks", "vix", "yield_2y")}
    (absent,) = [one for one in told if "'absent'" in one.message]
    assert (absent.series, str(absent.first)) == ("us_1962.yield_30y", "2002-02-19")
