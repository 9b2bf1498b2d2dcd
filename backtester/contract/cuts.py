"""Where the past-only rule cuts a history: spread over it, and at moves of the strategy's own weights."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.histories.market import Market

Cuts = npt.NDArray[np.int64]


def choose_cuts(market: Market, count: int) -> Cuts:
    """The numbers of sessions up to `count` cuts: a quarter each in the warm-up, at month-ends and on Wednesdays, the
    rest spread evenly; every session in a history that has fewer."""
    inside = np.arange(2, len(market.sessions))
    warm_up = np.geomspace(2, 300, count // 4).astype(np.int64)
    month_ends = np.flatnonzero(market.calendar["month"].to_numpy()) + 1
    midweek = np.flatnonzero(market.sessions.day_of_week == 2) + 1
    chosen = [warm_up, _spread(month_ends, count // 4), _spread(midweek, count // 4)]
    cuts = np.intersect1d(np.concatenate(chosen), inside)
    return np.union1d(cuts, _spread(np.setdiff1d(inside, cuts), count - len(cuts)))


def cuts_at_moves(weights: pd.DataFrame, market: Market, count: int) -> Cuts:
    """The numbers of sessions up to cuts right after the first and last moves of weights, the `count` largest moves,
    and the `count` moves with the highest gain in the week after.

    A strategy that looks ahead only at times may do so between the cuts of `choose_cuts`. But its weights move then,
    and if the look-ahead is profitable they move just before the market does.
    """
    moves = weights.diff().fillna(0.0)
    week = max(1, market.rhythm.sessions_in("week"))  # most look-aheads reach no further
    ahead = market.levels[weights.columns].shift(-week) / market.levels[weights.columns] - 1
    size = moves.abs().sum(axis=1).to_numpy()
    paid = (moves * ahead).sum(axis=1).to_numpy()
    moved = np.flatnonzero(size > 0)
    chosen = np.concatenate([moved[:1], moved[-2:], _highest(size, count), _highest(paid, count)])
    return np.intersect1d(chosen + 1, np.arange(2, len(market.sessions)))


def _spread(places: Cuts, count: int) -> Cuts:
    """`count` of the places, evenly spaced and away from the ends; all where there are no more."""
    count = min(count, len(places))
    return places[((np.arange(count) + 0.5) * len(places) / count).astype(np.int64)]


def _highest(values: "npt.NDArray[np.float64]", count: int) -> Cuts:
    """The places of the `count` highest values above zero, the earlier of equals first."""
    places = np.argsort(-values, kind="stable")[:count]
    return places[values[places] > 0]
