"""The arithmetic of computed series: returns of par bonds and bills, reference indices, and levels from returns."""

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags

DAYS_A_YEAR = 365.25
COUPONS_A_YEAR = 2


def par_bond_returns(yields: Array, days: Array, *, maturity_years: float) -> Array:
    """The total return (T,) of a constant-maturity bond at each session; the first is 0.

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

    `coupon` and `bond_yield` are fractions a year, semi-annual. With n = 2 M coupons and v = 1 / (1 + y/2) it is
    v^(-2 elapsed) * (coupon/2 * (v + ... + v^n) + v^n): every cash flow is discounted at the yield from the day it is
    paid. Valid until the first coupon, half a year after issue.
    """
    count = COUPONS_A_YEAR * maturity_years
    log_growth = np.log1p(bond_yield / COUPONS_A_YEAR)  # of half a year
    face_value = np.exp(-count * log_growth)
    is_zero = np.abs(bond_yield) < 1e-12  # the annuity of a zero yield is its number of coupons
    paid, coupons = -np.expm1(-count * log_growth) * COUPONS_A_YEAR, np.full(np.shape(bond_yield), float(count))
    annuity = np.divide(paid, bond_yield, out=coupons, where=~is_zero)
    value_at_issue = coupon / COUPONS_A_YEAR * annuity + face_value
    price: Array = np.exp(COUPONS_A_YEAR * elapsed_years * log_growth) * value_at_issue
    return price


def bill_returns(rates: Array, days: Array) -> Array:
    """The return on bills at each session (T,): the rate of the session before (a fraction a year) x days / 365.

    The first is 0; NaN where the rate of the session before is NaN.
    """
    returns = np.zeros_like(rates)
    returns[1:] = rates[:-1] * days[1:] / 365
    return returns


def price_returns(levels: Array) -> Array:
    """The return of a price at each session (T,), NaN at its first value and before it."""
    returns = np.full_like(levels, np.nan)
    returns[1:] = levels[1:] / levels[:-1] - 1
    return returns


def reference_index(prices: "pd.Series[float]", sessions: pd.DatetimeIndex) -> Array:
    """The index (T,) by which inflation-linked Treasuries accrue, from a monthly consumer price index.

    On day d of a month of D days it is P3 + (d - 1) / D x (P2 - P3), where P2 and P3 are the prices of two and three
    months before: both were published by then. A month that was never published, between two that were, has
    P(last) x (P(last) / P(a year before that)) ^ (months since / 12). 31 CFR 356, appendix B, section I.B. NaN where a
    price is not there yet.
    """
    if not len(prices):
        return np.full(len(sessions), np.nan)
    months = pd.DatetimeIndex(prices.index).to_period("M")
    monthly = pd.Series(prices.to_numpy(), months).reindex(pd.period_range(months[0], months[-1], freq="M"))
    last = monthly.ffill().to_numpy()
    place = np.arange(len(monthly))
    place_of_last = np.flatnonzero(monthly.notna())[monthly.notna().cumsum() - 1]  # by month, of the last with a price
    months_since = place - place_of_last
    year_before_last = last[np.maximum(place_of_last - 12, 0)]
    complete = pd.Series(last * (last / year_before_last) ** (months_since / 12), monthly.index)
    own_month = sessions.to_period("M")
    price_2, price_3 = (complete.reindex(own_month - lag).to_numpy() for lag in (2, 3))
    share_of_month = (sessions.day - 1).to_numpy() / own_month.days_in_month.to_numpy()
    index: Array = price_3 + share_of_month * (price_2 - price_3)
    return index


def level_from_returns(returns: Array, started: Flags) -> Array:
    """The level (T,) that is 1 on the first session of `started` and grows by the returns; NaN where not `started`.

    `started` (T,) flags the sessions on which the series has a value. After a gap in it the level goes on from the
    level before the gap: the return over the gap is not known, and no return is measured over a period that begins or
    ends in it.
    """
    begins = started & ~np.concatenate([[False], started[:-1]])  # the return of such a session is not counted
    levels: Array = np.where(started, np.cumprod(np.where(started & ~begins, 1 + returns, 1.0)), np.nan)
    return levels
