"""Returns of holdings that are financed: in excess of bills, and of a fund that borrows to hold more of another."""

import numpy as np

from backtester.arrays import Array


def excess_returns(returns: Array, bills: Array) -> Array:
    """What is left of session returns (T,) after those of bills over the same sessions (T,); NaN where either is.

    An unfunded asset states its return this way: cash earns the bills, the holding the rest.
    """
    excess: Array = returns - bills
    return excess


def leveraged_returns(
    returns: Array, rates: Array, days: Array, *, leverage: float, spread_annual: float, fee_annual: float
) -> Array:
    """The session returns (T,) of a fund that holds `leverage` times its value in another fund, reset every session.

    leverage x return - (leverage - 1) x (rate + spread) x days / 365 - fee x days / 365. `returns` (T,) are the other
    fund's; `rates` (T,), fractions a year, are those of bills, of which the one known the session before is paid (or
    earned, without the spread, by the cash of a fund that holds less than its value or is short); `days` (T,) the
    calendar days since the session before. The first return is the other fund's first times the leverage, before any
    cost. NaN gives NaN. Cheng and Madhavan (2009), Journal of Investment Management 7(4), for the daily reset.
    """
    borrowed = leverage - 1
    cost = np.zeros_like(returns)
    cost[1:] = (borrowed * (rates[:-1] + (spread_annual if borrowed > 0 else 0.0)) + fee_annual) * days[1:] / 365
    levered: Array = leverage * returns - cost
    return levered
