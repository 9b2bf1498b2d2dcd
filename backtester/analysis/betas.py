"""Rolling betas: the slopes of a strategy's returns on those of both legs (the pair's stocks and bonds) together."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backtester.arrays import Array, Integers

COLLINEAR = 1e-12  # legs count as collinear if 1 - their correlation squared is at most this


def rolling_betas(own: Array, legs: Array, *, ends: Integers, window: int) -> Array:
    """The slopes (E, 2) of returns `own` (n,) on those of both legs (n, 2), by least squares with a constant.

    Each is over the `window` returns up to and with one of the places in `ends` (E,); NaN where there are fewer, one is
    NaN, or the legs are collinear.
    """
    slopes = np.full((len(ends), 2), np.nan)
    known = np.flatnonzero(ends + 1 >= window)
    if not len(known):
        return slopes
    parts = sliding_window_view(np.column_stack([legs, own]), window, axis=0)[ends[known] + 1 - window]
    centred = parts - parts.mean(axis=2, keepdims=True)
    products = np.einsum("eit,ejt->eij", centred, centred)  # (E, 3, 3), of leg 1, leg 2 and the strategy
    (square_1, legs_product, with_1), (_, square_2, with_2) = products[:, 0].T, products[:, 1].T
    determinant = square_1 * square_2 - legs_product * legs_product
    is_sound = np.isfinite(products).all(axis=(1, 2)) & (determinant > COLLINEAR * square_1 * square_2)
    # the normal equations of two slopes, solved by Cramer's rule
    numerators = [square_2 * with_1 - legs_product * with_2, square_1 * with_2 - legs_product * with_1]
    slopes[known[is_sound]] = np.column_stack(numerators)[is_sound] / determinant[is_sound, None]
    return slopes
