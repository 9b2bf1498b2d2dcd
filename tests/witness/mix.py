"""The mix, what made the payoff beyond it, and the placebo as docs/design.md defines them, as plain loops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import root

from backtester.arrays import Array, Integers
from witness import reference

FEWEST_FOR_NEIGHBOURS = 30


@dataclass(frozen=True)
class Mix:
    """The shares of the legs, the slopes that a book of them left, and the levels (T,) with these added."""

    shares: Array
    left: Array
    levels: Array


def session_returns(levels: Array) -> Array:
    """By session after the first."""
    moves: Array = levels[1:] / levels[:-1] - 1
    return moves


def summed_slopes(returns: Array, legs: Array) -> Array:
    """The slopes of returns (n,) on the legs' excess returns (2, n), summed over the session before, the same and the
    next: a row a session, with a constant, by least squares."""
    neighbours = (-1, 0, 1) if len(returns) >= FEWEST_FOR_NEIGHBOURS else (0,)
    edge = len(neighbours) // 2
    inner = slice(edge, len(returns) - edge)
    columns = [np.roll(leg, -by)[inner] for leg in legs for by in neighbours]
    rows = np.column_stack([np.ones(len(columns[0])), *columns])
    slopes = np.linalg.lstsq(rows, returns[inner], rcond=None)[0][1:]
    return np.array([slopes[: len(neighbours)].sum(), slopes[len(neighbours) :].sum()])


def find_mix(own: Array, legs: Array, book: Callable[[Array], Array], shares: Array | None = None) -> Mix:
    """The mix of levels `own` (T,), where `book` makes levels (T,) from shares: the root of two equations, unless
    shares are given, and what is left of the slopes added as slope x leg."""

    def slopes(tried: Array) -> Array:
        return summed_slopes(session_returns(own) - session_returns(book(tried)), legs)

    if shares is None:
        shares = root(slopes, summed_slopes(session_returns(own), legs), tol=1e-13).x
    left = slopes(shares)
    moves = session_returns(book(shares)) + left @ legs
    return Mix(shares, left, np.cumprod([1.0, *(1 + moves)]))


def mix_book(shares: Array, moved: Array, market: tuple[Array, Array, Array], rules: reference.Rules) -> Array:
    """The levels (T,) of a book with those constant targets of both legs that moves the share `moved` (N, T) of its
    gaps in each session, tranche by tranche; `market` are returns (T, 2), bills (T,) and days (T,)."""
    returns, bills, days = (part.tolist() for part in market)
    targets = [shares.tolist()] * len(bills)
    paths = [reference.simulate(returns, bills, days, targets, shares_moved.tolist(), rules) for shares_moved in moved]
    levels: Array = np.mean([path.nav for path in paths], axis=0)
    return levels


@dataclass(frozen=True)
class Held:
    """A book by session: levels (T,), and of K assets weights, P&L in money (T, K) and whether they are funded (K,)."""

    nav: Array
    weights: Array
    gains: Array
    funded: Array


def payoff_parts(own: Held, mix: Held, legs: tuple[Array, Array], bills: Array, joint: Integers) -> Array:
    """Means over the windows of what the legs held at its start made of a strategy's return beyond its mix's, what
    trading the legs inside made, and what the other assets made: all in excess of bills, in units of the book's value
    at the window's start. The first two assets of both books are the legs, whose levels are `legs`."""
    windows = []
    for start, end in joint.tolist():
        (kept, traded, others), (as_kept, as_traded, _) = (_made(book, legs, bills, start, end) for book in (own, mix))
        windows.append([kept - as_kept, traded - as_traded, others])
    parts: Array = np.mean(windows, axis=0)
    return parts


def _made(book: Held, legs: tuple[Array, Array], bills: Array, start: int, end: int) -> tuple[float, float, float]:
    kept = in_legs = others = 0.0
    for asset in range(book.weights.shape[1]):
        for t in range(start + 1, end + 1):
            before = book.weights[t - 1, asset] * book.nav[t - 1]
            earned = (book.gains[t, asset] - book.funded[asset] * before * bills[t]) / book.nav[start]
            if asset >= len(legs):
                others += earned
                continue
            in_legs += earned
            level = legs[asset]
            excess = level[t] / level[t - 1] - 1 - bills[t]
            kept += book.weights[start, asset] * level[t - 1] / level[start] * excess
    return kept, in_legs - kept, others


def placebo_payoffs(weights: Array, returns: Array, legs: Array, joint: Integers, shifts: Sequence[int]) -> Array:
    """The payoff of each shift of weights (n, K), held before each of the returns (n, K): what the shifted weights
    earned in the windows, less their slopes on the legs (2, n) times what the legs did there, each summed over the
    window and averaged over windows."""

    def in_windows(series: Array) -> float:
        return float(np.mean([series[start:end].sum() for start, end in joint]))

    legs_there = np.array([in_windows(leg) for leg in legs])
    payoffs = []
    for shift in shifts:
        moved = (np.roll(weights, shift, axis=0) * returns).sum(axis=1)
        payoffs.append(in_windows(moved) - summed_slopes(moved, legs) @ legs_there)
    return np.array(payoffs)
