"""Weights to portfolios: arrays for the kernel in, named accounts out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.engine.book import Book
from backtester.engine.costs import BP
from backtester.engine.kernel import Books, Orders, Prices, Terms, run_books
from backtester.errors import DataError, RecipeError
from backtester.histories.market import Market

LINES = ("interest", "financing", "costs", "fees")


@dataclass(frozen=True)
class Accounts:
    """A simulated portfolio by session; money is in units of the starting value.

    `nav`, `turnover` (T,); `weights` and `gains` (T, assets); `lines` (T, interest financing costs fees). The change of
    nav is the sum of gains + interest - financing - costs - fees. `ruin` is the session on which nav fell to zero: that
    session's lines show the whole loss, nav stays at zero.
    """

    nav: "pd.Series[float]"
    weights: pd.DataFrame
    gains: pd.DataFrame
    lines: pd.DataFrame
    turnover: "pd.Series[float]"
    ruin: pd.Timestamp | None


def simulate(book: Book) -> Accounts:
    """The accounts of one book."""
    prices = _prices(book.market, book.targets)
    orders = Orders(_floats(book.targets)[None], _floats(book.decisions)[None], np.array([book.band], dtype=float))
    books = run(prices, orders, _terms(book))
    return _accounts(book.market.sessions, list(book.targets.columns), books)


def run(prices: Prices, orders: Orders, terms: Terms) -> Books:
    """The books of all orders over the same prices."""
    count, sessions, assets = orders.targets.shape
    books = Books(
        nav=np.zeros((count, sessions)),
        weights=np.zeros((count, sessions, assets)),
        gains=np.zeros((count, sessions, assets)),
        lines=np.zeros((count, sessions, len(LINES))),
        turnover=np.zeros((count, sessions)),
        ruin=np.zeros(count),
    )
    run_books(
        Prices(*map(_floats, prices)),
        Orders(*map(_floats, orders)),
        Terms(terms.lag, _floats(terms.rates), _floats(terms.yearly)),
        books,
    )
    return books


def warm_up() -> None:
    """Nothing, once the kernel is compiled and in its cache, from which other processes start."""
    one = np.zeros((1, 1))
    run(
        Prices(one, one[0], one[0], one[0]),
        Orders(one[None], one, one[0]),
        Terms(1, one[0], np.zeros(4)),
    )


def _floats(values: "pd.DataFrame | pd.Series[float] | Array | Flags") -> Array:
    """C-contiguous, writable float64: the one layout that the kernel is compiled for."""
    return np.require(values, np.float64, ["C", "W"])


def _prices(market: Market, targets: pd.DataFrame) -> Prices:
    if np.isnan(market.bill_returns).any():
        raise DataError(
            f"history {market.history.name!r} has no bills, which cash earns; add a series 'bills' to its manifest"
        )
    absent = market.levels[targets.columns].isna().to_numpy() & (targets.to_numpy() != 0)
    if absent.any():
        session, asset = np.argwhere(absent)[0]
        raise DataError(f"{targets.columns[asset]} is held on {market.sessions[session].date()}, before it has a value")
    returns = market.returns[targets.columns].fillna(0.0)  # NaN only where nothing is held
    funded = np.array([market.history.series[asset].funded for asset in targets.columns])
    return Prices(_floats(returns), _floats(market.bill_returns), _floats(market.days), _floats(funded))


def _terms(book: Book) -> Terms:
    series, costs = book.market.history.series, book.costs
    bps = [costs.trade_bps if series[asset].funded else costs.unfunded_trade_bps for asset in book.targets.columns]
    rates = BP * _floats(np.array(bps))
    if (np.abs(book.targets.to_numpy()) @ rates >= 1).any():
        raise RecipeError("trading costs of this leverage exceed the portfolio; lower --cost-bps or the weights")
    yearly = (costs.cash_spread_bps, costs.borrow_spread_bps, costs.short_fee_bps, costs.management_fee_bps)
    return Terms(book.lag, rates, BP * _floats(np.array(yearly)))


def _accounts(sessions: pd.DatetimeIndex, assets: list[str], books: Books) -> Accounts:
    ruin = int(books.ruin[0])
    return Accounts(
        nav=pd.Series(books.nav[0], sessions, name="nav"),
        weights=pd.DataFrame(books.weights[0], sessions, assets),
        gains=pd.DataFrame(books.gains[0], sessions, assets),
        lines=pd.DataFrame(books.lines[0], sessions, list(LINES)),
        turnover=pd.Series(books.turnover[0], sessions, name="turnover"),
        ruin=sessions[ruin] if ruin >= 0 else None,
    )
