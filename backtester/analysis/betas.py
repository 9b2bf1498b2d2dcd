"""Rolling betas: how far a strategy moved with each leg of the pair, the other leg held still."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backtester.arrays import Array, Integers


def rolling_betas(own: Array, legs: Array, *, ends: Integers, window: int) -> Array:
    """The slopes (E, 2) of returns (n,) on those of both legs (n, 2) together, by least squares with a constant.

    They are over the `window` returns up to each of `ends` (E,); NaN where there are fewer, one is missing, or the legs
    move as one.
    """
    slopes = np.full((len(ends), 2), np.nan)
    known = np.flatnonzero(ends + 1 >= window)
    if not len(known):
        return slopes
    parts = sliding_window_view(np.column_stack([legs, own]), window, axis=0)[ends[known] + 1 - window]
    moved = parts - parts.mean(axis=2, keepdims=True)
    products = np.einsum("eit,ejt->eij", moved, moved)
    (a, b, x), (_, c, y) = products[:, 0].T, products[:, 1].T
    spread = a * c - b * b
    sound = np.isfinite(products).all(axis=(1, 2)) & (spread > 1e-12 * a * c)
    both = np.column_stack([c * x - b * y, a * y - b * x])[sound]
    slopes[known[sound]] = both / spread[sound, None]
    return slopes
