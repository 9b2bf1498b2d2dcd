"""Futures, inflation-linked bonds and spreads: by hand, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.derived import par_bond_returns, reference_index
from backtester.histories.kinds.annual_change import annual_changes
from backtester.histories.kinds.spread import _last_working_days
from backtester.histories.market import Market, load_market
from folders import built, listed, made_folder, weekdays

DATES = weekdays("2024-03-25", 10)  # to Friday 2024-04-05; Good Friday is a date here
CPI = {"2024-01-01": 300.0, "2024-02-01": 303.0}


def market(folder: Path, columns: dict[str, list[float | None]], series: dict[str, object]) -> Market:
    """A market of stocks, bills at 3.65% and more."""
    usual = {"stocks": [100.0] * 10, "rate": [3.65] * 10}
    known = {
        "stocks": listed("total_return", "stocks"),
        "rate": listed("rate", "rate"),
        "bills": built("bills", **{"yield": "rate"}),
    }
    return load_market("made", made_folder(folder, {"date": DATES, **usual, **columns}, known | series))


def prices(values: dict[str, float]) -> "pd.Series[float]":
    """Monthly prices."""
    return pd.Series(list(values.values()), pd.DatetimeIndex(list(values)))


def test_a_future_is_the_asset_less_bills(tmp_path: Path) -> None:
    """The bond's return less 0.01% a night, 0.03% over a weekend; it uses no cash."""
    yields: list[float | None] = [4.0, 4.1, 4.0, 3.9, 3.9, 4.2, 4.2, 4.1, 4.0, 4.0]
    bond = built("bond", **{"yield": "yield_10y"}, maturity_years=10)
    made = market(
        tmp_path,
        {"y": yields},
        {"yield_10y": listed("yield", "y"), "bonds": bond, "future": built("future", of="bonds", funded=False)},
    )
    moves = made.returns[["bonds", "future"]].to_numpy()[1:]
    nights = np.diff(pd.DatetimeIndex(DATES).to_numpy()) / np.timedelta64(1, "D")
    np.testing.assert_allclose(moves[:, 0] - moves[:, 1], 0.0001 * nights, rtol=0, atol=1e-14)
    assert not made.history.is_funded("future")
    assert made.carried["future"] == 0


def test_reference_index_by_hand() -> None:
    """On 1 April it is January's price, on the 11th a third of the way to February's, on 1 May February's."""
    days = pd.DatetimeIndex(["2024-04-01", "2024-04-11", "2024-04-30", "2024-05-01"])
    index = reference_index(prices(CPI | {"2024-03-01": 306.0}), days)
    np.testing.assert_allclose(index, [300.0, 301.0, 300 + 29 / 30 * 3, 303.0], rtol=1e-14)


def test_reference_index_of_real_prices() -> None:
    """Prices not adjusted for the season, 308.417 in January and 310.326 in February 2024, make 309.05333 on 11 April:
    308.417 + 10 / 30 x 1.909."""
    index = reference_index(prices({"2024-01-01": 308.417, "2024-02-01": 310.326}), pd.DatetimeIndex(["2024-04-11"]))
    assert round(float(index[0]), 5) == 309.05333


def test_a_month_that_was_never_published() -> None:
    """October has September's price grown by a twelfth of the year to September, as the regulation has it."""
    monthly = {f"2024-{month:02d}-01": 300.0 for month in range(9, 13)}
    monthly |= {f"2025-{month:02d}-01": 300.0 + month for month in range(1, 13) if month != 10}
    index = reference_index(prices(monthly), pd.DatetimeIndex(["2026-01-01"]))
    assert abs(float(index[0]) - 309 * (309 / 300) ** (1 / 12)) < 1e-12


def test_before_and_after_its_prices_there_is_no_index() -> None:
    """Two and three months before must both be there."""
    days = pd.DatetimeIndex(["2024-03-31", "2024-04-02", "2024-05-02"])
    assert np.isnan(reference_index(prices(CPI), days)).tolist() == [True, False, True]


def linkers(folder: Path, real: list[float | None], cpi: dict[str, float]) -> Market:
    """A market with inflation-linked bonds, prices dated on its first sessions."""
    dates = weekdays("2023-12-01", 100)
    columns = {
        "date": dates,
        "stocks": [100.0] * 100,
        "rate": [3.65] * 100,
        "real": real,
        "cpi": [cpi.get(str(date)) for date in dates],
        "cpi_known": [pd.Timestamp(date) + pd.Timedelta(days=45) for date in dates],
    }
    series = {
        "stocks": listed("total_return", "stocks"),
        "rate": listed("rate", "rate"),
        "bills": built("bills", **{"yield": "rate"}),
        "real_yield": listed("yield", "real"),
        "cpi": listed("level", "cpi", known="cpi_known"),
        "linkers": built("inflation_linked", **{"yield": "real_yield"}, index="cpi", maturity_years=10),
    }
    return load_market("made", made_folder(folder, columns, series))


