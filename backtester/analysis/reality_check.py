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

ROUNDING_SPREAD = 1e-12  # a spread of up to this is rounding, and no chance


class PValues(NamedTuple):
    """The probability of a best so far above its benchmark if none were above: White's, and Hansen's (consistent)."""

    white: float
    hansen: float


def reality_check(found: Array, drawn: Array, sessions: int) -> PValues:
    """The check of what K runs have beyond their benchmarks, `found` (K,), the higher the better, with the same of
    resamples of so many sessions in all, `drawn` (R, K), all defined."""
    errors, spread = drawn - found, _spread(drawn)
    white = (errors.max(axis=1) >= found.max()).mean()
    # Hansen's threshold: what lies further below the benchmark than this, in standard errors, counts as below it
    hopeless = found < -spread * math.sqrt(2 * math.log(math.log(max(sessions, 16))))
    centred = np.where(hopeless, drawn, errors) / spread
    best = max(0.0, float((found / spread).max()))
    hansen = (np.maximum(0.0, centred.max(axis=1)) >= best).mean() if best > 0 else 1.0
    return PValues(float(white), float(hansen))


def interval_after_choice(
    found: Array, drawn: Array, chosen: int, *, level: float = CONFIDENCE_LEVEL
) -> tuple[float, float]:
    """The interval of the chosen run's figure that would hold, at that level, whichever of the K had been chosen."""
    spread = _spread(drawn)
    reach = float(np.quantile((np.abs(drawn - found) / spread).max(axis=1), level)) * float(spread[chosen])
    return float(found[chosen]) - reach, float(found[chosen]) + reach


def _spread(drawn: Array) -> Array:
    """The standard error of each run's figure (K,)."""
    spread: Array = drawn.std(axis=0, ddof=1)
    return np.maximum(spread, ROUNDING_SPREAD)
