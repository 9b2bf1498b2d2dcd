"""Rolling calls and put spreads: parity, collars, the slope of volatility, and what is refused."""

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.errors import DataError
from backtester.histories.kinds.rolling_call import RollingCall
from backtester.histories.manifest import find_history
from backtester.histories.market import Market, load_market
from backtester.histories.options import Contract, Leg, call_price, put_price, rolling_levels, third_fridays
from folders import built, listed, made_folder, weekdays

COUNT = 190
STEPS = np.random.default_rng(9).normal(size=(2, COUNT)).cumsum(axis=1)
SPOTS, INDEX, RATE = 100 * np.exp(0.02 * STEPS[0]), 20 * np.exp(0.05 * STEPS[1]), 3.65
COLUMNS = {
    "date": weekdays("2024-01-01", COUNT),
    "stocks": list(SPOTS),
    "vix": list(INDEX),
    "rate": [RATE] * COUNT,
}
SESSIONS = pd.DatetimeIndex(COLUMNS["date"])
ON = {"of": "stocks", "volatility": "vix", "funded": False}


def made(folder: Path, **options: dict[str, object]) -> Market:
    """A market with those options on its stocks, which are a price."""
    series = {
        "stocks": listed("price", "stocks"),
        "vix": listed("level", "vix"),
        "rate": listed("rate", "rate"),
        "bills": built("bills", **{"yield": "rate"}),
    }
    return load_market("made", made_folder(folder, COLUMNS, series | options))


def levels(*legs: Leg, **terms: object) -> Array:
    """The levels of a contract on the walk."""
    return rolling_levels(SESSIONS, SPOTS, INDEX / 100, np.full(COUNT, RATE / 100), Contract(legs, **terms))  # type: ignore[arg-type]  # a test's own terms


@pytest.mark.parametrize("strike", [0.8, 0.95, 1.0, 1.05, 1.3])
def test_put_call_parity(strike: float) -> None:
    """At one strike, with the volatility that both have there, call less put is forward less strike, to 1e-12.

    The call is priced by its own formula, S exp(-qT) N(d1) - K exp(-rT) N(d2).
    """
    years, rate, paid = 30 / 365, 0.04, 0.02
    volatility = Contract((Leg("call", strike),)).volatility(np.array([0.18]), strike)
    assert volatility == Contract((Leg("put", strike),)).volatility(np.array([0.18]), strike)
    sigma = float(volatility[0])
    upper = (np.log(1 / strike) + (rate - paid + sigma**2 / 2) * years) / (sigma * years**0.5)
    normal = NormalDist().cdf
    own = np.exp(-paid * years) * normal(upper) - strike * np.exp(-rate * years) * normal(upper - sigma * years**0.5)
    terms = {"years": np.array([years]), "rate": np.array([rate]), "volatility": volatility, "dividend_yield": paid}
    one, at = np.array([1.0]), np.array([strike])
    call, put = call_price(one, at, **terms)[0], put_price(one, at, **terms)[0]
    assert abs(call - own) < 1e-12
    assert abs(own - put - (np.exp(-paid * years) - strike * np.exp(-rate * years))) < 1e-12


def test_a_call_is_five_percent_above_the_spot() -> None:
    """Where no strike is stated; it is bought whole."""
    assert RollingCall.model_validate(built("rolling_call", **ON)).legs == (Leg("call", 1.05, 1.0),)


@pytest.mark.parametrize("tenor", [1, 3])
def test_a_collar_at_equal_strikes_is_a_short_future(tenor: int) -> None:
    """A put bought and a call sold at the spot gain what a forward loses, whatever volatility does: to 1e-12."""
    collar = levels(Leg("put", 1.0), Leg("call", 1.0, -1.0), tenor_months=tenor)
    expiry = third_fridays(SESSIONS, tenor_months=tenor)
    level, bought, end, expected = 1.0, -1, expiry[0], np.full(COUNT, np.nan)
    for place, session in enumerate(SESSIONS):
        if bought >= 0:
            values = [_short_forward(SPOTS[bought], SPOTS[at], end, SESSIONS[at]) for at in (bought, place)]
            expected[place] = level * (1 + (values[1] - values[0]) / SPOTS[bought])
        if place + 1 < COUNT and expiry[place + 1] != expiry[place]:
            level, bought = expected[place] if bought >= 0 else 1.0, place
            end = expiry[place + 1]
            expected[place] = level
        assert session <= expiry[place]
    np.testing.assert_allclose(collar, expected, rtol=0, atol=1e-12)


