"""Published numbers that the built bonds must reproduce: the dash for cash of 2020 and the days of April 2025."""

import pandas as pd
import pytest

from backtester.histories.market import Market
from folders import fact, shared_file

POINTS = 0.02  # what the published figures allow, in percentage points


def move(market: Market, role: str, first: str, last: str) -> float:
    """The return of a role in percent, from close to close."""
    return float(100 * (market.levels[role][last] / market.levels[role][first] - 1))


def index_move(first: str, last: str) -> float:
    """The price return of the S&P 500 in percent, from close to close."""
    price = pd.read_csv(shared_file("yahoo/GSPC.csv"), index_col="Date", parse_dates=True)["Close"]
    return float(100 * (price[last] / price[first] - 1))


def test_dash_for_cash(us: Market) -> None:
    """9 to 18 March 2020: the ten-year yield rose 64 bp to 1.18; bonds fell 5.96%, long bonds 17.67%."""
    yields = fact("DGS10")
    assert (yields["2020-03-09"], yields["2020-03-18"]) == (0.54, 1.18)
    assert abs(move(us, "bonds", "2020-03-09", "2020-03-18") - -5.96) <= POINTS
    assert abs(move(us, "long_bonds", "2020-03-09", "2020-03-18") - -17.67) <= POINTS


def test_dash_for_cash_stocks() -> None:
    """9 to 18 March 2020: the S&P 500 fell 12.69%."""
    assert abs(index_move("2020-03-09", "2020-03-18") - -12.69) <= POINTS


APRIL = [  # close to close: S&P 500 price, 10-year, 30-year, 60/40 (one decimal), 10-year yield in basis points
    ("2025-04-02", "2025-04-08", -12.14, -0.42, -2.65, -7.4, 6),
    ("2025-04-04", "2025-04-08", -1.80, -1.97, -4.73, -1.9, 25),
    ("2025-04-04", "2025-04-11", 5.70, -3.65, -6.79, 2.0, 47),
]


@pytest.mark.parametrize(
    ("first", "last", "bonds", "long_bonds", "rise"), [(*row[:2], *row[3:5], row[6]) for row in APRIL]
)
def test_april_2025_bonds(us: Market, first: str, last: str, bonds: float, long_bonds: float, rise: int) -> None:
    """April 2025: the returns of the built ten-year and thirty-year bonds, and the change of the ten-year yield."""
    yields = fact("DGS10")
    assert abs(move(us, "bonds", first, last) - bonds) <= POINTS
    assert abs(move(us, "long_bonds", first, last) - long_bonds) <= POINTS
    assert round(100 * (yields[last] - yields[first])) == rise


@pytest.mark.parametrize(("first", "last", "stocks", "pair"), [(*row[:3], row[5]) for row in APRIL])
def test_april_2025_stocks_and_pair(us: Market, first: str, last: str, stocks: float, pair: float) -> None:
    """April 2025: the S&P 500's price and 60% of it with 40% of the built bonds, bought at the first close and held."""
    index = index_move(first, last)
    assert abs(index - stocks) <= POINTS
    held = 0.6 * index + 0.4 * move(us, "bonds", first, last)
    assert abs(held - pair) <= 0.05 + POINTS  # published to one decimal, so half a unit of it more
