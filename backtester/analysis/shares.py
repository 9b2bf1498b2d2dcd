"""Shares of small counts: how surely k of n says anything."""

from math import comb
from statistics import NormalDist

import numpy as np

LEVEL = 0.90  # of the intervals


def wilson_interval(hits: int, count: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share of `hits` in `count`, NaN without any; Wilson (1927), JASA 22, 209-212."""
    if count == 0:
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * float(np.sqrt(share * (1 - share) / count + spread / (4 * count))) / (1 + spread)
    return middle - half, middle + half


def sign_test(hits: int, count: int) -> float:
    """The two-sided p-value of `hits` in `count` where each is as likely to be one as not; NaN without any.

    Exact binomial: the probability of a split at least as uneven. Conover (1999), Practical Nonparametric Statistics.
    """
    if count == 0:
        return float("nan")
    fewer = min(hits, count - hits)
    tail = sum(comb(count, k) for k in range(fewer + 1))
    return float(min(1.0, 2 * tail / 2**count))
