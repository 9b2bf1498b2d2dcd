"""How much a search flatters what it found: the best of many is good by chance alone, the better the more were tried.

1. `independent_trials` says how many independent trials the runs amount to.
2. `deflated_sharpe` is the probability that a Sharpe ratio beats what the best of so many without skill would show.
3. `backtest_overfitting` is the probability that what is best in one half of the time is below the median in the other.
4. `walk_forward` chooses on the past, again and again; what came after is for who holds the choices to score.

All of it is of returns by period (N, T), of N runs over the same T periods, in excess of bills; Sharpe ratios are a
period. Runs with an undefined return cannot be compared: leave them out before, and say so.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from backtester.arrays import Array, Integers

NORMAL = NormalDist()
EULER = 0.5772156649015329  # Euler and Mascheroni's constant
SPLITS = 16  # parts that the time is cut into: 12,870 ways of taking half of them
SPLITS_AT_ONCE = 64  # splits worked at together, since each takes a number a run
ROUNDING_DEVIATION = 1e-14  # a deviation of up to this is rounding, as in `returns_kernel`


def sharpe_ratios(returns: Array) -> Array:
    """Mean over sample deviation of each row; NaN where nothing varies."""
    deviation = returns.std(axis=1, ddof=1)
    ratios: Array = np.divide(
        returns.mean(axis=1), deviation, out=np.full(len(returns), np.nan), where=deviation > ROUNDING_DEVIATION
    )
    return ratios


def independent_trials(returns: Array) -> float:
    """How many independent trials N runs amount to: r + (1 - r) N, r their mean correlation, at least 1.

    Bailey and Lopez de Prado (2014), The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), 94-107, appendix
    A.3. Runs that do not vary count as one another's copies.
    """
    centred = returns - returns.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    varies = size[:, 0] > ROUNDING_DEVIATION
    unit = centred[varies] / size[varies]
    count = len(unit)
    if count < 2:
        return 1.0
    total = unit.sum(axis=0)
    correlation = (float((total**2).sum()) - count) / (count * (count - 1))
    return min(float(count), max(1.0, correlation + (1 - correlation) * count))


def best_by_chance(trials: float, variance: float) -> float:
    """The Sharpe ratio to expect of the best of so many independent trials without skill; of one, 0.

    `variance` is that of the trials' Sharpe ratios. Bailey and Lopez de Prado (2014), equation 1.
    """
    if trials <= 1:
        return 0.0
    highest = (1 - EULER) * NORMAL.inv_cdf(1 - 1 / trials) + EULER * NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return float(math.sqrt(variance) * highest)


def probabilistic_sharpe(sharpe: float, against: float, *, count: int, skewness: float, kurtosis: float) -> float:
    """The probability that the true Sharpe ratio is above another, given the one of `count` returns; NaN where those
    are too skewed for it. `kurtosis` is 3 for a normal distribution.

    Bailey and Lopez de Prado (2012), Journal of Risk 15(2), 3-44.
    """
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    return NORMAL.cdf((sharpe - against) * math.sqrt((count - 1) / variance)) if variance > 0 else math.nan


def deflated_sharpe(returns: Array, chosen: int, *, trials: float) -> float:
    """The probability that the chosen run's Sharpe ratio beats what the best of so many would show by chance."""
    ratios = sharpe_ratios(returns)
    variance = float(np.nanvar(ratios, ddof=1)) if np.isfinite(ratios).sum() > 1 else 0.0
    own = returns[chosen] - returns[chosen].mean()
    second, third, fourth = (float((own**power).mean()) for power in (2, 3, 4))
    return probabilistic_sharpe(
        float(ratios[chosen]),
        best_by_chance(trials, variance),
        count=len(own),
        skewness=third / second**1.5 if second else math.nan,
        kurtosis=fourth / second**2 if second else math.nan,
    )


class Overfitting(NamedTuple):
    """The share of `splits` in which the best run of one half was at or below the median of the other, and the share in
    which it lost there."""

    splits: int
    probability: float
    loses: float


def backtest_overfitting(returns: Array, *, parts: int = SPLITS) -> Overfitting:
    """The probability of backtest overfitting, by Sharpe ratio, combinatorially symmetric cross-validation.

    The first periods that do not fill a part are left out. Bailey, Borwein, Lopez de Prado and Zhu (2017), Journal of
    Computational Finance 20(4), 39-69.
    """
    runs, count = returns.shape
    length = count // parts
    usual = returns.mean(axis=1)  # squares of what is near zero lose no digits
    cut = (returns - usual[:, None])[:, count - length * parts :].reshape(runs, parts, length)
    sums, squares = cut.sum(axis=2).T, (cut**2).sum(axis=2).T
    ways = list(itertools.combinations(range(parts), parts // 2))
    halves = np.array(
        [np.isin(np.arange(parts), one) for one in ways[: len(ways) // 2]]
    )  # the rest are the other sides
    below = loses = 0
    for first in range(0, len(halves), SPLITS_AT_ONCE):
        inside = halves[first : first + SPLITS_AT_ONCE].astype(float)
        sides = [_ratios(half, sums, squares, usual, length) for half in (inside, 1 - inside)]
        for before, after in (sides, sides[::-1]):
            best = before.argmax(axis=1)[:, None]
            theirs = np.take_along_axis(after, best, axis=1)
            rank = (after < theirs).sum(axis=1) + ((after == theirs).sum(axis=1) + 1) / 2
            below += int((rank <= (runs + 1) / 2).sum())
            loses += int((theirs < 0).sum())
    return Overfitting(len(ways), below / len(ways), loses / len(ways))


def _ratios(half: Array, sums: Array, squares: Array, usual: Array, length: int) -> Array:
    """The Sharpe ratios (splits, N) over the parts of each half, by the deviation of all of it, which ranks them as the
    sample's does; 0 where nothing varies. Sums (parts, N) are of returns less the `usual` ones (N,)."""
    count = length * int(half[0].sum())
    mean, square = half @ sums / count, half @ squares / count
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    ratios: Array = np.divide(mean + usual, deviation, out=np.zeros_like(mean), where=deviation > ROUNDING_DEVIATION)
    return ratios


class Walk(NamedTuple):
    """Choices through time: `starts` (C,), the period from which each is held, and the `chosen` runs (C,)."""

    starts: Integers
    chosen: Integers


def walk_forward(starts: Sequence[int], score: Callable[[int, int], Array], *, window: Sequence[int] = ()) -> Walk:
    """What choosing on the past would have held: from each start on, the run that scored highest before it.

    `score` takes the first period and the one after the last, and gives the runs' scores (N,), the higher the better.
    Scored on all the past (anchored) or, where `window` says from when for each start, on that (rolling). Ties go to
    the earlier run, a run without a score is not chosen, and a start before which none has one is left out.
    """
    made = []
    for place, start in enumerate(starts):
        scores = score(window[place] if window else 0, start)
        if np.isfinite(scores).any():
            made.append((start, int(np.where(np.isfinite(scores), scores, -np.inf).argmax())))
    return Walk(*np.array(made, np.int64).reshape(len(made), 2).T)
