"""How much a search flatters what it found: the best of many runs is good by chance alone, the more so the more are
tried.

1. `independent_trials` is the number of independent trials that correlated runs amount to.
2. `deflated_sharpe` is the probability that a Sharpe ratio beats the best one of that number of trials without skill.
3. `backtest_overfitting` is the probability that the best run of one half of the time is no better than the median in
   the other.
4. `walk_forward` chooses the best run on past periods, again and again; the caller scores the choices on what followed.

Returns are by period, (N, T), of N runs over the same T periods, in excess of bills; Sharpe ratios are for one period.
Runs with an undefined return cannot be compared: the caller leaves them out.
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
SPLITS = 16  # parts that the time is cut into: half of them can be taken in 12,870 ways
SPLITS_AT_ONCE = 64  # splits computed together: each takes memory for a number a run
ROUNDING_DEVIATION = 1e-14  # a deviation of up to this is rounding, as in `returns_kernel`


def sharpe_ratios(returns: Array) -> Array:
    """The Sharpe ratio (N,) of each run: mean over sample standard deviation; NaN for a run that does not vary."""
    deviation = returns.std(axis=1, ddof=1)
    ratios: Array = np.divide(
        returns.mean(axis=1), deviation, out=np.full(len(returns), np.nan), where=deviation > ROUNDING_DEVIATION
    )
    return ratios


def independent_trials(returns: Array) -> float:
    """The number of independent trials that N runs amount to: r + (1 - r) N, r their mean correlation; from 1 to N.

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
    total = unit.sum(axis=0)  # its square is the sum of all correlations, each run's with itself included
    correlation = (float((total**2).sum()) - count) / (count * (count - 1))
    return min(float(count), max(1.0, correlation + (1 - correlation) * count))


def best_by_chance(trials: float, variance: float) -> float:
    """The expected Sharpe ratio of the best of `trials` independent trials without skill; 0 for one trial.

    `variance` is that of the trials' Sharpe ratios. Bailey and Lopez de Prado (2014), equation 1.
    """
    if trials <= 1:
        return 0.0
    highest = (1 - EULER) * NORMAL.inv_cdf(1 - 1 / trials) + EULER * NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return float(math.sqrt(variance) * highest)


def probabilistic_sharpe(sharpe: float, against: float, *, count: int, skewness: float, kurtosis: float) -> float:
    """The probability that the true Sharpe ratio is above `against`, given the ratio of a sample of `count` returns;
    NaN where these are too skewed for the formula. `kurtosis` is 3 for a normal distribution.

    Bailey and Lopez de Prado (2012), Journal of Risk 15(2), 3-44.
    """
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    return NORMAL.cdf((sharpe - against) * math.sqrt((count - 1) / variance)) if variance > 0 else math.nan


def deflated_sharpe(returns: Array, chosen: int, *, trials: float) -> float:
    """The probability that the true Sharpe ratio of run number `chosen` is above `best_by_chance` of `trials`."""
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
    """The number of `splits` of the time into halves; the share of them in which the best run of one half was at or
    below the median of the other half (`probability`); and the share in which it lost money there (`loses`)."""

    splits: int
    probability: float
    loses: float


def backtest_overfitting(returns: Array, *, parts: int = SPLITS) -> Overfitting:
    """The probability of backtest overfitting, by Sharpe ratio: combinatorially symmetric cross-validation.

    The time is cut into `parts` of equal length; the first periods, which do not fill a part, are left out. Bailey,
    Borwein, Lopez de Prado and Zhu (2017), Journal of Computational Finance 20(4), 39-69.
    """
    runs, count = returns.shape
    length = count // parts
    means = returns.mean(axis=1)  # subtracted, since squares of what is near zero lose no digits
    centred = (returns - means[:, None])[:, count - length * parts :].reshape(runs, parts, length)
    sums, squares = centred.sum(axis=2).T, (centred**2).sum(axis=2).T
    splits = list(itertools.combinations(range(parts), parts // 2))
    # the second half of the combinations are the complements of the first, and are evaluated with these
    halves = np.array([np.isin(np.arange(parts), split) for split in splits[: len(splits) // 2]])
    below = loses = 0
    for first in range(0, len(halves), SPLITS_AT_ONCE):
        inside = halves[first : first + SPLITS_AT_ONCE].astype(float)
        sides = [_ratios(half, sums, squares, means=means, length=length) for half in (inside, 1 - inside)]
        for in_sample, out_of_sample in (sides, sides[::-1]):
            best = in_sample.argmax(axis=1)[:, None]
            of_best = np.take_along_axis(out_of_sample, best, axis=1)
            equal = (out_of_sample == of_best).sum(axis=1)
            rank = (out_of_sample < of_best).sum(axis=1) + (
                equal + 1
            ) / 2  # from 1 for the worst; ties share the middle
            below += int((rank <= (runs + 1) / 2).sum())
            loses += int((of_best < 0).sum())
    return Overfitting(len(splits), below / len(splits), loses / len(splits))


def _ratios(half: Array, sums: Array, squares: Array, means: Array, length: int) -> Array:
    """The Sharpe ratios (splits, N) over a half of the time, by the population standard deviation, which ranks runs as
    the sample's does; 0 for a run that does not vary.

    `half` (splits, parts) is 1 for the parts in it; `sums` and `squares` (parts, N) are of returns less `means` (N,).
    """
    count = length * int(half[0].sum())
    mean, square = half @ sums / count, half @ squares / count
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    ratios: Array = np.divide(mean + means, deviation, out=np.zeros_like(mean), where=deviation > ROUNDING_DEVIATION)
    return ratios


class Walk(NamedTuple):
    """Choices through time: `starts` (C,) are the periods from which on each is held, `chosen` (C,) the runs'
    numbers."""

    starts: Integers
    chosen: Integers


def walk_forward(starts: Sequence[int], score: Callable[[int, int], Array], *, window: Sequence[int] = ()) -> Walk:
    """The run that scored highest before each of `starts`, as a choice on the past would have held it from there on.

    `score` takes the first period and the one after the last, and returns the runs' scores (N,), the higher the better.
    It is called for all periods before a start (anchored) or, with `window`, for those from `window[i]` to `starts[i]`
    (rolling). Ties go to the earlier run, a run whose score is not finite is not chosen, and a start before which no
    run has a score is left out.
    """
    choices = []
    for number, start in enumerate(starts):
        scores = score(window[number] if window else 0, start)
        if np.isfinite(scores).any():
            choices.append((start, int(np.where(np.isfinite(scores), scores, -np.inf).argmax())))
    return Walk(*np.array(choices, np.int64).reshape(len(choices), 2).T)
