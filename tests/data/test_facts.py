"""The embedded figures against numbers known from elsewhere: the S&P 500 of 1987, the closed days of 2001, yields."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.manifest import find_history
from backtester.histories.market import Market, load_market
from backtester.histories.series_inputs import Figures
from backtester.histories.store import read_figures
from folders import fact, shared_file


def figures(history: str, role: str) -> Figures:
    """The figures of one role of an embedded history."""
    return read_figures(find_history(history), [role])[role]


def test_black_monday() -> None:
    """The S&P 500 closed at 282.70 on 16 October 1987 and at 224.84 on the 19th: -20.47%."""
    stocks = load_market("crisis_1987").levels["stocks"]
    assert (stocks["1987-10-16"], stocks["1987-10-19"]) == (282.70, 224.84)
    assert round(stocks["1987-10-19"] / stocks["1987-10-16"] - 1, 4) == -0.2047


def test_five_weekdays_of_september_2001_have_no_session() -> None:
    """Labour Day and the four days from 11 to 14 September 2001 are no sessions; all other weekdays are."""
    sessions = load_market("crisis_2001").sessions
    missing = pd.bdate_range("2001-09-03", "2001-09-28").difference(sessions)
    assert list(missing.day) == [3, 11, 12, 13, 14]


def test_ten_year_yield_of_april_2025() -> None:
    """Between 4 and 11 April 2025 the ten-year yield rose 47 basis points, from 4.01 to 4.48."""
    yields = figures("us", "yield_10y").values
    assert (yields["2025-04-04"], yields["2025-04-11"]) == (4.01, 4.48)


@pytest.mark.parametrize(
    ("history", "first", "last", "sessions"),
    [
        ("us", "2007-01-03", "2026-05-26", 4879),
        ("us_1962", "1962-01-02", "2026-05-26", 16207),
        ("crisis_1987", "1987-08-25", "1987-12-04", 72),
        ("crisis_1997", "1997-10-01", "1997-11-28", 42),
        ("crisis_2001", "2001-08-24", "2001-10-31", 44),
    ],
)
def test_range_of_each_history(history: str, first: str, last: str, sessions: int) -> None:
    """Each embedded history has the sessions that the README of the data says."""
    market = load_market(history)
    assert (f"{market.sessions[0]:%Y-%m-%d}", f"{market.sessions[-1]:%Y-%m-%d}") == (first, last)
    assert len(market.sessions) == sessions


def test_no_session_on_a_weekend() -> None:
    """Every session of every history is a weekday, and none is a day on which New York is always shut."""
    for name in ("us", "us_1962", "crisis_1987", "crisis_1997", "crisis_2001"):
        sessions = load_market(name).sessions
        assert (sessions.day_of_week < 5).all()
        assert not {"01-01", "12-25"} & set(sessions.strftime("%m-%d"))


def test_zero_yields_are_real() -> None:
    """Bills yielded nothing on some days of 2009 to 2015 and 2020 to 2021; ten-year yields never below 0.5%."""
    bills = figures("us", "yield_3m").values
    assert set(bills[bills == 0].index.year) <= {*range(2008, 2016), 2020, 2021}
    assert (bills == 0).sum() > 10
    assert figures("us", "yield_10y").values.min() == 0.52


def test_the_unit_of_yields_is_percent(us: Market) -> None:
    """Yields are percent a year and not fractions: bills return in each year what the mean rate compounds to."""
    rates = figures("us", "yield_3m").values.resample("YE").mean().loc["2008":"2025"]
    earned = us.levels["bills"].resample("YE").last().pct_change().loc["2008":"2025"]
    np.testing.assert_allclose(earned.to_numpy(), np.expm1(rates.to_numpy() / 100), atol=0.001)
    assert rates.max() > 5


def test_stocks_are_a_total_return(us: Market) -> None:
    """The embedded stocks earn the index's price return plus 1 to 3% a year: dividends less the fund's fee."""
    price = pd.read_csv(shared_file("yahoo/GSPC.csv"), index_col="Date", parse_dates=True)["Close"]
    both = np.log(pd.DataFrame({"total": us.levels["stocks"], "price": price}).dropna())
    yearly = both.resample("YE").last().diff().loc["2008":"2025"]
    assert (yearly["total"] - yearly["price"]).between(0.01, 0.03).all()
    assert both.resample("ME").last().diff().corr().loc["total", "price"] > 0.999


def test_facts_are_sorted_and_whole() -> None:
    """Each fact file has one finite figure a date, in order of the dates."""
    for path in ("SPY", "DGS10", "DGS30", "DGS3MO", "GLD", "DTWEXBGS", "VIXCLS", "WALCL", "CPIAUCSL", "IEF", "TLT"):
        values = fact(path)
        assert values.index.is_monotonic_increasing
        assert values.index.is_unique
        assert np.isfinite(values).all()
