"""Drawdowns of 60/40 since 1968 and stock-bond correlations (REFERENCES, section 1), on the long history.

REFERENCES computed them with the US market of Ken French and the ten-year constant-maturity bond; both tolerances are
the issue's: later vintages of French's file move a drawdown by a tenth of a point.
"""

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.pair import reference_pair
from backtester.analysis.windows import Drawdown, drawdowns
from backtester.engine.book import Book
from backtester.engine.costs import NO_COSTS
from backtester.engine.simulate import simulate
from backtester.histories.market import Market
from raw import monthly_returns

POINTS = 0.3
CORRELATION = 0.02

PUBLISHED = [  # any date inside the fall, its depth in percent
    ("1969-06-30", -25.8),
    ("1973-12-31", -31.8),
    ("1987-10-01", -20.5),
    ("1990-09-28", -13.3),
    ("1994-03-31", -8.9),
    ("1998-08-14", -11.2),
    ("2001-06-29", -24.1),
    ("2008-09-30", -31.9),
    ("2020-03-16", -18.7),
    ("2022-06-30", -22.4),
]
DATED = [("1994-01-31", "1994-05-11"), ("2007-12-10", "2009-03-09"), ("2021-11-05", "2022-10-14")]
A_SESSION_LATER = [("2008-09-30", -31.4), ("2020-03-16", -18.5), ("2022-06-30", -22.3)]


def fall_at(falls: list[Drawdown], sessions: pd.DatetimeIndex, date: str) -> Drawdown:
    """The fall that is under way on a date."""
    place = sessions.get_loc(date)
    return next(fall for fall in falls if fall.peak < place <= fall.trough)


@pytest.fixture(scope="module")
def falls(since_1962: Market) -> list[Drawdown]:
    """The falls of the reference pair of 5% or more."""
    return drawdowns(reference_pair(since_1962).nav.to_numpy(), at_least=0.05)


@pytest.mark.parametrize(("date", "depth"), PUBLISHED)
def test_drawdowns(since_1962: Market, falls: list[Drawdown], date: str, depth: float) -> None:
    """Brought back at each month-end close, without costs, the pair fell as far as published."""
    assert abs(100 * fall_at(falls, since_1962.sessions, date).depth - depth) <= POINTS


@pytest.mark.parametrize(("peak", "trough"), DATED)
def test_dates_of_drawdowns(since_1962: Market, falls: list[Drawdown], peak: str, trough: str) -> None:
    """Where the published falls have dates, peak and trough are on them to the day."""
    fall = fall_at(falls, since_1962.sessions, trough)
    assert [str(since_1962.sessions[place].date()) for place in (fall.peak, fall.trough)] == [peak, trough]


def test_nothing_as_deep_is_missing(since_1962: Market, falls: list[Drawdown]) -> None:
    """The six falls of 20% or more since 1962 are the six of the table; none was found beside them."""
    deep = [str(since_1962.sessions[fall.trough].date())[:4] for fall in falls if fall.depth <= -0.20]
    assert deep == ["1970", "1974", "1987", "2002", "2009", "2022"]


@pytest.mark.parametrize(("date", "depth"), A_SESSION_LATER)
def test_drawdowns_traded_a_session_later(since_1962: Market, date: str, depth: float) -> None:
    """The engine, at its lag of one session and without band and costs, falls as far as published."""
    targets = pd.DataFrame({"stocks": 0.6, "bonds": 0.4}, since_1962.sessions)
    decisions = since_1962.calendar["month"].to_numpy().copy()
    decisions[0] = True
    nav = simulate(Book(since_1962, targets, decisions, 1, np.inf, NO_COSTS)).nav
    fall = fall_at(drawdowns(nav.to_numpy(), at_least=0.05), since_1962.sessions, date)
    assert abs(100 * fall.depth - depth) <= POINTS


@pytest.mark.parametrize(
    ("first", "last", "months", "published"),
    [
        ("1962-02", "1999-12", 455, 0.27),
        ("2000-01", "2019-12", 240, -0.34),
        ("2022-01", "2023-09", 21, 0.62),
    ],
)
def test_monthly_correlation(since_1962: Market, first: str, last: str, months: int, published: float) -> None:
    """Stocks and ten-year bonds by month: positive to 1999, negative to 2019, positive again in 2022."""
    returns = [monthly_returns(since_1962.levels[role])[first:last] for role in ("stocks", "bonds")]
    assert len(returns[0]) == months
    assert abs(returns[0].corr(returns[1]) - published) <= CORRELATION


def test_daily_correlation_missed_2022(since_1962: Market) -> None:
    """By the day the correlation of 2022 and 2023 was only +0.11."""
    returns = since_1962.returns.loc["2022-01":"2023-09"]
    assert abs(returns["stocks"].corr(returns["bonds"]) - 0.11) <= CORRELATION
