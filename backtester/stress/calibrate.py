"""The selling pressure of March 2020, fitted to the hedge funds of February 2020 and applied to those of today.

From 9 to 18 March 2020 the 10-year yield rose by 64 basis points (H.15). The funds, who held some 450 billion of
Treasuries (Barth and Kahn 2021), sold 173 billion net in that month (FEDS Notes, 6 October 2021), and a share of the
rise, a quarter by assumption, is attributed to these sales. Three numbers are fitted: kappa, the basis points that
yields rise for each $100bn sold, to that share of the 64; the sales of outside holders to the rest of the 64; and
redemptions, which stand for all else that made the funds sell, to the 173 billion.

The spiral (`basis.unwind`): losses make leveraged funds sell; sales move yields by kappa, by a steeper one beyond what
dealers take (their capacity); and the basis by theta of that move, which makes more losses.
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
ROSE_BP = 64.0  # the 10-year yield
SOLD_BN = 173.0  # by the funds, net
HELD_BN = 450.0  # by the funds in February 2020
FUNDS_SHARE = 0.25  # of the rise, attributed to their sales
OUTSIDE_BN = (250.0, 400.0)  # what others are known to have sold: Vissing-Jorgensen (2021), TIC, ICI
FIT_TOLERANCE = 1e-7  # of each target, as a share of it
DIFFERENCE_STEP, NEWTON_STEPS = 1e-7, 50
STEP_SHARES = 0.5 ** np.arange(12)  # of a Newton step, tried in turn until the errors become smaller


class Calibration(NamedTuple):
    """The fitted numbers: kappa in basis points for each $100bn; outside sales and redemptions in $bn over the seven
    sessions."""

    kappa: float
    outside_bn: float
    redemptions_bn: float


def calibrated(terms: BasisTerms, *, share: float = FUNDS_SHARE) -> Calibration:
    """The calibration at which the funds of February 2020 sell 173 billion and yields rise by 64 basis points.

    `share` is the part of the rise that would not have happened without the funds. Raise ScenarioError if there is no
    such calibration, as with a leverage so high that the spiral sells everything.
    """
    february = terms.model_copy(update={"held_bn": HELD_BN})
    kappa = share * ROSE_BP / SOLD_BN * 100
    # a guess without feedback: outside sales make the rest of the rise; redemptions times leverage, half the sales
    guess = np.array([kappa, (1 - share) * ROSE_BP / kappa * 100, SOLD_BN / max(terms.leverage, 1) / 2])

    def errors(multiples: Array) -> Array:
        """The errors (3,) of the calibration that is these multiples (3,) of the guess, whatever their sign."""
        return _errors(february, Calibration(*np.abs(multiples * guess).tolist()), share)

    starts = [np.ones(3), np.array([1 / terms.steeper, 1.5, 1.0])]  # sales within the dealers' capacity, and beyond it
    for solve, start in product((_by_newton, _by_minpack), starts):
        multiples = solve(errors, start)
        if np.abs(errors(multiples)).max() <= FIT_TOLERANCE:
            return Calibration(*np.abs(multiples * guess).tolist())
    raise ScenarioError(
        f"no pressure makes funds with leverage {terms.leverage:g} and theta {terms.theta:g} sell {SOLD_BN:g} "
        f"billion and yields rise {ROSE_BP:g} bp, {share:.0%} of it theirs; lower the leverage or theta"
    )


def _by_newton(errors: Callable[[Array], Array], start: Array) -> Array:
    """A zero of `errors` by Newton's method with halved steps; the last point if it finds none.

    It suffices for usual terms, and saves the third of a second that importing SciPy takes.
    """
    point, error = start, errors(start)
    for _ in range(NEWTON_STEPS):
        steps = DIFFERENCE_STEP * np.eye(len(point))
        jacobian = np.column_stack([(errors(point + step) - error) / DIFFERENCE_STEP for step in steps])
        if np.abs(error).max() <= FIT_TOLERANCE or not np.linalg.det(jacobian):
            break
        step = np.linalg.solve(jacobian, error)
        candidates = (point - share * step for share in STEP_SHARES)
        better = next((one for one in candidates if np.abs(errors(one)).max() < np.abs(error).max()), None)
        if better is None:
            break
        point, error = better, errors(better)
    return point


def _by_minpack(errors: Callable[[Array], Array], start: Array) -> Array:
    """A zero of `errors` by MINPACK's hybrid method, which also copes with the kink at the dealers' capacity."""
    from scipy.optimize import root  # a third of a second that only unusual terms pay

    return np.asarray(root(errors, start, method="hybr", options={"xtol": 1e-12}).x, np.float64)


def _errors(february: BasisTerms, tried: Calibration, share: float) -> Array:
    """By how much a calibration misses its targets, as shares of them, (3,): the funds' part of the rise, the rise, and
    their sales."""
    terms = february.model_copy(update={"kappa": tried.kappa})
    with_funds = march_2020(terms, tried)
    without_funds = march_2020(terms.model_copy(update={"leverage": 0.0}), tried)
    by_funds = with_funds.yields_bp[-1] - without_funds.yields_bp[-1]
    shares = [by_funds / (share * ROSE_BP), with_funds.yields_bp[-1] / ROSE_BP, with_funds.sold.sum() / SOLD_BN]
    return np.array(shares, np.float64) - 1


def march_2020(terms: BasisTerms, pressure: Calibration, *, fed: bool = False, hedged: bool = False) -> Unwind:
    """The spiral of funds with these terms under the pressure of March 2020, spread evenly over its sessions.

    Redemptions are in proportion to what the funds hold. `fed`: the Fed buys at its pace of then; `hedged`: it buys
    bonds and sells futures, which takes no duration out of the market.
    """
    shares, size = np.full(PRESSURE_SESSIONS, 1 / PRESSURE_SESSIONS), terms.held_bn / HELD_BN
    sales, redemptions = shares * pressure.outside_bn, shares * size * pressure.redemptions_bn
    return unwind(terms, Pressure(sales, redemptions, PACE_BN if fed else (), hedged))
