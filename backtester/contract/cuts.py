"""The cuts of the past-only rule: sessions at which a history is cut off, to ask a strategy what it knew by then.

A cut is given as the number of sessions that are kept. By the rule weights up to there do not depend on what is cut
off.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.histories.market import Market

SHORTEST_CUT = 2  # sessions that are kept
WARM_UP_SESSIONS = 300  # in which strategies begin to have targets
Cuts = npt.NDArray[np.int64]


def choose_cuts(market: Market, count: int) -> Cuts:
    """`count` cuts in ascending order, or all possible ones in a history that has fewer.

    A quarter lies in the first 300 sessions, with more of them early; a quarter at ends of months; a quarter on
    Wednesdays; the rest is spread evenly.
    """
    inside = np.arange(SHORTEST_CUT, len(market.sessions))
    warm_up = np.geomspace(SHORTEST_CUT, WARM_UP_SESSIONS, count // 4).astype(np.int64)
    month_ends = np.flatnonzero(market.calendar["month"].to_numpy()) + 1
    midweek = np.flatnonzero(market.sessions.day_of_week == 2) + 1
    chosen = [warm_up, _spread(month_ends, count // 4), _spread(midweek, count // 4)]
    cuts = np.intersect1d(np.concatenate(chosen), inside)
    return np.union1d(cuts, _spread(np.setdiff1d(inside, cuts), count - len(cuts)))


def cuts_at_moves(weights: pd.DataFrame, market: Market, count: int) -> Cuts:
    """Cuts, in ascending order, right after some sessions on which the weights change.

    These are the first change and the last two, the `count` largest, and the `count` that gained most in the week
    after: by change of weight times the return that followed. A strategy that looks ahead only at times may do so
    between the cuts of `choose_cuts`. But its weights change then, and if the look-ahead is profitable they change just
    before the market moves.
    """
    changes = weights.diff().fillna(0.0)
    week = max(1, market.rhythm.sessions_in("week"))  # most look-aheads reach no further
    returns_ahead = market.levels[weights.columns].shift(-week) / market.levels[weights.columns] - 1
    sizes = changes.abs().sum(axis=1).to_numpy()
    gains = (changes * returns_ahead).sum(axis=1).to_numpy()
    changed = np.flatnonzero(sizes > 0)
    chosen = np.concatenate([changed[:1], changed[-2:], _highest(sizes, count), _highest(gains, count)])
    return np.intersect1d(chosen + 1, np.arange(SHORTEST_CUT, len(market.sessions)))


def _spread(places: Cuts, count: int) -> Cuts:
    """`count` of the places, or all of fewer, evenly spaced, with half a space before the first and after the last."""
    count = min(count, len(places))
    return places[((np.arange(count) + 0.5) * len(places) / count).astype(np.int64)]


def _highest(values: "npt.NDArray[np.float64]", count: int) -> Cuts:
    """The places of the `count` highest values, if above zero; of equal values the earlier comes first."""
    places = np.argsort(-values, kind="stable")[:count]
    return places[values[places] > 0]
