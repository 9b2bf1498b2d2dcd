"""The second engine, an independent check of the first, the kernel: vectorbt does the accounts, by orders of our own.

A book has all that determines a portfolio; of its tranches each trades a part of the money on days of its own.

`ledger_units` works out the units to hold after each session; `portfolio` sends them to vectorbt as `targetamount`
orders, and vectorbt works out cash, fees and values from the prices by itself.
"""

from typing import Any

import numpy as np
import pandas as pd

from backtester.engine.book import Book
from backtester.engine.ledger_units import Journal, keep_journal

START_MONEY = 1e6  # vectorbt takes amounts below 1e-12 for zero


def portfolio(book: Book) -> Any:
    """The vectorbt Portfolio of a book that starts with a million, up to its ruin.

    It has a column for each asset and each money account (`ledger_units.MONEY`), once a tranche, all in one group.
    """
    import vectorbt as vbt  # costs seconds, and only an audit needs it

    journals = [keep_journal(book, decisions, START_MONEY / len(book.tranches)) for decisions in book.tranches]
    count = min(len(journal.prices) for journal in journals)  # a journal ends where its tranche is ruined
    prices = pd.concat([journal.prices.iloc[:count] for journal in journals], axis=1, keys=range(1, len(journals) + 1))
    if len(journals) == 1:
        prices = journals[0].prices
    return vbt.Portfolio.from_orders(
        close=prices,
        size=pd.DataFrame(_side_by_side(journals, "units", count), prices.index, prices.columns),
        size_type="targetamount",
        direction="both",
        price=prices,
        val_price=prices,
        fees=_side_by_side(journals, "rates", count),
        fixed_fees=_side_by_side(journals, "fees", count),
        slippage=0.0,
        init_cash=START_MONEY,
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
    """The largest difference between vectorbt's net asset value and `nav` (T,), which begins at 1, as a fraction of
    `nav`, up to ruin; infinite if one is ruined and the other is not, or on another session."""
    value = np.asarray(portfolio(book).value(), dtype=float) / START_MONEY
    navs = np.asarray(nav, dtype=float)
    count = len(navs) if (navs > 0).all() else int((navs <= 0).argmax())  # sessions before ruin
    if len(value) != count:
        return float("inf")
    return float(np.abs(value / navs[:count] - 1).max(initial=0.0))


def _side_by_side(journals: list[Journal], name: str, count: int) -> "np.typing.NDArray[np.float64]":
    """The first `count` rows of an array of every journal, as columns of one array."""
    return np.column_stack([getattr(journal, name)[:count] for journal in journals])
