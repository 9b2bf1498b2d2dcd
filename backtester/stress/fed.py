"""The Fed's purchases of Treasuries: the pace of March and April 2020, and the moves of prices then.

Pace: statements of the Federal Reserve Bank of New York, 13 March to 9 April 2020, then lower week by week; the sum of
each week agrees with the change of the Fed's Treasuries in H.4.1 to within 40 billion. The first purchase came in the
fourth session after the first larger repo offer, that of 9 March.

The effects are those of the window in which it bought most, from the close of 18 March to that of 9 April 2020, in
which it bought 1,070 billion: stocks +16.6%, 10-year yield -45 basis points, 30-year -42, gold +12.8%, broad dollar
-1.4%, VIX from 76.45 to 41.67, spread of BAA bonds over Treasuries -20. All of this is attributed to the purchases,
which overstates their effects: rates were cut and spending was voted in the same weeks. Hedged purchases (bonds bought,
futures sold) relieve the basis and do not take duration out of the market: Kashyap, Stein, Wallen and Younger (2025),
Brookings Papers on Economic Activity. Here they move no price but the basis.
"""

import math

import numpy as np

from backtester.arrays import Array
from backtester.stress.path import Path

SESSIONS_TO_FIRST_PURCHASE = 4  # sessions from the first repo offer to the first purchase
TAPERED_PACE_BN = (30.0, 15.0, 8.0, 7.0)  # $bn a day in the weeks after 9 April
PACE_BN = (
    37.0,
    *[40.0] * 3,
    *[75.0] * 10,
    *[60.0] * 2,
    *[50.0] * 4,
    *[day for day in TAPERED_PACE_BN for _ in range(5)],
)
BOUGHT_BN = 1070.0  # $bn from the close of 18 March to that of 9 April
PURCHASES_TO_9_APRIL = 20  # of which the last four are of 50
YIELD_MOVES = {10.0: -45.0, 30.0: -42.0}  # basis points by years to maturity, in ascending order
PRICE_MOVES = {  # log changes
    "stocks": math.log(1.166),
    "gold": math.log(1.128),
    "dollar": math.log(1 - 0.014),
    "vix": math.log(41.67 / 76.45),
}
SPREAD_POINTS = -0.20  # percentage points


def sessions_to_9_april(repo_offer: int) -> int:
    """The sessions of a path that ends with what was 9 April; `repo_offer` as in `purchases`."""
    return repo_offer + SESSIONS_TO_FIRST_PURCHASE - 1 + PURCHASES_TO_9_APRIL


def purchases(sessions: int, *, repo_offer: int = 0) -> Array:
    """The billions of dollars bought in each session (N,).

    The first repo offer is in session `repo_offer`, counted from 1; 0 stands for the session before the path.
    """
    first = repo_offer + SESSIONS_TO_FIRST_PURCHASE - 1  # the place of the first purchase
    days = np.zeros(sessions)
    pace = PACE_BN[: max(0, sessions - first)]
    days[first : first + len(pace)] = pace
    return days


def purchase_effects(days: Array, maturities: dict[str, float], *, hedged: bool = False) -> Path:
    """The path of the effects of purchases `days` (N,), $bn, on prices and yields; without moves if they are hedged.

    `maturities` has the years to maturity of yields by role (the name of a series, such as `yield_10y`). Yields under a
    year do not move.
    """
    if hedged:
        return Path(len(days))
    share = days / BOUGHT_BN  # of the whole effect
    shifts = {"credit_spread": share * SPREAD_POINTS}
    known_years, known_points = list(YIELD_MOVES), [move / 100 for move in YIELD_MOVES.values()]
    for role, years in maturities.items():
        if years >= 1:
            shifts[role] = share * float(np.interp(years, known_years, known_points))
    return Path(len(days), growth={role: share * move for role, move in PRICE_MOVES.items()}, shifts=shifts)
