"""The ledger: the second engine, which keeps its own books and has vectorbt do the accounts.

It shares no code with the kernel. `trades` steps through the sessions in plain Python and notes the units to hold
after each trade; `portfolio` sends them to vectorbt as `targetamount` orders. vectorbt knows neither cash yield nor
borrowing, so cash is a column of its own that earns the lending rate, and debt another that is held short.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.engine.book import Book
from backtester.engine.costs import BP
from backtester.errors import RecipeError

LENT, OWED = "cash lent", "cash owed"


def check_covered(book: Book) -> None:
    """Nothing, if the ledger can keep these accounts; a RecipeError says what it does not cover yet."""
    series, costs = book.market.history.series, book.costs
    if any(not series[asset].funded for asset in book.targets.columns if (book.targets[asset] != 0).any()):
        raise RecipeError("the audit does not cover unfunded assets; run without --audit")
    if costs.management_fee_bps:
        raise RecipeError("the audit does not cover management fees; run without --audit")
    if costs.short_fee_bps and (book.targets.to_numpy() < 0).any():
        raise RecipeError("the audit does not cover fees on short holdings; run without --audit")


def trades(book: Book, prices: Array) -> Iterator[tuple[int, Array]]:
    """Each trade: its session, and the units held after it. `prices` (T, K + 2): assets, cash lent, cash owed."""
    targets, rate = book.targets.to_numpy(), BP * book.costs.trade_bps
    count = targets.shape[1]
    units = np.zeros(count + 2)
    units[count] = 1 / prices[0, count]
    yield 0, units
    for t in range(book.lag, len(prices)):
        values = units * prices[t]
        held, nav = values[:count], float(values.sum())
        wanted = targets[t - book.lag]
        gaps = np.append(wanted - held / nav, (1 - wanted.sum()) - (values[count] + values[count + 1]) / nav)
        if book.decisions[t - book.lag] or np.abs(gaps).sum() / 2 >= book.band - 1e-12:
            after = nav
            for _ in range(60):  # each step shrinks the error by the cost rate
                after = nav - rate * float(np.abs(wanted * after - held).sum())
            cash = after - float((wanted * after).sum())
            units = np.concatenate([wanted * after, [max(cash, 0.0), min(cash, 0.0)]]) / prices[t]
            yield t, units


def portfolio(book: Book) -> Any:
    """The vectorbt Portfolio of a book."""
    import vectorbt as vbt  # costs seconds, and only an audit needs it

    check_covered(book)
    prices = _prices(book)
    orders = np.full(prices.shape, np.nan)
    for session, units in trades(book, prices.to_numpy()):
        orders[session] = units
    return vbt.Portfolio.from_orders(
        close=prices,
        size=pd.DataFrame(orders, prices.index, prices.columns),
        size_type="targetamount",
        direction="both",
        price=prices,
        val_price=prices,
        fees=np.array([[*[BP * book.costs.trade_bps] * len(book.targets.columns), 0.0, 0.0]]),
        fixed_fees=0.0,
        slippage=0.0,
        init_cash=1.0,
        cash_sharing=True,
        group_by=True,
        call_seq="auto",
        lock_cash=False,
        allow_partial=True,
        raise_reject=False,
        freq="1D",
        engine="auto",
    )


def audit(book: Book, nav: "pd.Series[float]") -> float:
    """The largest difference between vectorbt's net asset value and this one, as a fraction of it."""
    value = np.asarray(portfolio(book).value(), dtype=float)
    return float(np.abs(value / np.asarray(nav, dtype=float) - 1).max())


def _prices(book: Book) -> pd.DataFrame:
    """Levels of the assets, and of cash lent and owed, each from 1; an asset that has not begun stands at 1, unheld."""
    market = book.market
    levels = market.levels[book.targets.columns]
    prices = (levels / levels.bfill().iloc[0]).fillna(1.0)
    years = market.days / 365
    for name, spread in ((LENT, -book.costs.cash_spread_bps), (OWED, book.costs.borrow_spread_bps)):
        growth = market.bill_returns + BP * spread * years
        prices[name] = np.cumprod(np.concatenate([[1.0], 1 + growth[1:]]))
    return prices