def test_a_linker_earns_its_real_return_and_inflation(tmp_path: Path) -> None:
    """Its return is that of a par bond at the real yield times the growth of the reference index."""
    late: list[float | None] = [None] * 66 + [2.0 + 0.01 * place for place in range(34)]
    made = linkers(tmp_path, late, {"2023-12-01": 298.0, "2024-01-01": 300.0, "2024-02-01": 303.0})
    sessions = made.sessions[66:]
    assert str(sessions[0].date()) == "2024-03-04"
    index = reference_index(prices({"2023-12-01": 298.0} | CPI), sessions)
    days = np.append(0.0, np.diff(sessions.to_numpy()) / np.timedelta64(1, "D"))
    real = par_bond_returns(np.array(late[66:], dtype=float) / 100, days, maturity_years=10)
    expected = (1 + real[1:]) * index[1:] / index[:-1] - 1
    np.testing.assert_allclose(made.returns["linkers"].to_numpy()[67:], expected, rtol=0, atol=1e-14)


def test_a_linker_without_prices_is_refused(tmp_path: Path) -> None:
    """Where its yields go on past the prices that it accrues by, the first such date is named, and what to do."""
    with pytest.raises(DataError) as told:
        linkers(tmp_path, [2.0] * 100, {"2024-01-01": 300.0, "2024-02-01": 303.0})
    assert str(told.value) == (
        "history 'made', series 'linkers': there is no 'cpi' of two and three months before on 2023-12-01; bring its "
        "figures up to date, or end the history before with until"
    )


def test_a_spread_goes_by_date(tmp_path: Path) -> None:
    """A rate published a session late less one known on its day: on the day of a change both are of one date."""
    columns: dict[str, list[float | None]] = {
        "sofr": [5.3, 5.4, 5.3, 5.9, 5.8, 5.0, 5.0, 5.1, 5.0, 5.0],
        "iorb": [5.4, None, None, None, None, None, 5.15, None, None, None],  # cut on Tuesday 2 April
    }
    series = {"sofr": listed("rate", "sofr", lag_sessions=1), "iorb": listed("rate", "iorb")}
    stress = built("spread", of="sofr", less="iorb")
    whole = market(tmp_path / "whole", columns, series | {"stress": stress}).observables["stress"]
    expected = [np.nan, -0.1, 0.0, -0.1, 0.5, 0.4, -0.4, -0.15, -0.05, -0.15]
    np.testing.assert_allclose(whole, expected, rtol=0, atol=1e-12)
    calm = market(tmp_path / "calm", columns, series | {"stress": stress | {"month_ends": False}}).observables["stress"]
    expected[5] = 0.5  # of Friday 29 March, the month's last working day, there is no figure: Thursday's stands
    np.testing.assert_allclose(calm, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (
            {"future": built("future", of="bnds", funded=False)},
            "future] is a future on 'bnds', which is no funded asset here; known: stocks",
        ),
        (
            {"future": built("future", of="stocks")},
            "future] a series of kind 'future' is a notional that uses no cash; say funded = false",
        ),
        (
            {"stress": built("spread", of="rate", less="rates")},
            "stress] is built from 'rates', which has no figures of its own here; did you mean 'rate'?",
        ),
        (
            {"linkers": built("inflation_linked", **{"yield": "rate"}, index="stocks", maturity_years=10)},
            "linkers] is built from 'stocks', which is of kind 'total_return'; it needs a level",
        ),
    ],
)
def test_refusals(tmp_path: Path, series: dict[str, object], words: str) -> None:
    """What cannot be computed from the series named is refused with the place and the remedy."""
    with pytest.raises(DataError) as told:
        market(tmp_path, {}, series)
    assert str(told.value).endswith(words)


@pytest.mark.parametrize(
    ("date", "is_last"),
    [
        ("2024-05-31", True),
        ("2024-05-30", False),
        ("2024-03-29", True),
        ("2024-06-28", True),
        ("2024-06-30", False),
        ("2021-12-31", False),
        ("2021-12-30", True),
        ("2023-12-29", True),
    ],
)
def test_last_working_days(date: str, is_last: bool) -> None:
    """Neither weekends nor federal holidays: New Year's of 2022 was kept on Friday, 31 December 2021."""
    assert _last_working_days(pd.DatetimeIndex([date])).tolist() == [is_last]


def test_changes_over_twelve_months() -> None:
    """From 100 to 103 is 3%; a month without one a year before has none."""
    values = prices(
        {"2023-01-01": 100.0, "2023-03-01": 50.0, "2024-01-01": 103.0, "2024-02-01": 9.0, "2024-03-01": 40.0}
    )
    changes = annual_changes(values)
    assert [str(date.date()) for date in changes.index] == ["2024-01-01", "2024-03-01"]
    assert list(changes) == pytest.approx([3.0, -20.0])
