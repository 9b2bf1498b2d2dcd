"""Wilson's confidence interval of a proportion, k of n."""

from statistics import NormalDist

import numpy as np

CONFIDENCE_LEVEL = 0.90  # of all intervals


def wilson_interval(hits: int, count: int, *, level: float = CONFIDENCE_LEVEL) -> tuple[float, float]:
    """The interval of the probability of which `hits` in `count` are a sample, NaN for a count of 0; Wilson (1927),
    JASA 22, 209-212."""
    if count == 0:
        return float("nan"), float("nan")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * float(np.sqrt(share * (1 - share) / count + spread / (4 * count))) / (1 + spread)
    return middle - half, middle + half
