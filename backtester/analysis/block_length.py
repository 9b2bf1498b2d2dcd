"""How long the blocks of a bootstrap should be, by the dependence of a series on its own past."""

import numpy as np

from backtester.arrays import Array

INSIGNIFICANT = 5  # lags in a row that must be, before dependence is taken to have ended


def block_length(values: Array) -> float:
    """The mean block length of the stationary bootstrap that suits the mean of a series (N,); 1 where it is constant.

    Politis and White (2004), Econometric Reviews 23, 53-70, with the correction of Patton, Politis and White (2009),
    ibid. 28, 372-375. Where dependence ends is told as `arch.bootstrap.optimal_block_length` tells it, by correlations
    over the sizes of their own two pieces. arch is the witness in the tests: it takes over a second to import.
    """
    count = len(values)
    centred = values - values.mean()
    most = min(int(np.ceil(np.sqrt(count))) + INSIGNIFICANT, count - 2)
    covariances = np.array([centred[lag:] @ centred[: count - lag] for lag in range(most + 1)]) / count
    if most < 1 or covariances[0] <= 0:
        return 1.0
    squares = np.cumsum(centred**2) / count
    sizes = np.sqrt((squares[-1] - squares[1:most]) * squares[count - 3 : count - most - 2 : -1])
    inside = np.abs(covariances[1:most]) < 2 * np.sqrt(np.log10(count) / count) * sizes
    runs = np.convolve(inside, np.ones(INSIGNIFICANT), mode="valid") == INSIGNIFICANT
    bandwidth = min(2 * (int(runs.argmax()) + 1), most) if runs.any() else most
    lags = np.arange(1, bandwidth + 1)
    flat_top = 2 * np.minimum(1.0, 2 * (1 - lags / bandwidth)) * covariances[1 : bandwidth + 1]
    spread = covariances[0] + flat_top.sum()
    length = float(np.cbrt((flat_top @ lags / spread) ** 2 * count))
    longest = np.ceil(min(3 * np.sqrt(count), count / 3))
    return max(1.0, min(length, float(longest)))
