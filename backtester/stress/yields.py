"""Yields and the bonds built from them: the yield that gives a stated return, and the move of a maturity.

A role is the name under which a history has a series, such as `yield_10y`.
"""

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
YIELD_TOLERANCE = 1e-15  # a fraction, at which Newton's method stops


def maturities(history: History) -> dict[str, float]:
    """The years to maturity of every nominal yield of a history, by role: those of the bills or the bond that is built
    from it, else those in its name (`yield_10y`). Real yields are left out.
    """
    years = {}
    for role, series in history.series.items():
        if series.kind == "yield" and (match := YIELD_ROLE.fullmatch(role)):
            years[role] = float(match[1]) / (12 if match[2] == "m" else 1)
    for series in history.series.values():
        if isinstance(series, Bond):
            years[series.yield_] = series.maturity_years
    return years | {bills.yield_: BILLS_YEARS for bills in history.series.values() if isinstance(bills, Bills)}


def bond_on(history: History, role: str) -> str | None:
    """The role of the first bond, nominal or inflation-linked, that is built from a yield; None if there is none."""
    bonds = {name: series for name, series in history.series.items() if isinstance(series, Bond | InflationLinked)}
    return next((name for name, bond in bonds.items() if bond.yield_ == role), None)


def real_yields(history: History) -> dict[str, float]:
    """The years to maturity of every real yield that a bond is built from, by role."""
    bonds = (series for series in history.series.values() if isinstance(series, InflationLinked))
    return {bond.yield_: bond.maturity_years for bond in bonds}


def curve_move(curve: dict[float, float], years: float) -> float:
    """The move of the yield of `years` years: between those stated in `curve` (by years) on a straight line, beyond
    them the nearest. A yield under a year does not move unless `curve` states one: short rates follow the Fed.
    """
    stated = sorted(curve)
    if years < 1 and not stated[0] < 1:
        return 0.0
    return float(np.interp(years, stated, [curve[maturity] for maturity in stated]))


def implied_yields(start: float, returns: Array, days: Array, *, maturity_years: float) -> Array:
    """The yields (N,), fractions, at which a constant-maturity bond that yields `start` returns exactly `returns` (N,).

    `days` (N,) are the calendar days of each session. The inverse of `derived.par_bond_returns`, by Newton's method:
    the price falls with the yield and is convex, so it converges from anywhere.
    """
    yields, coupon = np.empty(len(returns)), start
    for session, (wanted, elapsed) in enumerate(zip(returns.tolist(), (days / DAYS_A_YEAR).tolist(), strict=True)):
        guess = coupon
        for _ in range(60):
            price, slope = _price_and_slope(coupon, guess, maturity_years, elapsed)
            step = (price - 1 - wanted) / slope
            guess = max(guess - step, -1.0)
            if abs(step) < YIELD_TOLERANCE:
                break
        yields[session] = coupon = guess  # the next session's bond is bought at par: its coupon is this yield
    return yields


def _price_and_slope(coupon: float, yield_: float, maturity_years: float, elapsed: float) -> tuple[float, float]:
    """The dirty price, from par 1, of a bond `elapsed` years after its purchase, and its derivative by the yield."""
    step = 1e-6
    around = np.array([yield_ - step, yield_, yield_ + step])
    coupons, since = np.full(3, coupon), np.full(3, elapsed)
    below, price, above = dirty_price(coupons, around, maturity_years=maturity_years, elapsed_years=since)
    return float(price), float(above - below) / (2 * step)
