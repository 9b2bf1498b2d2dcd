"""The stationary bootstrap: which sessions a resample is made of, and the mean length of its blocks."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backtester.arrays import Array, Integers

INSIGNIFICANT = 5  # lags in a row with insignificant correlation, after which dependence is taken to have ended


@dataclass(frozen=True)
class ResamplePlan:
    """The number of resamples, the mean length of their blocks, and the seed of the random generators."""

    resamples: int
    block_sessions: int
    seed: int


def draw_rows(plan: ResamplePlan, number: int, sessions: int) -> Integers:
    """The session numbers (N,) of resample `number` of N sessions: blocks that start anywhere, have geometric lengths,
    and go on with the first session after the last.

    Each resample has a random generator of its own, so that the order in which they are made does not matter.
    """
    chance = np.random.default_rng([plan.seed, number])
    is_first = chance.random(sessions) < 1 / plan.block_sessions
    is_first[:1] = True
    begins, twice = np.flatnonzero(is_first).tolist(), _sessions_twice(sessions)
    starts = chance.integers(0, sessions, len(begins)).tolist()
    blocks = zip(starts, begins, [*begins[1:], sessions], strict=True)
    return np.concatenate([twice[start : start + end - begin] for start, begin, end in blocks])


@lru_cache(1)
def _sessions_twice(sessions: int) -> Integers:
    """The session numbers in order, twice, so that every block is a slice."""
    return np.tile(np.arange(sessions), 2)


def block_length(values: Array) -> float:
    """The optimal mean block length, in values, of the stationary bootstrap of the mean of a series (N,); 1 if the
    series is constant.

    Politis and White (2004), Econometric Reviews 23, 53-70, with the correction of Patton, Politis and White (2009),
    ibid. 28, 372-375. As in `arch.bootstrap.optimal_block_length`, the correlation of a lag is that of the first and
    the last N - lag values, each piece with its own size. The tests compare with arch, which takes over a second to
    import.
    """
    count = len(values)
    centred = values - values.mean()
    most = min(int(np.ceil(np.sqrt(count))) + INSIGNIFICANT, count - 2)
    covariances = np.array([centred[lag:] @ centred[: count - lag] for lag in range(most + 1)]) / count
    if most < 2 or covariances[0] <= 0:
        return 1.0
    squares = np.cumsum(centred**2) / count
    # by lag from 1: the root of the sum of squares without the first values, times that without the last ones
    sizes = np.sqrt((squares[-1] - squares[1:most]) * squares[count - 3 : count - most - 2 : -1])
    is_insignificant = np.abs(covariances[1:-1]) < 2 * np.sqrt(np.log10(count) / count) * sizes
    ends = np.convolve(is_insignificant, np.ones(INSIGNIFICANT), mode="valid") == INSIGNIFICANT  # so many in a row
    bandwidth = min(2 * (int(ends.argmax()) + 1), most) if ends.any() else most
    lags = np.arange(1, bandwidth + 1)
    flat_top = 2 * np.minimum(1.0, 2 * (1 - lags / bandwidth)) * covariances[1 : bandwidth + 1]
    long_run_variance = covariances[0] + flat_top.sum()
    length = float(np.cbrt((flat_top @ lags / long_run_variance) ** 2 * count))
    longest = np.ceil(min(3 * np.sqrt(count), count / 3))
    return max(1.0, min(length, float(longest)))
