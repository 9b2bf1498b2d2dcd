"""The rolling put as a series of a history: what it is built from, what is refused, and what a book gets."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.manifest import find_history
from backtester.histories.market import load_market
from backtester.histories.options import Contract, Leg, rolling_levels, without_dividends
from folders import built, listed, made_folder, weekdays

COUNT = 70
STEPS = np.random.default_rng(7).normal(size=(2, COUNT)).cumsum(axis=1)
COLUMNS = {
    "date": weekdays("2024-01-01", COUNT),
    "stocks": list(100 * np.exp(0.02 * STEPS[0])),
    "vix": list(20 * np.exp(0.05 * STEPS[1])),
    "rate": [3.65] * COUNT,
}
NEAR = Contract((Leg("put", 0.95),))
PUT = built("rolling_put", of="stocks", volatility="vix", funded=False)


def series(**changes: Any) -> dict[str, Any]:
    """The series of a sound history with a put, after changes."""
    sound = {
        "stocks": listed("total_return", "stocks"),
        "vix": listed("level", "vix"),
        "rate": listed("rate", "rate"),
        "bills": built("bills", **{"yield": "rate"}),
        "put": PUT,
    }
    return {role: copy.deepcopy(table) for role, table in (sound | changes).items() if table is not None}


@pytest.mark.parametrize("kind", ["total_return", "price"])
def test_level_is_that_of_the_function(tmp_path: Path, kind: str) -> None:
    """Percent become fractions, bills' rate is the rate, and a total return loses its dividends first; a price not."""
    market = load_market("made", made_folder(tmp_path, COLUMNS, series(stocks=listed(kind, "stocks"))))
    spots = np.array(COLUMNS["stocks"])
    spots = without_dividends(spots, market.days) if kind == "total_return" else spots
    expected = rolling_levels(market.sessions, spots, np.array(COLUMNS["vix"]) / 100, np.full(COUNT, 0.0365), NEAR)
    np.testing.assert_array_equal(market.levels["put"], expected)
    assert market.levels["put"].first_valid_index() == pd.Timestamp("2024-01-19")
    assert market.assets == ["stocks", "put"]
    assert not market.history.is_funded("put")


def test_bills_from_an_index_give_their_rate_over_a_month(tmp_path: Path) -> None:
    """An index that earns as much over a weekend as over a night has its return over 21 sessions as rate."""
    index = list(np.cumprod(np.full(COUNT, 1 + 0.0365 / 252)))
    bills = {"bills": listed("total_return", "bills"), "rate": None}
    market = load_market("made", made_folder(tmp_path, COLUMNS | {"bills": index}, series(**bills)))
    rates = np.full(COUNT, np.nan)
    for place in range(21, COUNT):
        days = (COLUMNS["date"][place] - COLUMNS["date"][place - 21]).days
        rates[place] = (index[place] / index[place - 21] - 1) * 365 / days
    assert np.nanmin(rates) > 0.035
    assert np.nanmax(rates) < 0.040
    spots = without_dividends(np.array(COLUMNS["stocks"]), market.days)
    expected = rolling_levels(market.sessions, spots, np.array(COLUMNS["vix"]) / 100, rates, NEAR)
    np.testing.assert_allclose(market.levels["put"], expected, rtol=1e-12)
    assert market.levels["put"].first_valid_index() == pd.Timestamp("2024-02-16")  # in January there are no 21 sessions


def test_moneyness_is_a_key(tmp_path: Path) -> None:
    """A put at the money protects more, and costs more where nothing happens, than one 5% below."""
    calm = COLUMNS | {"stocks": [100.0] * COUNT}
    near = load_market("made", made_folder(tmp_path / "near", calm, series(put=PUT | {"moneyness": 1.0})))
    far = load_market("made", made_folder(tmp_path / "far", calm, series()))
    assert near.levels["put"].iloc[-1] < far.levels["put"].iloc[-1] < 1


def test_a_late_volatility_is_carried_and_a_lost_one_refused(tmp_path: Path) -> None:
    """A session without the index takes the last one; more than ten days are refused with the series named."""
    vix = list(COLUMNS["vix"])
    holes = [vix[:30] + [None] * missing + vix[30 + missing :] for missing in (1, 9)]
    market = load_market("made", made_folder(tmp_path / "one", COLUMNS | {"vix": holes[0]}, series()))
    assert np.isfinite(market.levels["put"].to_numpy()[30])
    folder = made_folder(tmp_path / "nine", COLUMNS | {"vix": holes[1]}, series())
    with pytest.raises(
        DataError, match="history 'made', series 'put', volatility: no value from 2024-02-10 to 2024-02-22"
    ):
        load_market("made", folder)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"put": built("rolling_put", of="stocks", volatility="vix")},
            "a series of kind 'rolling_put' is a notional that uses no cash; say funded = false",
        ),
        (
            {"put": built("rolling_put", of="stocks", funded=False)},
            "a series of kind 'rolling_put' needs the key 'volatility'",
        ),
        ({"put": PUT | {"moneyness": 1.2}}, "Input should be less than or equal to 1"),
        ({"put": PUT | {"of": "stoks"}}, "is built from 'stoks', which has no figures of its own here; did you mean"),
        ({"put": PUT | {"of": "rate"}}, "is on 'rate', which has no price; it needs a total return or a price"),
        (
            {"put": PUT | {"volatility": "vixx"}},
            "takes its volatility from 'vixx', which is no level here; did you mean 'vix'?",
        ),
        ({"bills": None}, "is priced with the rate of bills and the history has none; add a series 'bills'"),
    ],
)
def test_refusals(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    """What a put cannot be built from is refused with the place and the remedy."""
    folder = made_folder(tmp_path, COLUMNS, series(**changes))
    with pytest.raises(DataError) as told:
        find_history("made", folder)
    assert words in str(told.value)
    assert "made.series.put" in str(told.value)
