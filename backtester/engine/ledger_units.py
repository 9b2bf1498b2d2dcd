"""The orders of the second engine: a plain loop over the sessions that works out the units to be held after each.

It shares no code with the kernel, and works with units and prices where the kernel works with holdings and returns. A
book has all that determines a portfolio; a gap is a target weight less the weight held.
Money is held as columns of its own (`MONEY`), since vectorbt pays no interest:

* cash lent is units of a bill that earns interest; cash owed is units of a bill that costs it, held short;
* an unfunded asset is held in full, against a column at a constant price of 1 that is held short by its notional
  (`MARGIN`), so that only gains and losses reach the cash;
* vectorbt takes fees only with an order: fees other than on what is traded are paid with orders in two columns at a
  constant price of 1, one of which sells what the other buys, in turns.
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
BAND_TOLERANCE = 1e-12  # of a weight: a distance that misses the band by less has reached it


@dataclass(frozen=True, eq=False)
class Journal:
    """Arrays by session, up to ruin, and column (assets, then `MONEY`): prices, the units held after the session, the
    cost of an order as a fraction of it (`rates`), and the fees that it pays besides, in money."""

    prices: pd.DataFrame
    units: Array
    rates: Array
    fees: Array


@dataclass(eq=False)
class Holdings:
    """What is held: units of each asset, and of bills, positive if lent and negative if owed. `row` are prices of a
    session in the order of the journal's columns."""

    funded: Flags
    units: Array
    bills: float

    def cash(self, row: Array) -> float:
        """The value of the bills at these prices; debt is negative."""
        return float(self.bills * row[len(self.units) + (self.bills < 0)])

    def worth(self, row: Array) -> float:
        """The net asset value at these prices: cash and funded assets."""
        return self.cash(row) + float((self.units * row[: len(self.units)])[self.funded].sum())

    def set_cash(self, cash: float, row: Array) -> None:
        """Hold bills of this value."""
        self.bills = float(cash / row[len(self.units) + (cash < 0)])


@dataclass(frozen=True, eq=False)
class SessionOrders:
    """A session's orders: the units of assets and bills after them, the cost of each asset's order as a fraction of it,
    and all other fees in money."""

    units: Array
    rates: Array
    bills: float
    fees: float


def keep_journal(book: Book, decisions: Flags, start: float) -> Journal:
    """The journal of one tranche (part of the money) of a book, which starts with `start` in cash.

    It trades `lag` sessions after each of its decisions (T,), and when the book's bands call for it.
    """
    prices = _prices(book)
    entries = list(_walk(book, decisions, prices.to_numpy(), start))
    count, rows = len(entries), prices.to_numpy()[: len(entries)]
    assets, rates = (np.array([getattr(entry, name) for entry in entries]) for name in ("units", "rates"))
    bills, fees = (np.array([getattr(entry, name) for entry in entries]) for name in ("bills", "fees"))
    notional = (assets * rows[:, : assets.shape[1]])[:, ~_funded(book)].sum(axis=1)
    even = np.arange(count) % 2 == 0
    paid = np.cumsum(np.where(even, -fees, fees))  # units, at a price of 1, of one column; the other has the opposite
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
        fees = _accrue(state, rows[t - 1], row, book, years=float(days[t]) / 365) if t else 0.0
        gone = t >= ends
        _pay_out(state, row, gone & (state.units != 0))
        rates = np.zeros(count)
        nav = state.worth(row)
        if nav > 0 and t >= book.lag:
            wanted = np.where(gone, 0.0, targets[t - book.lag])
            gaps = wanted - state.units * row[:count] / nav
            gaps *= 1.0 if decisions[t - book.lag] else _gap_share(book, gaps, wanted, state.funded)
            is_traded = np.abs(gaps) >= book.min_trade - BAND_TOLERANCE
            if gaps.any() and is_traded.any():
                traded_gaps = np.where(is_traded, gaps, 0.0)
                rates, fixed = _trade(state, row, traded_gaps, is_traded, book_and_start=(book, start))
                fees += fixed
                nav = state.worth(row)
        if nav <= 0:
            return
        yield SessionOrders(state.units, np.where(gone, 0.0, rates), state.bills, fees)  # being paid out costs nothing


