"""Options: Hull's example, the integral of the payoff, and the rolling put against a plain loop over contracts."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from backtester.arrays import Array
from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS
from backtester.engine.simulate import simulate
from backtester.histories.market import Market
from backtester.histories.options import (
    Contract,
    Leg,
    call_price,
    put_price,
    rolling_levels,
    third_fridays,
    without_dividends,
)
from builders import made_market

SESSIONS = pd.DatetimeIndex(pd.bdate_range("2024-01-02", "2024-06-28"), name="date")


def one(value: float) -> Array:
    """An array with one number."""
    return np.array([value])


def put(spot: float, strike: float, years: float, rate: float, volatility: float, dividends: float = 0.0) -> float:
    """The price of one put."""
    terms = {"years": one(years), "rate": one(rate), "volatility": one(volatility)}
    return float(put_price(one(spot), one(strike), **terms, dividend_yield=dividends)[0])


def put_at(moneyness: float) -> Contract:
    """The contract of one put a month."""
    return Contract((Leg("put", moneyness),))


def walk(seed: int, count: int = len(SESSIONS)) -> tuple[Array, Array, Array]:
    """A price, a volatility index and a rate that wander."""
    steps = np.random.default_rng(seed).normal(size=(3, count)).cumsum(axis=1)
    return 100 * np.exp(0.02 * steps[0]), 0.2 * np.exp(0.05 * steps[1]), np.maximum(0.03 + 0.001 * steps[2], 0.0)


def test_hull() -> None:
    """S 42, K 40, r 10%, sigma 20%, half a year (Hull, Options, Futures and Other Derivatives): 4.7594 and 0.8086."""
    terms = {"years": one(0.5), "rate": one(0.10), "volatility": one(0.20)}
    assert round(float(call_price(one(42), one(40), **terms)[0]), 4) == 4.7594
    assert round(put(42, 40, 0.5, 0.10, 0.20), 4) == 0.8086


@given(
    spot=st.floats(50, 200),
    years=st.floats(0.01, 2),
    rate=st.floats(-0.01, 0.15),
    volatility=st.floats(0.05, 1),
    dividends=st.floats(0, 0.05),
)
def test_put_is_the_expected_payoff(
    spot: float, years: float, rate: float, volatility: float, dividends: float
) -> None:
    """The price is the discounted integral of the payoff over the lognormal spot at expiry."""
    deviation = volatility * math.sqrt(years)
    drift = (rate - dividends - volatility**2 / 2) * years

    def payoff(z: float) -> float:
        return max(100 - spot * math.exp(drift + deviation * z), 0.0) * NormalDist().pdf(z)

    kink = (math.log(100 / spot) - drift) / deviation
    expected = math.exp(-rate * years) * quad(payoff, -12, min(max(kink, -12), 12), epsabs=1e-10, limit=200)[0]
    assert abs(put(spot, 100, years, rate, volatility, dividends) - expected) < 1e-7


@given(spot=st.floats(50, 200), years=st.floats(0.01, 2), rate=st.floats(-0.01, 0.15), volatility=st.floats(0.05, 1))
def test_call_by_its_own_formula(spot: float, years: float, rate: float, volatility: float) -> None:
    """The call, which comes from the put by parity, is S exp(-qT) N(d1) - K exp(-rT) N(d2)."""
    d1 = (math.log(spot / 100) + (rate - 0.02 + volatility**2 / 2) * years) / (volatility * math.sqrt(years))
    d2 = d1 - volatility * math.sqrt(years)
    normal = NormalDist().cdf
    expected = spot * math.exp(-0.02 * years) * normal(d1) - 100 * math.exp(-rate * years) * normal(d2)
    terms = {"years": one(years), "rate": one(rate), "volatility": one(volatility), "dividend_yield": 0.02}
    assert abs(float(call_price(one(spot), one(100), **terms)[0]) - expected) < 1e-10


@pytest.mark.parametrize(
    ("spot", "years", "volatility", "expected"),
    [
        (90.0, 0.0, 0.2, 10.0),
        (110.0, 0.0, 0.2, 0.0),
        (100.0, 0.0, 0.2, 0.0),
        (90.0, 1.0, 0.0, 100 * math.exp(-0.05) - 90 * math.exp(-0.02)),
    ],
)
def test_without_time_or_volatility_the_payoff_is_certain(
    spot: float, years: float, volatility: float, expected: float
) -> None:
    """At expiry, and without volatility, a put is worth what exercising it brings, or nothing."""
    assert abs(put(spot, 100, years, 0.05, volatility, 0.02) - expected) < 1e-12


def test_missing_numbers_have_no_price() -> None:
    """NaN in any input gives NaN there and nowhere else, without a warning."""
    spot, ones = np.array([100.0, np.nan, 100.0]), np.ones(3)
    volatility = np.array([0.2, 0.2, np.nan])
    prices = put_price(spot, 95 * ones, years=ones / 12, rate=0.03 * ones, volatility=volatility)
    assert list(np.isnan(prices)) == [False, True, True]


def test_third_fridays() -> None:
    """The next third Friday counts from the session itself on: 19 January, 16 February and 15 March 2024."""
    dates = pd.DatetimeIndex(["2024-01-01", "2024-01-19", "2024-01-22", "2024-02-16", "2024-02-19"])
    told = [str(friday.date()) for friday in third_fridays(dates)]
    assert told == ["2024-01-19", "2024-01-19", "2024-02-16", "2024-02-16", "2024-03-15"]


def rolls(sessions: pd.DatetimeIndex) -> list[pd.Timestamp]:
    """The last session on or before each third Friday, counted out; a Thursday that ends the history is not taken."""
    found = []
    for month in sessions.to_period("M").unique():
        days = [month.to_timestamp() + pd.Timedelta(days=day) for day in range(21)]
        friday = [day for day in days if day.day_of_week == 4][2]
        before = sessions[(sessions <= friday) & (sessions > friday - pd.Timedelta(days=7))]
        if len(before) and (before[-1] == friday or before[-1] != sessions[-1]):
            found.append(before[-1])
    return found


def loop(sessions: pd.DatetimeIndex, spots: Array, volatilities: Array, rates: Array, moneyness: float) -> Array:
    """The level again, as an account: contracts bought at each roll with its whole value as notional, marked daily."""
    account, levels = 1.0, np.full(len(sessions), np.nan)
    bought: tuple[float, float, pd.Timestamp] | None = None  # contracts, strike, expiry
    last = 0.0
    dates = rolls(sessions)
    for t, date in enumerate(sessions):

        def price(strike: float, expiry: pd.Timestamp, at: int = t) -> float:
            years = (expiry - sessions[at]).days / 365
            index = float(volatilities[at])
            volatility = max(index + 0.02 + 1.1 * (0.95 - moneyness), index / 2)
            return put(float(spots[at]), strike, years, float(rates[at]), volatility, 0.02)

        if bought is not None:
            now = price(*bought[1:])
            account, last = account + bought[0] * (now - last), now
            levels[t] = account
        if date in dates and np.isfinite(volatilities[t]):
            expiry = third_fridays(pd.DatetimeIndex([date + pd.Timedelta(days=5)]))[0]
            bought = (account / float(spots[t]), moneyness * float(spots[t]), expiry)
            last, levels[t] = price(*bought[1:]), account
    return levels


@pytest.mark.parametrize(("seed", "moneyness"), [(1, 0.95), (2, 1.0), (3, 0.90)])
def test_rolling_put_is_the_loop_over_contracts(seed: int, moneyness: float) -> None:
    """Vectorised levels are those of an account that buys contracts at each roll and marks them at every close."""
    spots, volatilities, rates = walk(seed)
    volatilities[:20] = np.nan  # the first roll goes by without a price
    levels = rolling_levels(SESSIONS, spots, volatilities, rates, put_at(moneyness))
    np.testing.assert_allclose(
        levels, loop(SESSIONS, spots, volatilities, rates, moneyness), rtol=0, atol=1e-12, equal_nan=True
    )
    assert str(SESSIONS[np.isfinite(levels).argmax()].date()) == "2024-02-16"


def test_a_roll_on_good_friday_comes_a_session_earlier(us: Market) -> None:
    """In April 2014, 2019 and 2022 the third Friday was Good Friday: the puts of March are held until Thursday."""
    assert {str(date.date()) for date in rolls(us.sessions)} >= {"2014-04-17", "2019-04-18", "2022-04-14"}
    spots, volatilities, rates = (value * np.ones(len(us.sessions)) for value in (1.0, 0.2, 0.0))
    levels = pd.Series(rolling_levels(us.sessions, spots, volatilities, rates, put_at(0.95)), us.sessions)
    lost = levels / levels.shift(1) - 1
    assert lost["2022-04-18"] < lost["2022-04-14"] < 0  # a new put loses its time value, an old one has none left


def test_at_expiry_the_put_is_worth_its_payoff() -> None:
    """A month in which the spot falls by a tenth: the level gains strike less spot, less the premium, over the spot."""
    spots = np.where(np.arange(len(SESSIONS)) <= SESSIONS.get_loc("2024-02-16"), 100.0, 90.0)
    level = np.full(len(SESSIONS), 0.18)
    levels = pd.Series(rolling_levels(SESSIONS, spots, level, 0 * level, put_at(0.95)), SESSIONS)
    premium = put(100, 95, 28 / 365, 0.0, 0.20, 0.02)
    assert abs(levels["2024-03-15"] / levels["2024-02-16"] - (1 + (95 - 90 - premium) / 100)) < 1e-12


@pytest.mark.parametrize("cut", [13, 14, 15, 40, 90])
def test_levels_know_only_the_past(cut: int) -> None:
    """The level at a session is the same when the history ends there, also on the days around a roll."""
    whole = rolling_levels(SESSIONS, *walk(4), put_at(0.95))
    part = rolling_levels(SESSIONS[:cut], *(series[:cut] for series in walk(4)), put_at(0.95))
    np.testing.assert_array_equal(part, whole[:cut])


def test_inputs_are_left_as_they_are() -> None:
    """Neither prices nor volatilities nor rates are written to."""
    given_series = walk(5)
    kept = [series.copy() for series in given_series]
    rolling_levels(SESSIONS, *given_series, put_at(0.95))
    for series, before in zip(given_series, kept, strict=True):
        np.testing.assert_array_equal(series, before)


def test_in_a_book_contracts_stay_fixed() -> None:
    """Held as a notional of half the value, the book's gain from roll to roll is contracts x the change of the put."""
    spots, volatilities, rates = walk(6)
    levels = rolling_levels(SESSIONS, spots, volatilities, rates, put_at(0.95))
    rows = slice(int(SESSIONS.get_loc("2024-02-16")), int(SESSIONS.get_loc("2024-03-15")) + 1)
    dates = [str(date.date()) for date in SESSIONS[rows]]
    market = made_market({"stocks": spots[rows], "put": levels[rows]}, dates=dates, unfunded=["put"])
    targets = pd.DataFrame({"stocks": 0.0, "put": 0.5}, market.sessions)
    first = np.arange(len(market.sessions)) == 0
    accounts = simulate(Book(market, targets, first, 0, np.inf, NO_COSTS))
    spot, last, rate, index = (
        float(one) for one in (spots[rows][0], spots[rows][-1], rates[rows][0], volatilities[rows][0])
    )
    premium = put(spot, 0.95 * spot, 28 / 365, rate, index + 0.02, 0.02)
    payoff = max(0.95 * spot - last, 0.0)
    assert abs(accounts.nav.iloc[-1] - (1 + 0.5 / spot * (payoff - premium))) < 1e-12


