"""The mix of a strategy: fixed shares of both legs, the rest in bills, with the strategy's exposure to the legs, which
are the stocks and the bonds of the reference pair.

1. `slope_matrix` is the matrix whose product with any session returns is their summed slopes on the legs' excess
   returns of the session before, the same and the next one (Dimson 1979, JFE 7, 197-226). It is made once for a window.
2. `find_mixes` finds the shares (s, b) at which strategy less mix has no slope on either leg, by Broyden's method; many
   books share a call of the kernel in each round.
3. A mix is kept as a book, with the strategy's costs and financing. It trades whenever the strategy's schedule or band
   called for a trade, and the same share (`gap_share`) of its gaps, target less weight held. A slope that the method
   leaves is removed by adding slope x leg return to the mix.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers
from backtester.engine.kernel import Kept, Prices, TradingTerms
from backtester.engine.many import make_orders, run_many

MOST_BOOKS = 8  # that are tried for a strategy
LONGEST_STEP = 2.0  # of the shares (s, b), in one round
SLOPE_TOLERANCE = 1e-10  # a slope of up to this counts as none
FEWEST_FOR_NEIGHBOURS = 30  # sessions; with fewer, slopes are on the same session's returns alone
INDEPENDENT = 1e-12  # the least eigenvalue of the correlation matrix of columns that count as independent
NO_VARIANCE = 1e-15  # a sum of squares of up to this is rounding


class Mixes(NamedTuple):
    """The mixes of B books over a window of n returns: `shares` (B, 2) of the legs, and session `returns` (B, n), with
    those that remove the last slopes. Both NaN where a book or its mix was ruined."""

    shares: Array
    returns: Array


def slope_matrix(legs: Array) -> Array:
    """The matrix (2, n) that gives the summed slopes of returns (n,) on the legs' excess returns (2, n).

    Where the legs are collinear only the first is fitted, and where one has no variance only the other; the row of the
    leg that is not fitted is zero. With fewer than thirty sessions slopes are on the same session's returns alone.
    """
    sessions = legs.shape[1]
    neighbours = (-1, 0, 1) if sessions >= FEWEST_FOR_NEIGHBOURS else (0,)
    edge = max(neighbours)  # sessions at either end that lack a neighbour
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
    """The matrix (K, n) whose product with returns (n,) is their slopes in a regression on a constant and the columns
    (K, n); None where the columns are not independent."""
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

    `gap_share` (B, N, T) is the share of its gaps to the targets that each of a book's N tranches (parts of the money
    that trade on different sessions) traded in a session;
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
    own_slopes = _summed_slopes(returns, matrix)
    is_sound = np.isfinite(own_slopes).all(axis=1) & (returns > -1).all(axis=1)
    shares, best, best_slopes = np.zeros((3, books, 2))  # tried now; with the smallest slopes so far; these slopes
    best_moves, least = np.full((books, count), np.nan), np.full(books, np.inf)
    search = _Broyden(books)
    for number in range(MOST_BOOKS):
        going = np.flatnonzero(is_sound & (least > SLOPE_TOLERANCE))
        if not len(going):
            break
        kept = going[:1] if number == 0 else going  # in the first round all mixes are the same: they hold no leg
        moves = session_returns(keep_mixes(shares[kept], trading, kept), len(kept))[:, -count:]
        moves = np.broadcast_to(moves, (len(going), count))
        slopes = own_slopes[going] - _summed_slopes(moves, matrix)  # of strategy less mix: to become zero
        size = np.where((moves > -1).all(axis=1), np.abs(slopes).max(axis=1), np.inf)  # infinite for a ruined mix
        is_better = size < least[going]
        better = going[is_better]
        best[better], best_slopes[better], best_moves[better] = shares[better], slopes[is_better], moves[is_better]
        least[better] = size[is_better]
        half_back = (best - shares)[going] / 2  # the step after a mix that was ruined
        shares[going] += search.steps(going, np.where(np.isinf(size)[:, None], np.nan, slopes), half_back)
    legs = (trading.prices.returns - trading.prices.bills[:, None])[-count:].T
    moves = best_moves + np.einsum("bk,kn->bn", best_slopes, legs)
    is_ruined = ~(moves > -1).all(axis=1)  # or NaN: no mix was kept
    best[is_ruined], moves[is_ruined] = np.nan, np.nan
    return Mixes(best, moves)


def _summed_slopes(returns: Array, matrix: Array) -> Array:
    """The summed slopes (B, 2) of returns (B, n) on the legs; by einsum and not by BLAS, whose last bits depend on the
    number of threads and of books."""
    slopes: Array = np.einsum("bn,kn->bk", returns, matrix)
    return slopes


def keep_mixes(shares: Array, trading: MixTrading, chosen: Integers, keep: tuple[str, ...] = ("nav",)) -> Kept:
    """The accounts of mixes with shares (C, 2) for the C books with the numbers `chosen`; a row for each of a book's N
    tranches, side by side."""
    gap_share = trading.gap_share[chosen]
    targets = np.repeat(shares, gap_share.shape[1], axis=0)[:, None]
    return run_many(
        trading.prices,
        make_orders(targets, gap_share.reshape(len(targets), gap_share.shape[2])),
        trading.terms,
        keep=keep,
    )


def session_returns(kept: Kept, books: int) -> Array:
    """The session returns (B, T - 1) of B books from the rows of their tranches, which start with equal parts of the
    money; -1 at ruin and after it."""
    nav = kept.nav if len(kept.nav) == books else kept.nav.reshape(books, -1, kept.nav.shape[1]).mean(axis=1)
    ruined = bool((kept.ruin >= 0).any())  # if not, all is above zero, and a plain division takes a third of the time
    returns: Array = nav[:, 1:] / np.where(nav[:, :-1] > 0, nav[:, :-1], np.inf) if ruined else nav[:, 1:] / nav[:, :-1]
    return np.subtract(returns, 1, out=returns)


def mix_accounts(kept: Kept, books: int, sessions: int) -> tuple[Array, Array]:
    """The net asset value (B, T) and weights (B, T, 2), over the last T sessions, of B books from the rows of their
    tranches."""
    nav = kept.nav.reshape(books, -1, kept.nav.shape[1])[:, :, -sessions:]
    weights = kept.weights.reshape(*nav.shape[:2], -1, 2)[:, :, -sessions:]
    if nav.shape[1] == 1:
        return nav[:, 0], weights[:, 0]
    mean_nav = nav.mean(axis=1)
    return mean_nav, (nav[..., None] * weights).mean(axis=1) / mean_nav[..., None]


class _Broyden:
    """Broyden's (1965) method, Mathematics of Computation 19, 577-593, for a pair of equations of each of many
    books."""

    def __init__(self, books: int) -> None:
        self.inverse = np.tile(np.eye(2), (books, 1, 1))  # of minus the Jacobian
        self.last_values, self.last_steps = np.full((books, 2), np.nan), np.zeros((books, 2))

    def steps(self, going: Integers, values: Array, fallback: Array) -> Array:
        """The next steps (C, 2) of the books `going`, whose equations have `values` (C, 2); `fallback` where NaN."""
        inverse, last_steps = self.inverse[going], self.last_steps[going]
        # the rank-one (Sherman-Morrison) update: inverse times the fall of the values is to be the step that made it
        predicted = np.einsum("bij,bj->bi", inverse, self.last_values[going] - values)
        scale = np.einsum("bi,bi->b", last_steps, predicted)
        has_last = np.abs(scale) > NO_VARIANCE**2  # False, too, where the last or these values are NaN
        row = np.einsum("bi,bij->bj", last_steps, inverse)[has_last] / scale[has_last, None]
        inverse[has_last] += (last_steps - predicted)[has_last, :, None] * row[:, None, :]
        steps = np.einsum("bij,bj->bi", inverse, values)
        steps *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.hypot(*steps.T), NO_VARIANCE))[:, None]
        steps = np.where(np.isnan(values), fallback, steps)
        self.inverse[going], self.last_steps[going], self.last_values[going] = inverse, steps, values
        return steps