def _short_forward(strike: float, spot: float, expiry: pd.Timestamp, session: pd.Timestamp) -> float:
    """What owing the asset for a strike is worth."""
    years = (expiry - session).days / 365
    return float(strike * np.exp(-RATE / 100 * years) - spot * np.exp(-0.02 * years))


def test_kinds_are_contracts_of_their_legs(tmp_path: Path) -> None:
    """Each kind's level is that of its legs, tenor and slope."""
    market = made(
        tmp_path,
        call=built("rolling_call", **ON, moneyness=1.1, tenor_months=3),
        spread=built("put_spread", **ON, sold_moneyness=0.8, slope=0.5),
        put=built("rolling_put", **ON, tenor_months=2),
    )
    pairs = {
        "call": levels(Leg("call", 1.1), tenor_months=3),
        "spread": levels(Leg("put", 0.95), Leg("put", 0.8, -1.0), slope=0.5),
        "put": levels(Leg("put", 0.95), tenor_months=2),
    }
    for role, expected in pairs.items():
        np.testing.assert_array_equal(market.levels[role], expected)


def test_the_slope_leaves_five_percent_alone() -> None:
    """At 95% of the spot volatility is the index plus two points, elsewhere by the slope, at least half the index."""
    contract, index = Contract((), slope=0.6), np.array([0.10, 0.30])
    np.testing.assert_array_equal(contract.volatility(index, 0.95), index + 0.02)
    np.testing.assert_allclose(contract.volatility(index, 0.85), index + 0.02 + 0.06, rtol=0, atol=1e-15)
    np.testing.assert_allclose(contract.volatility(index, 1.05), [0.06, 0.26], rtol=0, atol=1e-15)
    np.testing.assert_allclose(contract.volatility(index, 1.15), [0.05, 0.20], rtol=0, atol=1e-15)
    usual = Contract((), tenor_months=4).volatility(np.array([0.5]), 1.05)
    np.testing.assert_allclose(usual, [0.52 - 0.11 / 2], rtol=0, atol=1e-15)


def test_a_spread_costs_less_than_its_put() -> None:
    """In a month without a move it loses less, and in a crash below both strikes it gains at most their distance."""
    flat = np.full(COUNT, 100.0)
    crash = np.where(np.arange(COUNT) < 60, 100.0, 60.0)
    for spots, sign in ((flat, 1), (crash, -1)):
        terms = (SESSIONS, spots, np.full(COUNT, 0.2), np.full(COUNT, 0.0))
        put = rolling_levels(*terms, Contract((Leg("put", 0.95),)))
        spread = rolling_levels(*terms, Contract((Leg("put", 0.95), Leg("put", 0.85, -1.0))))
        place = 40 if sign > 0 else 60
        assert sign * (spread[place] - put[place]) > 0
    gains = spread[60] / spread[59]
    assert gains < 1.1


def test_quarterly_options_expire_in_march_june_september_and_december() -> None:
    """The third Friday of every third month, and of every twelfth in December."""
    expiry = third_fridays(SESSIONS, tenor_months=3)
    assert [str(date.date()) for date in expiry.unique()] == ["2024-03-15", "2024-06-21", "2024-09-20"]
    assert {str(date.date()) for date in third_fridays(SESSIONS, tenor_months=12)} == {"2024-12-20"}


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (
            built("put_spread", **ON, moneyness=0.8, sold_moneyness=0.9),
            "option] sells at 0.9 and buys at 0.8; sell the lower strike",
        ),
        (built("rolling_call", **ON, moneyness=0.9), "moneyness] Input should be greater than or equal to 1"),
        (built("rolling_call", **ON, tenor_months=13), "tenor_months] Input should be less than or equal to 12"),
        (
            built("rolling_call", **ON | {"funded": True}),
            "option] a series of kind 'rolling_call' is a notional that uses no cash; say funded = false",
        ),
    ],
)
def test_refusals(tmp_path: Path, option: dict[str, object], words: str) -> None:
    """Strikes that make no such option are refused with the place."""
    with pytest.raises(DataError) as told:
        made(tmp_path, option=option)
    assert str(told.value).endswith(words)
    with pytest.raises(DataError):
        find_history("made", tmp_path)
