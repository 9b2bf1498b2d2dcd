"""Yields and the bonds built from them: the yield that gives a stated return, and the move of a maturity."""

import re

import numpy as np

from backtester.arrays import Array
from backtester.histories.derived import DAYS_A_YEAR, dirty_price
from backtester.histories.kinds.bills import Bills
from backtester.histories.kinds.bond import Bond
from backtester.histories.kinds.inflation_linked import InflationLinked
from backtester.histories.manifest import History

YIELD_ROLE = re.compile(r"yield_(\d+)([ym])")
BILLS_YEARS = 0.25  # the yield that bills are built from is of three months
USUAL_YEARS = {"bonds": 10.0, "long_bonds": 30.0, "short_bonds": 2.0}  # of bonds that have no yield of their own
YIELD_TOLERANCE = 1e-15


def maturities(history: History) -> dict[str, float]:
    """The years to maturity of every nominal yield of a history, by role: of bills, else of its bond, else by its name.

    Real yields are not among them: they move as the nominal one of the nearest maturity does.
    """
    found = {}
    for role, series in history.series.items():
        if series.kind == "yield" and (named := YIELD_ROLE.fullmatch(role)):
            found[role] = float(named[1]) / (12 if named[2] == "m" else 1)
    for series in history.series.values():
        if isinstance(series, Bond):
            found[series.yield_] = series.maturity_years
    return found | {one.yield_: BILLS_YEARS for one in history.series.values() if isinstance(one, Bills)}


def bond_on(history: History, role: str) -> str | None:
    """The first bond, nominal or inflation-linked, that is built from a yield; None if there is none."""
    kinds = (Bond, InflationLinked)
    return next((name for name, one in history.series.items() if isinstance(one, kinds) and one.yield_ == role), None)


def real_yields(history: History) -> dict[str, float]:
    """The years to maturity of every real yield that a bond is built from, by role."""
    return {one.yield_: one.maturity_years for one in history.series.values() if isinstance(one, InflationLinked)}


def curve_move(curve: dict[float, float], years: float) -> float:
    """The move of a maturity, in the unit of the curve's moves by maturity: a line between those stated, level beyond.

    Under a year nothing moves unless a maturity under a year is stated: short rates follow the Fed, not the curve.
    """
    known = sorted(curve)
    if years < 1 and not known[0] < 1:
        return 0.0
    return float(np.interp(years, known, [curve[one] for one in known]))


def implied_yields(start: float, returns: Array, days: Array, *, maturity_years: float) -> Array:
    """The yields (N,), fractions, at which a constant-maturity bond that yields `start` returns exactly `returns` (N,).

    `days` (N,) are the calendar days of each session. The inverse of `derived.par_bond_returns`, by Newton's method:
    the price falls with the yield and is convex, so it converges from anywhere.
    """
    yields, before = np.empty(len(returns)), start
    for place, (wanted, elapsed) in enumerate(zip(returns.tolist(), (days / DAYS_A_YEAR).tolist(), strict=True)):
        now = before
        for _ in range(60):
            price, slope = _price_and_slope(before, now, maturity_years, elapsed)
            step = (price - 1 - wanted) / slope
            now = max(now - step, -1.0)
            if abs(step) < YIELD_TOLERANCE:
                break
        yields[place] = before = now
    return yields


def _price_and_slope(coupon: float, now: float, maturity_years: float, elapsed: float) -> tuple[float, float]:
    """The price of the bond at a yield, and its derivative by the yield."""
    step = 1e-6
    around = np.array([now - step, now, now + step])
    coupons, since = np.full(3, coupon), np.full(3, elapsed)
    below, price, above = dirty_price(coupons, around, maturity_years=maturity_years, elapsed_years=since)
    return float(price), float(above - below) / (2 * step)
