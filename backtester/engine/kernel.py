"""The accounts, compiled. All that numba sees is in this file, since its cache does not notice edits elsewhere."""

from typing import NamedTuple

import numpy as np

from backtester.arrays import Array
from backtester.compiled import jit

BAND_TOLERANCE = 1e-12


class Prices(NamedTuple):
    """What every book sees: returns (T, K), bills (T,), days since the session before (T,), funded (K,) as 0 or 1."""

    returns: Array
    bills: Array
    days: Array
    funded: Array


class Orders(NamedTuple):
    """What each book wants: targets (B, T, K), decisions (B, T) as 0 or 1, band (B,), infinite for none."""

    targets: Array
    decisions: Array
    band: Array


class Terms(NamedTuple):
    """Costs as fractions: rates (K,) a unit traded; yearly (4,): cash spread, borrow spread, short fee, fee."""

    lag: int
    rates: Array
    yearly: Array


class Books(NamedTuple):
    """What comes out, filled in place.

    nav (B, T); weights (B, T, K) at the close, after any trade; gains (B, T, K) by asset; lines (B, T, 4): interest,
    financing, costs, fees; turnover (B, T); ruin (B,), the session of ruin or -1.
    """

    nav: Array
    weights: Array
    gains: Array
    lines: Array
    turnover: Array
    ruin: Array


@jit
def _value_after_costs(nav: float, holdings: Array, target: Array, rates: Array) -> float:
    """The x that solves x + sum of rate_k * |w_k x - h_k| = nav.

    The left side is convex, piecewise linear and rising, so Newton's steps from x = nav descend to the root and stop
    there after at most as many steps as there are kinks.
    """
    value = nav
    for _ in range(2 * len(holdings) + 2):
        excess = value - nav
        slope = 1.0
        for k in range(len(holdings)):
            trade = target[k] * value - holdings[k]
            sign = 1.0 if trade >= 0 else -1.0
            excess += rates[k] * sign * trade
            slope += rates[k] * sign * target[k]
        step = excess / slope
        value -= step
        if abs(step) <= 1e-16 * nav:
            break
    return value


@jit
def _distance(nav: float, holdings: Array, target: Array, funded: Array) -> float:
    """Half the sum of |held - wanted| in weights, cash included; unfunded notionals in full."""
    distance = 0.0
    cash = 0.0
    for k in range(len(holdings)):
        gap = target[k] - holdings[k] / nav
        if funded[k] > 0:
            distance += 0.5 * abs(gap)
            cash -= gap
        else:
            distance += abs(gap)
    return distance + 0.5 * abs(cash)


@jit
def _run_book(prices: Prices, orders: Orders, terms: Terms, books: Books, b: int) -> None:
    sessions, assets = prices.returns.shape
    holdings = np.zeros(assets)
    cash = 1.0
    nav = 1.0
    for t in range(sessions):
        if t > 0:
            years = prices.days[t] / 365
            if cash >= 0:
                books.lines[b, t, 0] = cash * (prices.bills[t] - terms.yearly[0] * years)
            else:
                books.lines[b, t, 1] = -cash * (prices.bills[t] + terms.yearly[1] * years)
            for k in range(assets):
                if holdings[k] < 0 and prices.funded[k] > 0:  # a short future borrows nothing
                    books.lines[b, t, 1] -= holdings[k] * terms.yearly[2] * years
            books.lines[b, t, 3] = nav * terms.yearly[3] * years
            cash += books.lines[b, t, 0] - books.lines[b, t, 1] - books.lines[b, t, 3]
            nav = 0.0
            for k in range(assets):
                gain = holdings[k] * prices.returns[t, k]
                books.gains[b, t, k] = gain
                holdings[k] += gain
                if prices.funded[k] > 0:
                    nav += holdings[k]
                else:
                    cash += gain
            nav += cash
        decided = t - terms.lag
        if nav > 0 and decided >= 0:
            target = orders.targets[b, decided]
            distance = _distance(nav, holdings, target, prices.funded)
            if orders.decisions[b, decided] > 0 or distance >= orders.band[b] - BAND_TOLERANCE:
                value = _value_after_costs(nav, holdings, target, terms.rates)
                books.lines[b, t, 2] = nav - value
                books.turnover[b, t] = distance
                nav = value
                cash = nav
                for k in range(assets):
                    holdings[k] = target[k] * nav
                    if prices.funded[k] > 0:
                        cash -= holdings[k]
        if nav <= 0:
            books.ruin[b] = t
            return
        books.nav[b, t] = nav
        for k in range(assets):
            books.weights[b, t, k] = holdings[k] / nav


@jit
def run_books(prices: Prices, orders: Orders, terms: Terms, books: Books) -> None:
    """Run every book through all sessions, DESIGN section 6, filling `books`, which start at zero.

    A ruined book's arrays stay at zero from its session of ruin on, except that session's gains and lines.
    """
    for b in range(orders.targets.shape[0]):
        books.ruin[b] = -1
        _run_book(prices, orders, terms, books, b)
