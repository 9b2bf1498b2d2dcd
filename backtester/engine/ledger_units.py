"""The ledger's own books: a plain walk through the sessions that notes what units are to be held after each.

It shares no code with the kernel and goes by units and prices where that goes by holdings and returns. Cash is units of
a bill that lends, debt units of a bill that borrows, held short. A future is held in full, and a column of money at no
interest, held short by its notional, takes the variation out every session. Fees other than on what is traded need an
order to be paid with: of two columns of money at no interest one sells what the other buys, by turns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.engine.book import Book
from backtester.engine.costs import BP

LENT, OWED, MARGIN, FEES = "cash lent", "cash owed", "margin", ("fees, even sessions", "fees, odd sessions")
MONEY = (LENT, OWED, MARGIN, *FEES)
BAND_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Journal:
    """By session, up to ruin, and column (assets, then `MONEY`): prices, units held after the session, the rate that an
    order pays and what it pays besides."""

    prices: pd.DataFrame
    units: Array
    rates: Array
    fees: Array


@dataclass(eq=False)
class Holdings:
    """The holdings: units of each asset, and of bills, above zero if lent and below if owed."""

    funded: Flags
    units: Array
    bills: float

    def cash(self, row: Array) -> float:
        """The value of the bills at those prices; debt is below zero."""
        return float(self.bills * row[len(self.units) + (self.bills < 0)])

    def worth(self, row: Array) -> float:
        """Cash and what funded assets are worth at those prices."""
        return self.cash(row) + float((self.units * row[: len(self.units)])[self.funded].sum())

    def set_cash(self, cash: float, row: Array) -> None:
        """Hold so much in bills."""
        self.bills = float(cash / row[len(self.units) + (cash < 0)])


@dataclass(frozen=True, eq=False)
class SessionOrders:
    """A session's orders: units of assets and bills after them, the rate each asset's pays, and fees besides."""

    units: Array
    rates: Array
    bills: float
    fees: float


def keep_journal(book: Book, decisions: Flags, start: float) -> Journal:
    """The journal of a book that starts with that much in cash and trades on those decisions (T,)."""
    prices = _prices(book)
    entries = list(_walk(book, decisions, prices.to_numpy(), start))
    count, rows = len(entries), prices.to_numpy()[: len(entries)]
    assets, rates = (np.array([getattr(entry, name) for entry in entries]) for name in ("units", "rates"))
    bills, fees = (np.array([getattr(entry, name) for entry in entries]) for name in ("bills", "fees"))
    notional = (assets * rows[:, : assets.shape[1]])[:, ~_funded(book)].sum(axis=1)
    even = np.arange(count) % 2 == 0
    paid = np.cumsum(np.where(even, -fees, fees))
    return Journal(
        prices=prices.iloc[:count],
        units=np.column_stack([assets, bills.clip(min=0), bills.clip(max=0), -notional, paid, -paid]),
        rates=np.column_stack([rates, np.zeros((count, len(MONEY)))]),
        fees=np.column_stack([0.0 * assets, np.zeros((count, 3)), fees * even, fees * ~even]),
    )


def _walk(book: Book, decisions: Flags, rows: Array, start: float) -> Iterator[SessionOrders]:
    """The orders of each session, until the book is ruined."""
    ends, targets, days = np.array(book.ends), book.targets.to_numpy(), book.market.days
    count = targets.shape[1]
    state = Holdings(_funded(book), np.zeros(count), start)
    for t, row in enumerate(rows):
        fees = _accrue(state, rows[t - 1], row, book, float(days[t]) / 365) if t else 0.0
        gone = t >= ends
        _pay_out(state, row, gone & (state.units != 0))
        rates = np.zeros(count)
        nav = state.worth(row)
        if nav > 0 and t >= book.lag:
            wanted = np.where(gone, 0.0, targets[t - book.lag])
            gaps = wanted - state.units * row[:count] / nav
            gaps *= 1.0 if decisions[t - book.lag] else _way(book, gaps, wanted, state.funded)
            moved = np.abs(gaps) >= book.min_trade - BAND_TOLERANCE
            if gaps.any() and moved.any():
                rates, fixed = _trade(state, row, np.where(moved, gaps, 0.0), moved, (book, start))
                fees += fixed
                nav = state.worth(row)
        if nav <= 0:
            return
        yield SessionOrders(state.units, np.where(gone, 0.0, rates), state.bills, fees)  # to be paid out costs nothing


def _pay_out(state: Holdings, row: Array, gone: Flags) -> None:
    """Turn what has ended into cash; there is none in what is only a notional."""
    if gone.any():
        paid = float((state.units * row[: len(gone)])[gone & state.funded].sum())
        state.set_cash(state.cash(row) + paid, row)
        state.units = np.where(gone, 0.0, state.units)


def _accrue(state: Holdings, before: Array, row: Array, book: Book, years: float) -> float:
    """Take variation into cash and fees out of it, by what was held at the close before; what the fees come to."""
    count = len(state.units)
    held = state.units * before[:count]
    fees = BP * book.costs.management_fee_bps * years * state.worth(before)
    fees += BP * book.costs.short_fee_bps * years * float(-held[(held < 0) & state.funded].sum())
    variation = float((state.units * (row - before)[:count])[~state.funded].sum())
    if variation - fees:
        state.set_cash(state.cash(row) + variation - fees, row)
    return fees


def _way(book: Book, gaps: Array, wanted: Array, funded: Flags) -> float:
    """The share of the way to the targets that bands call for, by the distances of the portfolio and of each asset."""
    money = np.append(gaps[funded], -gaps[funded].sum())
    far = np.append(np.abs(gaps), np.abs(money).sum() / 2 + np.abs(gaps[~funded]).sum())
    edges = np.append(np.abs(wanted) * book.relative_band if book.relative_band < np.inf else gaps + np.inf, book.band)
    edges[:-1][far[:-1] <= BAND_TOLERANCE] = np.inf
    beyond = far > edges + BAND_TOLERANCE if book.to_edge else far >= edges - BAND_TOLERANCE
    if not beyond.any():
        return 0.0
    return 1.0 - float((edges[beyond] / far[beyond]).min()) if book.to_edge else 1.0


def _trade(state: Holdings, row: Array, gaps: Array, moved: Flags, account: tuple[Book, float]) -> tuple[Array, float]:
    """Trade what is moved by those gaps of NAV: the rate each order pays, and the fixed costs of all.

    NAV after costs is found by putting it in again and again: each time the error shrinks by the rates.
    """
    book, start = account
    prices = row[: len(gaps)]
    history, costs = book.market.history, book.costs
    held = state.units * prices
    nav = state.worth(row)
    weights = held / nav + gaps
    fixed = BP * costs.fixed_bps * start * len(book.tranches) * int((np.abs(gaps) > BAND_TOLERANCE).sum())
    sides = [costs.sides(asset, funded=history.is_funded(asset)) for asset in book.targets.columns]
    buy, sell = (BP * np.array([getattr(side, name) for side in sides]) for name in ("buy_bps", "sell_bps"))
    after, rates = nav, buy
    for _ in range(2000):
        trades = np.where(moved, weights * after - held, 0.0)
        rates = np.where(trades > 0, buy, sell)
        before, after = after, nav - fixed - float((rates * np.abs(trades)).sum())
        if after == before:
            break
    state.units = np.where(moved, weights * after / prices, state.units)
    state.set_cash(after - float((state.units * prices)[state.funded].sum()), row)
    return np.where(moved, rates, 0.0), fixed


def _funded(book: Book) -> Flags:
    return np.array([book.market.history.is_funded(asset) for asset in book.targets.columns])


def _prices(book: Book) -> pd.DataFrame:
    """Levels of the assets and of `MONEY`, each from 1; where an asset has none it stands still, unheld."""
    market = book.market
    levels = market.levels[book.targets.columns].ffill().bfill()
    prices = levels / levels.iloc[0]
    years = market.days / 365
    for name, spread in ((LENT, -book.costs.cash_spread_bps), (OWED, book.costs.borrow_spread_bps)):
        growth = market.bill_returns + BP * spread * years
        prices[name] = np.cumprod(np.concatenate([[1.0], 1 + growth[1:]]))
    return prices.assign(**dict.fromkeys((MARGIN, *FEES), 1.0))
