"""Sessions drawn again in blocks: how long these are, and which sessions a resample is made of."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backtester.arrays import Array, Integers

INSIGNIFICANT = 5  # lags in a row that must be, before dependence is taken to have ended


@dataclass(frozen=True)
class ResamplePlan:
    """How many resamples, of which mean block length, and the seed that makes them the same every time."""

    resamples: int
    block_sessions: int
    seed: int


def draw_rows(plan: ResamplePlan, number: int, sessions: int) -> Integers:
    """The sessions of resample `number`, (sessions,): blocks that start anywhere, of geometric lengths, round the end.

    Each resample has a random generator of its own, so that the order in which they are made does not matter.
    """
    chance = np.random.default_rng([plan.seed, number])
    is_first = chance.random(sessions) < 1 / plan.block_sessions
    is_first[:1] = True
    places, turns = np.flatnonzero(is_first).tolist(), _two_turns(sessions)
    starts = chance.integers(0, sessions, len(places)).tolist()
    blocks = zip(starts, places, [*places[1:], sessions], strict=True)
    return np.concatenate([turns[start : start + end - place] for start, place, end in blocks])


@lru_cache(1)
def _two_turns(sessions: int) -> Integers:
    """The sessions in order, twice: a block is a slice of them."""
    return np.tile(np.arange(sessions), 2)


def block_length(values: Array) -> float:
    """The mean block length of the stationary bootstrap that suits the mean of a series (N,); 1 where it is constant.

    Politis and White (2004), Econometric Reviews 23, 53-70, with the correction of Patton, Politis and White (2009),
    ibid. 28, 372-375. Dependence ends where `arch.bootstrap.optimal_block_length` has it end, by correlations
    over the sizes of their own two pieces. arch is the witness in the tests: it takes over a second to import.
    """
    count = len(values)
    centred = values - values.mean()
    most = min(int(np.ceil(np.sqrt(count))) + INSIGNIFICANT, count - 2)
    covariances = np.array([centred[lag:] @ centred[: count - lag] for lag in range(most + 1)]) / count
    if most < 2 or covariances[0] <= 0:
        return 1.0
    squares = np.cumsum(centred**2) / count
    sizes = np.sqrt((squares[-1] - squares[1:most]) * squares[count - 3 : count - most - 2 : -1])
    inside = np.abs(covariances[1:-1]) < 2 * np.sqrt(np.log10(count) / count) * sizes
    runs = np.convolve(inside, np.ones(INSIGNIFICANT), mode="valid") == INSIGNIFICANT
    bandwidth = min(2 * (int(runs.argmax()) + 1), most) if runs.any() else most
    lags = np.arange(1, bandwidth + 1)
    flat_top = 2 * np.minimum(1.0, 2 * (1 - lags / bandwidth)) * covariances[1 : bandwidth + 1]
    spread = covariances[0] + flat_top.sum()
    length = float(np.cbrt((flat_top @ lags / spread) ** 2 * count))
    longest = np.ceil(min(3 * np.sqrt(count), count / 3))
    return max(1.0, min(length, float(longest)))