def test_price_of_a_total_return() -> None:
    """2% a year, compounded continuously over calendar days, comes out of a total return: 366 days take 1.985%."""
    days = np.array([0.0, 1.0, 365.0])
    np.testing.assert_allclose(
        without_dividends(np.array([50.0, 50.0, 100.0]), days),
        [50, 50 * math.exp(-0.02 / 365), 100 * math.exp(-0.02 * 366 / 365)],
    )


@pytest.mark.parametrize(
    ("months", "slope", "moneyness", "volatility"),
    [
        (1, None, 0.95, 0.22),
        (1, None, 0.85, 0.33),
        (4, None, 0.85, 0.275),
        (1, None, 1.05, 0.11),
        (1, None, 1.2, 0.10),
        (4, 0.5, 0.85, 0.27),
        (1, 0.0, 0.5, 0.22),
    ],
)
def test_volatility_by_strike(months: int, slope: float | None, moneyness: float, volatility: float) -> None:
    """Of an index of 20%: 2 points more at 95%, 11 more for each tenth below, half of that over four months.

    Half of the index is the least.
    """
    contract = Contract((), months, slope)
    assert contract.volatility(np.array([0.2]), moneyness) == pytest.approx([volatility])


@pytest.mark.parametrize(
    ("months", "expiry"), [(1, "2024-02-16"), (2, "2024-02-16"), (3, "2024-03-15"), (12, "2024-12-20")]
)
def test_expiries_of_longer_tenors(months: int, expiry: str) -> None:
    """Months whose number the tenor divides, from the first one on that is not over."""
    found = third_fridays(pd.DatetimeIndex(["2024-01-22", "2024-12-20"]), tenor_months=months)
    assert [str(day.date()) for day in found] == [expiry, "2024-12-20"]
