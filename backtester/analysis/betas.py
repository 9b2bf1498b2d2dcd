"""Rolling betas: how far a strategy moved with each leg of the pair, the other leg held still."""

import numpy as np

from backtester.arrays import Array, Integers


def rolling_betas(own: Array, legs: Array, *, ends: Integers, window: int) -> Array:
    """The slopes (E, 2) of returns (n,) on those of both legs (n, 2) together, by least squares with a constant.

    They are over the `window` returns up to each of `ends` (E,); NaN where there are fewer, one is missing, or the legs
    move as one.
    """
    slopes = np.full((len(ends), 2), np.nan)
    joined = np.column_stack([legs, own])
    for row, last in enumerate(ends.tolist()):
        part = joined[max(0, last + 1 - window) : last + 1]
        moved = part - part.mean(axis=0)
        products = np.einsum("ti,tj->ij", moved, moved)
        (a, b, x), (_, c, y) = products[0], products[1]
        spread = a * c - b * b
        if len(part) == window and np.isfinite(products).all() and spread > 1e-12 * a * c:
            slopes[row] = (c * x - b * y) / spread, (a * y - b * x) / spread
    return slopes
