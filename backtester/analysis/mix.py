"""The mix: the fixed shares of both legs, rest bills, that moved as a strategy did, kept as a book.

1. `slope_matrix` makes, once a window, the matrix whose product with any session returns is their summed slopes on the
   legs' excess returns of the session before, the same and the next (Dimson 1979, JFE 7, 197-226).
2. `find_mixes` looks for the shares (s, b) at which the difference of strategy and mix has no slope left, by Broyden's
   method: many books share one call of the kernel a round.
3. The mix trades whenever the strategy's schedule or band called, and as much of its gap (`gap_share`); with the
   strategy's costs and financing, from the same session on. What slope is left is added as slope x leg.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.engine.kernel import Kept, Prices, TradingTerms
from backtester.engine.many import make_orders, run_many

MOST_BOOKS = 8  # books a strategy
LONGEST_STEP = 2.0  # of shares, in one round
SLOPE_TOLERANCE = 1e-10  # a slope that is none
FEWEST_FOR_NEIGHBOURS = 30  # sessions; with fewer the same session's slope alone
INDEPENDENT = 1e-12  # the least eigenvalue of a correlation matrix whose columns can be told apart
NO_VARIANCE = 1e-15  # a sum of squares of this size is rounding


class Mixes(NamedTuple):
    """The mixes of B books over a window of n returns: `shares` (B, 2) of the legs, and session `returns` (B, n), what
    slope was left added. Both NaN where a book or its mix was ruined."""

    shares: Array
    returns: Array


def slope_matrix(legs: Array) -> Array:
    """The matrix (2, n) that gives the summed slopes of returns (n,) on the legs' excess returns (2, n).

    Where the legs cannot be told apart, or one has no variance, the other's row is zero: the first is fitted alone.
    With fewer than thirty sessions the slopes are those of the same session.
    """
    sessions = legs.shape[1]
    neighbours = (-1, 0, 1) if sessions >= FEWEST_FOR_NEIGHBOURS else (0,)
    edge = max(neighbours)
    matrix = np.zeros(legs.shape)
    for fitted in ([0, 1], [0], [1]):
        shifted = [legs[leg, edge + by : sessions - edge + by] for leg in fitted for by in neighbours]
        solved = _solved(np.array(shifted))
        if solved is not None:
            matrix[fitted, edge : sessions - edge] = solved.reshape(len(fitted), len(neighbours), solved.shape[1]).sum(
                axis=1
            )
            break
    return matrix


def _solved(columns: Array) -> Array | None:
    """The matrix whose product with returns is their slopes on the columns (K, n), a constant aside; None where they
    are not independent."""
    centred = columns - columns.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    if not (size**2 > NO_VARIANCE).all():
        return None
    unit = centred / size
    products = np.einsum("it,jt->ij", unit, unit)  # not a BLAS product, whose last bits depend on its threads
    if np.linalg.eigvalsh(products)[0] < INDEPENDENT:
        return None
    solved: Array = np.linalg.solve(products, unit) / size
    return solved


@dataclass(frozen=True, eq=False)
class MixTrading:
    """What the mixes of B books with the same first session trade by.

    `gap_share` (B, N, T) is the share of its gaps to the targets that each of a book's N tranches traded in a session;
    `prices` are those of both legs (T, 2); `terms` are the costs, without a lag, since a mix trades when its book does.
    """

    gap_share: Array
    prices: Prices
    terms: TradingTerms


def find_mixes(returns: Array, trading: MixTrading, matrix: Array) -> Mixes:
    """The mixes of books with those session returns (B, n), the last n of the T - 1 that were traded.

    `matrix` (2, n) is that of `slope_matrix`. A book that was ruined, NaN or -1 among its returns, has no mix.
    """
    books, count = returns.shape
    own = _summed(returns, matrix)
    sound = np.isfinite(own).all(axis=1) & (returns > -1).all(axis=1)
    shares, best, left = np.zeros((3, books, 2))
    made, least = np.full((books, count), np.nan), np.full(books, np.inf)
    search = _Broyden(books)
    for number in range(MOST_BOOKS):
        going = np.flatnonzero(sound & (least > SLOPE_TOLERANCE))
        if not len(going):
            break
        kept = going[:1] if number == 0 else going  # the first round's books hold nothing: they are all the same
        moves = session_returns(keep_mixes(shares[kept], trading, kept), len(kept))[:, -count:]
        moves = np.broadcast_to(moves, (len(going), count))
        values = own[going] - _summed(moves, matrix)
        size = np.where((moves > -1).all(axis=1), np.abs(values).max(axis=1), np.inf)
        better = size < least[going]
        found = going[better]
        best[found], left[found], made[found] = shares[found], values[better], moves[better]
        least[found] = size[better]
        back = (best - shares)[going] / 2  # half way, from where a mix is ruined
        shares[going] += search.steps(going, np.where(np.isinf(size)[:, None], np.nan, values), back)
    legs = (trading.prices.returns - trading.prices.bills[:, None])[-count:].T
    moves = made + np.einsum("bk,kn->bn", left, legs)
    ruined = ~(moves > -1).all(axis=1)  # or never kept, and NaN
    best[ruined], moves[ruined] = np.nan, np.nan
    return Mixes(best, moves)


def _summed(returns: Array, matrix: Array) -> Array:
    """The summed slopes (B, 2); not a BLAS product, whose last bits depend on its threads and on how many books."""
    slopes: Array = np.einsum("bn,kn->bk", returns, matrix)
    return slopes


def keep_mixes(shares: Array, trading: MixTrading, chosen: Integers, keep: tuple[str, ...] = ("nav",)) -> Kept:
    """The accounts of the mixes of those shares (C, 2) of the chosen books, C x N: tranches side by side."""
    gap_share = trading.gap_share[chosen]
    targets = np.repeat(shares, gap_share.shape[1], axis=0)[:, None]
    return run_many(
        trading.prices,
        make_orders(targets, gap_share.reshape(len(targets), gap_share.shape[2])),
        trading.terms,
        keep=keep,
    )


def session_returns(kept: Kept, books: int) -> Array:
    """The session returns (B, T - 1) of books of several tranches, which have equal parts of the money; -1 at ruin and
    after it."""
    nav = kept.nav if len(kept.nav) == books else kept.nav.reshape(books, -1, kept.nav.shape[1]).mean(axis=1)
    ruined = bool((kept.ruin >= 0).any())  # else all is above zero, and a plain division takes a third of the time
    returns: Array = nav[:, 1:] / np.where(nav[:, :-1] > 0, nav[:, :-1], np.inf) if ruined else nav[:, 1:] / nav[:, :-1]
    return np.subtract(returns, 1, out=returns)


def mix_accounts(kept: Kept, books: int, sessions: int) -> tuple[Array, Array]:
    """Net asset value (B, T) and weights (B, T, 2) of books of several tranches, over the last T sessions."""
    nav = kept.nav.reshape(books, -1, kept.nav.shape[1])[:, :, -sessions:]
    weights = kept.weights.reshape(*nav.shape[:2], -1, 2)[:, :, -sessions:]
    if nav.shape[1] == 1:
        return nav[:, 0], weights[:, 0]
    worth = nav.mean(axis=1)
    return worth, (nav[..., None] * weights).mean(axis=1) / worth[..., None]


class _Broyden:
    """Broyden's (1965) method for many pairs of equations at once, Mathematics of Computation 19, 577-593."""

    def __init__(self, books: int) -> None:
        self.inverse = np.tile(np.eye(2), (books, 1, 1))  # of minus the Jacobian
        self.values, self.taken = np.full((books, 2), np.nan), np.zeros((books, 2))

    def steps(self, going: Integers, values: Array, back: Array) -> Array:
        """The next steps (C, 2) of the books `going`, whose equations have these values; `back` where none."""
        inverse, taken, fell = self.inverse[going], self.taken[going], self.values[going] - values
        reached = np.einsum("bij,bj->bi", inverse, fell)
        scale = np.einsum("bi,bi->b", taken, reached)
        known = np.abs(scale) > NO_VARIANCE**2  # not where there was no value before
        row = np.einsum("bi,bij->bj", taken, inverse)[known] / scale[known, None]
        inverse[known] += (taken - reached)[known, :, None] * row[:, None, :]
        steps = np.einsum("bij,bj->bi", inverse, values)
        steps *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.hypot(*steps.T), NO_VARIANCE))[:, None]
        steps = np.where(np.isnan(values), back, steps)
        self.inverse[going], self.taken[going], self.values[going] = inverse, steps, values
        return steps
