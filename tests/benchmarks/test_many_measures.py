"""Measures of many books at once, against those of one record at a time."""

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.attribution import account_measures
from backtester.analysis.figures import figures_in
from backtester.analysis.pair import reference_pair
from backtester.analysis.scorecard import returns_in_windows
from backtester.analysis.windows import Window
from backtester.arrays import Array
from backtester.engine.book import Book
from backtester.engine.costs import Costs
from backtester.engine.many import make_orders
from backtester.engine.simulate import book_prices, book_terms, simulate
from backtester.errors import DataError
from backtester.histories.market import Market
from benchmarks.engine.many import Measured, measure_many
from recorded import measures

WINDOWS = [Window(10, 31), Window(3260, 3270), Window(0, 4000)]
BOUNDS = np.array([(window.start, window.end) for window in WINDOWS])
COUNT = 70  # three blocks of the kernel, the last one not full


@pytest.fixture(scope="module")
def weights() -> Array:
    """Weights of seventy books: all cash, levered, short, and one that is ruined, among others."""
    drawn = np.random.default_rng(3).normal(0.3, 0.5, (COUNT, 3))
    drawn[0], drawn[1] = 0.0, (12.0, 0.0, 0.0)
    return drawn


def book(market: Market, weights: Array) -> Book:
    targets = pd.DataFrame(0.0, market.sessions, market.assets)
    targets[["stocks", "bonds", "gold"]] = weights
    flags = market.calendar["month"].to_numpy().copy()
    flags[0] = True
    return Book(market, targets, flags, 1, 0.2, Costs(management_fee_bps=20))


def measured(market: Market, weights: Array, threads: int) -> Measured:
    books = [book(market, one) for one in weights]
    targets = np.stack([one.targets.to_numpy()[:1] for one in books])
    orders = make_orders(targets, books[0].decisions)
    asked = (book_prices(books[0]), orders, book_terms(books[0]))
    reference = reference_pair(market).nav.to_numpy()
    return measure_many(asked, market.sessions, reference=reference, windows=WINDOWS, threads=threads)


def _number(value: float | str | None, kind: str, market: Market) -> float:
    """A measure as a row of many has it: the number of a session for its date."""
    if value is None:
        return float("nan")
    return float(market.sessions.get_loc(value) if kind == "date" else value)


def test_measures_are_those_of_each_record(us: Market, weights: Array) -> None:
    """Every measure of every book is the one that `measures` and `account_measures` give, to 1e-9."""
    many, reference = measured(us, weights, 1), reference_pair(us).nav
    table = figures_in("measures")
    for number in range(0, COUNT, 3):
        accounts = simulate(book(us, weights[number]))
        one = measures(accounts.nav, us.bill_returns, sessions_a_year=252, reference=reference)
        one |= account_measures(accounts, us.sessions)
        expected = np.array([_number(one[name], table[name].kind, us) for name in many.names])
        np.testing.assert_allclose(many.values[number], expected, rtol=1e-9, atol=1e-12, err_msg=str(number))
        np.testing.assert_allclose(
            many.windows[number], returns_in_windows(accounts.nav.to_numpy(), BOUNDS), rtol=1e-12
        )
        assert (many.ruin[number] >= 0) == (accounts.ruin is not None)


def test_a_ruined_book_says_so(us: Market, weights: Array) -> None:
    """A book that is ruined has a final value of 0, a drawdown of -1 and the session of its ruin."""
    many = measured(us, weights[1:2], 1)
    assert many.table.loc[0, ["final_nav", "max_drawdown", "cagr"]].tolist() == [0.0, -1.0, -1.0]
    assert us.sessions[many.ruin[0]] == pd.Timestamp("2008-10-15")
    assert np.isnan(many.windows[0, 1])


def test_threads_change_nothing(us: Market, weights: Array) -> None:
    """The figures are the same to the last bit whatever the number of threads."""
    one, many = measured(us, weights, 1), measured(us, weights, 3)
    np.testing.assert_array_equal(one.values, many.values)
    np.testing.assert_array_equal(one.windows, many.windows)


def test_needs_a_date_a_session(us: Market, weights: Array) -> None:
    """Dates that are not one a session are refused with both counts."""
    asked = book(us, weights[0])
    orders = make_orders(asked.targets.to_numpy()[None, :1], asked.decisions)
    with pytest.raises(DataError, match=r"^4878 dates for 4879 sessions; one a session, and at least three$"):
        measure_many((book_prices(asked), orders, book_terms(asked)), us.sessions[1:])
