"""Betas: how far one return moves with another, or with two, all in excess of bills."""

import numpy as np

from backtester.arrays import Array, Flags

FEWEST_FOR_NEIGHBOURS = 30
INDEPENDENT = 1e-12  # the least eigenvalue of a correlation matrix whose columns can be told apart


def beta_with_neighbours(returns: Array, against: Array) -> float:
    """The sum of the slopes on the other's return of the session before, the same and the next; both excess of bills.

    Dimson (1979), Journal of Financial Economics 7, 197-226: assets whose prices are taken at different hours (noon
    rates of the dollar, stocks at 16:00) move with each other a session apart, which the slope of the same session
    misses. With fewer than thirty sessions, or where the three cannot be told apart, that slope alone.
    """
    return float(betas_with_neighbours(returns, [against])[0])


def betas_with_neighbours(returns: Array, against: list[Array], *, among: Flags | None = None) -> Array:
    """The same on several others at once, one beta for each; NaN where they cannot be told apart.

    `among` (T,) marks the sessions that count; their neighbours need not be among them.
    """
    chosen = np.ones(len(returns), dtype=bool) if among is None else among
    inner = chosen[1:-1]
    if inner.sum() >= FEWEST_FOR_NEIGHBOURS - 2:
        shifted = [one[place : len(one) - 2 + place][inner] for one in against for place in range(3)]
        slopes = _slopes(returns[1:-1][inner], shifted)
        if not np.isnan(slopes).any():
            sums: Array = slopes.reshape(len(against), 3).sum(axis=1)
            return sums
    return _slopes(returns[chosen], [one[chosen] for one in against])


def _slopes(returns: Array, against: list[Array]) -> Array:
    """The slopes of a regression with a constant, NaN where the columns are not independent.

    By normal equations on columns of unit length: of some thousand sessions a thirtieth of the time of a decomposition.
    Sums are numpy's own: a BLAS would start threads for them, and how many decides their last bit.
    """
    if len(returns) < 2:
        return np.full(len(against), np.nan)
    columns = np.column_stack(against)
    centred = columns - columns.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    if not (size**2 > 1e-15).all():  # no variance up to rounding
        return np.full(len(against), np.nan)
    unit = centred / size
    products = np.einsum("ti,tj->ij", unit, unit)
    if np.linalg.eigvalsh(products)[0] < INDEPENDENT:
        return np.full(len(against), np.nan)
    slopes: Array = np.linalg.solve(products, np.einsum("ti,t->i", unit, returns - returns.mean())) / size
    return slopes
