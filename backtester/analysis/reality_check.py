"""Tests of the best of many runs that allow for its having been chosen: all runs are resampled together.

`reality_check` is the p-value of the best run's lead over its benchmark, were no run better than its benchmark: White
(2000), Econometrica 68, 1097-1126, and Hansen (2005), Journal of Business and Economic Statistics 23, 365-380, whose
test does not lose power by including runs that are far worse. `interval_after_choice` is a simultaneous interval: it
covers the figures of all runs at once, and so that of the chosen one. Romano and Wolf (2005), Econometrica 73,
1237-1282.
"""

import math
from typing import NamedTuple

import numpy as np

from backtester.analysis.shares import CONFIDENCE_LEVEL
from backtester.arrays import Array

ROUNDING_SPREAD = 1e-12  # a standard error of up to this is rounding


class PValues(NamedTuple):
    """The probability of a best run as far above its benchmark as this one if none truly were above: White's p-value,
    and Hansen's consistent one."""

    white: float
    hansen: float


def reality_check(estimates: Array, resampled: Array, sessions: int) -> PValues:
    """The p-values of the best of K runs.

    `estimates` (K,) are the figures of the runs beyond their benchmarks, the higher the better; `resampled` (R, K) are
    the same figures in each resample, without NaN; `sessions` is the length of the record.
    """
    errors, standard_errors = resampled - estimates, _standard_errors(resampled)
    white = (errors.max(axis=1) >= estimates.max()).mean()
    # Hansen's threshold: a run that is further below its benchmark than this is not moved up to it
    is_far_below = estimates < -standard_errors * math.sqrt(2 * math.log(math.log(max(sessions, 16))))
    centred = np.where(is_far_below, resampled, errors) / standard_errors
    best = max(0.0, float((estimates / standard_errors).max()))
    hansen = (np.maximum(0.0, centred.max(axis=1)) >= best).mean() if best > 0 else 1.0
    return PValues(float(white), float(hansen))


def interval_after_choice(
    estimates: Array, resampled: Array, chosen: int, *, level: float = CONFIDENCE_LEVEL
) -> tuple[float, float]:
    """The simultaneous interval of run number `chosen`: it holds at this level whichever of the K runs is chosen.

    `estimates` and `resampled` are as for `reality_check`.
    """
    standard_errors = _standard_errors(resampled)
    largest = (np.abs(resampled - estimates) / standard_errors).max(axis=1)  # of any run, in each resample
    half_width = float(np.quantile(largest, level)) * float(standard_errors[chosen])
    return float(estimates[chosen]) - half_width, float(estimates[chosen]) + half_width


def _standard_errors(resampled: Array) -> Array:
    """The standard error (K,) of each run's figure, at least `ROUNDING_SPREAD`."""
    errors: Array = resampled.std(axis=0, ddof=1)
    return np.maximum(errors, ROUNDING_SPREAD)