def _pay_out(state: Holdings, row: Array, gone: Flags) -> None:
    """Turn holdings of assets that have ended into cash; unfunded ones are notionals, and simply end."""
    if gone.any():
        paid = float((state.units * row[: len(gone)])[gone & state.funded].sum())
        state.set_cash(state.cash(row) + paid, row)
        state.units = np.where(gone, 0.0, state.units)


def _accrue(state: Holdings, before: Array, row: Array, book: Book, years: float) -> float:
    """Add the gains of unfunded assets to cash and take management and short fees out of it, both on what was held at
    the close before; return the fees. `before` and `row` are the prices then and now."""
    count = len(state.units)
    held = state.units * before[:count]
    fees = BP * book.costs.management_fee_bps * years * state.worth(before)
    fees += BP * book.costs.short_fee_bps * years * float(-held[(held < 0) & state.funded].sum())
    variation = float((state.units * (row - before)[:count])[~state.funded].sum())
    if variation - fees:
        state.set_cash(state.cash(row) + variation - fees, row)
    return fees


def _gap_share(book: Book, gaps: Array, wanted: Array, funded: Flags) -> float:
    """The share of the gaps (K,) to the targets that bands call for: 0 if no band is reached.

    Each asset's gap is held against the relative band, and the distance of the whole portfolio against the band.
    """
    with_cash = np.append(gaps[funded], -gaps[funded].sum())
    distances = np.append(np.abs(gaps), np.abs(with_cash).sum() / 2 + np.abs(gaps[~funded]).sum())
    edges = np.append(np.abs(wanted) * book.relative_band if book.relative_band < np.inf else gaps + np.inf, book.band)
    edges[:-1][distances[:-1] <= BAND_TOLERANCE] = np.inf  # an asset at its target never calls for a trade
    reached = distances > edges + BAND_TOLERANCE if book.to_edge else distances >= edges - BAND_TOLERANCE
    if not reached.any():
        return 0.0
    return 1.0 - float((edges[reached] / distances[reached]).min()) if book.to_edge else 1.0


def _trade(
    state: Holdings, row: Array, gaps: Array, is_traded: Flags, book_and_start: tuple[Book, float]
) -> tuple[Array, float]:
    """Trade these gaps, as shares of NAV; return the rate of cost of each order, and the fixed costs of all.

    NAV after costs is a fixed point: it is inserted again and again, and each time the error shrinks by the rates.
    """
    book, start = book_and_start
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
        trades = np.where(is_traded, weights * after - held, 0.0)
        rates = np.where(trades > 0, buy, sell)
        before, after = after, nav - fixed - float((rates * np.abs(trades)).sum())
        if after == before:
            break
    state.units = np.where(is_traded, weights * after / prices, state.units)
    state.set_cash(after - float((state.units * prices)[state.funded].sum()), row)
    return np.where(is_traded, rates, 0.0), fixed


def _funded(book: Book) -> Flags:
    """Flags (K,) of the assets whose holdings use cash."""
    return np.array([book.market.history.is_funded(asset) for asset in book.targets.columns])


def _prices(book: Book) -> pd.DataFrame:
    """Prices of the assets and of `MONEY`, each from 1; constant where an asset has no level: it is not held."""
    market = book.market
    levels = market.levels[book.targets.columns].ffill().bfill()
    prices = levels / levels.iloc[0]
    years = market.days / 365
    for name, spread in ((LENT, -book.costs.cash_spread_bps), (OWED, book.costs.borrow_spread_bps)):
        growth = market.bill_returns + BP * spread * years
        prices[name] = np.cumprod(np.concatenate([[1.0], 1 + growth[1:]]))
    return prices.assign(**dict.fromkeys((MARGIN, *FEES), 1.0))
