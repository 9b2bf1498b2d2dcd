"""Total returns that are computed rather than quoted: par bonds from yields, bills from a rate, carry on a price."""

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags

DAYS_A_YEAR = 365.25
COUPONS_A_YEAR = 2


def par_bond_returns(yields: Array, days: Array, *, maturity_years: float) -> Array:
    """The total return of a constant-maturity bond at each session; the first is 0.

    `yields` are fractions a year, semi-annual, one a session (T,); `days` (T,) the calendar days since the session
    before. At each session a par bond of `maturity_years` years bought at the last session's yield y0 is sold at
    today's y1: the dirty price of a bond with coupon y0 and `maturity_years - days / 365.25` years to go, less one.
    Because the bond is bought new each session there is no roll-down. NaN yields give NaN. Swinkels (2019), "Treasury
    Bond Return Data Starting in 1962", approximates the same return by duration and convexity.
    """
    returns = np.zeros_like(yields)
    returns[1:] = (
        dirty_price(yields[:-1], yields[1:], maturity_years=maturity_years, elapsed_years=days[1:] / DAYS_A_YEAR) - 1
    )
    return returns


def dirty_price(coupon: Array, bond_yield: Array, *, maturity_years: float, elapsed_years: Array) -> Array:
    """The price with accrued interest, per 1 of face, of a bond issued `elapsed_years` ago at par with that coupon.

    With n = 2 M coupons and v = 1 / (1 + y/2): v^(-2 elapsed) * (coupon/2 * (v + ... + v^n) + v^n), every cash flow
    discounted at the yield from the day it is paid. Valid until the first coupon, half a year after issue.
    """
    count = COUPONS_A_YEAR * maturity_years
    growth = np.log1p(bond_yield / COUPONS_A_YEAR)
    face = np.exp(-count * growth)
    flat = np.abs(bond_yield) < 1e-12  # the annuity of a zero yield is its number of coupons
    paid, each = -np.expm1(-count * growth) * COUPONS_A_YEAR, np.full(np.shape(bond_yield), float(count))
    annuity = np.divide(paid, bond_yield, out=each, where=~flat)
    par = coupon / COUPONS_A_YEAR * annuity + face
    price: Array = np.exp(COUPONS_A_YEAR * elapsed_years * growth) * par
    return price


def bill_returns(rates: Array, days: Array) -> Array:
    """The return on bills at each session: yesterday's rate (a fraction a year) over actual days / 365; first 0."""
    returns = np.zeros_like(rates)
    returns[1:] = rates[:-1] * days[1:] / 365
    return returns


def price_returns(levels: Array) -> Array:
    """The return of a price at each session, NaN at its first and before it."""
    returns = np.full_like(levels, np.nan)
    returns[1:] = levels[1:] / levels[:-1] - 1
    return returns


def reference_index(prices: "pd.Series[float]", sessions: pd.DatetimeIndex) -> Array:
    """The index (T,) by which inflation-linked Treasuries accrue, of monthly prices dated in their months.

    On day d of a month of D days it is P3 + (d - 1) / D x (P2 - P3), P2 and P3 being the prices of two and three months
    before: both were published by then. A month between two that have a price, which was never published, has
    P(last) x (P(last) / P(a year before that)) ^ (months since / 12). 31 CFR 356, appendix B, section I.B. NaN where a
    price is not there yet.
    """
    if not len(prices):
        return np.full(len(sessions), np.nan)
    months = pd.DatetimeIndex(prices.index).to_period("M")
    monthly = pd.Series(prices.to_numpy(), months).reindex(pd.period_range(months[0], months[-1], freq="M"))
    last = monthly.ffill()
    since = np.arange(len(monthly)) - np.flatnonzero(monthly.notna())[monthly.notna().cumsum() - 1]
    year_before = last.to_numpy()[np.maximum(np.arange(len(monthly)) - since - 12, 0)]
    full = pd.Series(last.to_numpy() * (last.to_numpy() / year_before) ** (since / 12), monthly.index)
    own = sessions.to_period("M")
    two, three = (full.reindex(own - lag).to_numpy() for lag in (2, 3))
    index: Array = three + (sessions.day - 1).to_numpy() / own.days_in_month.to_numpy() * (two - three)
    return index


def level_from_returns(returns: Array, started: Flags) -> Array:
    """The level that starts at 1 on the first started session and grows by the returns; NaN where it is not started.

    After a stretch that is not started it goes on from where it stood: what happened in between is not known, and a
    window that reaches into the stretch has no return.
    """
    begins = started & ~np.concatenate([[False], started[:-1]])
    levels: Array = np.where(started, np.cumprod(np.where(started & ~begins, 1 + returns, 1.0)), np.nan)
    return levels
