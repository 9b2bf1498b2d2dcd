"""The outside pressure of March 2020, fitted to the funds of February 2020 and applied to the funds of today.

From 9 to 18 March 2020 the 10-year yield rose by 64 basis points (H.15). The funds, who held some 450 billion (Barth
and Kahn 2021), sold 173 billion net in that month (FEDS Notes, 6 October 2021), and a share of the rise, a quarter by
assumption, is attributed to these sales. Kappa follows from that share of the 64, the sales of outside holders from the
rest, and redemptions (which stand for all else that made funds sell) from the 173 billion.
"""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np

from backtester.arrays import Array
from backtester.errors import ScenarioError
from backtester.stress.basis import BasisTerms, Pressure, Unwind, unwind
from backtester.stress.fed import PACE_BN

PRESSURE_SESSIONS = 7  # after 9 March, to 18 March 2020
ROSE_BP = 64.0
SOLD_BN = 173.0
HELD_BN = 450.0
FUNDS_SHARE = 0.25
OUTSIDE_BN = (250.0, 400.0)  # what others are known to have sold: Vissing-Jorgensen (2021), TIC, ICI
FIT_TOLERANCE = 1e-7
STEP, NEWTON_STEPS, PARTS = 1e-7, 50, 0.5 ** np.arange(12)  # of Newton's method


class Calibration(NamedTuple):
    """Kappa, and the outside sales and redemptions over seven sessions, $bn."""

    kappa: float
    outside_bn: float
    redemptions_bn: float


def calibrated(terms: BasisTerms, *, share: float = FUNDS_SHARE) -> Calibration:
    """The calibration at which the funds of February 2020 sell 173 billion and yields rise by 64 basis points.

    `share` is the part of the rise that would not happen without the funds. Raise ScenarioError if there is none, as
    with a leverage at which the spiral tips.
    """
    then = terms.model_copy(update={"held_bn": HELD_BN})
    kappa = share * ROSE_BP / SOLD_BN * 100
    guess = np.array([kappa, (1 - share) * ROSE_BP / kappa * 100, SOLD_BN / max(terms.leverage, 1) / 2])

    def misses(values: Array) -> Array:
        return _misses(then, Calibration(*np.abs(values * guess).tolist()), share)

    starts = [np.ones(3), np.array([1 / terms.steeper, 1.5, 1.0])]  # below what dealers take in a session, and above
    for solve, start in product((_by_newton, _by_library), starts):
        found = solve(misses, start)
        if np.abs(misses(found)).max() <= FIT_TOLERANCE:
            return Calibration(*np.abs(found * guess).tolist())
    raise ScenarioError(
        f"no pressure makes funds with leverage {terms.leverage:g} and theta {terms.theta:g} sell {SOLD_BN:g} "
        f"billion and yields rise {ROSE_BP:g} bp, {share:.0%} of it theirs; lower the leverage or theta"
    )


def _by_newton(misses: Callable[[Array], Array], start: Array) -> Array:
    """A zero of `misses` by Newton's method with halved steps; its last point if it finds none.

    It suffices for usual terms, which so do without importing SciPy, a third of a second.
    """
    at, miss = start, misses(start)
    for _ in range(NEWTON_STEPS):
        slopes = np.column_stack([(misses(at + move) - miss) / STEP for move in STEP * np.eye(len(at))])
        if np.abs(miss).max() <= FIT_TOLERANCE or not np.linalg.det(slopes):
            break
        step = np.linalg.solve(slopes, miss)
        nearer = (at - part * step for part in PARTS if np.abs(misses(at - part * step)).max() < np.abs(miss).max())
        if (found := next(nearer, None)) is None:
            break
        at, miss = found, misses(found)
    return at


def _by_library(misses: Callable[[Array], Array], start: Array) -> Array:
    """A zero of `misses` by MINPACK's hybrid method, which also copes with kinks in the impact."""
    from scipy.optimize import root  # a third of a second that only unusual terms pay

    return np.asarray(root(misses, start, method="hybr", options={"xtol": 1e-12}).x, np.float64)


def _misses(then: BasisTerms, tried: Calibration, share: float) -> Array:
    """The misses (3,) of the targets, as shares of each: the funds' part of the rise, the rise, and the sales."""
    terms = then.model_copy(update={"kappa": tried.kappa})
    together = march_2020(terms, tried)
    alone = march_2020(terms.model_copy(update={"leverage": 0.0}), tried)
    theirs = together.yields_bp[-1] - alone.yields_bp[-1]
    found = [theirs / (share * ROSE_BP), together.yields_bp[-1] / ROSE_BP, together.sold.sum() / SOLD_BN]
    return np.array(found, np.float64) - 1


def march_2020(terms: BasisTerms, pressure: Calibration, *, fed: bool = False, hedged: bool = False) -> Unwind:
    """The pressure of March 2020 on funds of these terms; redemptions in proportion to what they hold."""
    each, size = np.full(PRESSURE_SESSIONS, 1 / PRESSURE_SESSIONS), terms.held_bn / HELD_BN
    sales, redemptions = each * pressure.outside_bn, each * size * pressure.redemptions_bn
    return unwind(terms, Pressure(sales, redemptions, PACE_BN if fed else (), hedged))
