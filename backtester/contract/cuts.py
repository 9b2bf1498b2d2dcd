"""Where the past-only rule cuts a history: spread over it, and where the strategy's own weights give it away."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.histories.market import Market

Cuts = npt.NDArray[np.int64]


def choose_cuts(market: Market, count: int) -> Cuts:
    """How many sessions each cut leaves, `count` of them: a quarter each in the warm-up, at month-ends and on
    Wednesdays, the rest spread evenly; all of them where the history is that short."""
    total = len(market.sessions)
    warm_up = np.unique(np.geomspace(2, max(2, min(total - 1, 300)), count // 4).astype(np.int64))
    month_ends = np.flatnonzero(market.calendar["month"].to_numpy()) + 1
    midweek = np.flatnonzero(market.sessions.day_of_week == 2) + 1
    chosen = np.unique(np.concatenate([warm_up, _spread(month_ends, count // 4), _spread(midweek, count // 4)]))
    others = np.setdiff1d(np.arange(2, total), chosen)
    cuts = np.union1d(chosen, _spread(others, count - len(chosen)))
    return cuts[cuts < total]


def telling_cuts(weights: pd.DataFrame, market: Market, count: int) -> Cuts:
    """Cuts right after the first and last moves of the weights, their largest, and those that paid best at once.

    A strategy that looks ahead only now and then escapes cuts spread over its history. But then its weights move, and
    where that is worth cheating for they move just before the market does. `count` moves of each of the two kinds.
    """
    moves = weights.diff().fillna(0.0)
    week = max(1, market.rhythm.sessions_in("week"))  # whoever looks ahead to earn from it mostly looks no further
    ahead = market.levels[weights.columns].shift(-week) / market.levels[weights.columns] - 1
    size = moves.abs().sum(axis=1).to_numpy()
    paid = (moves * ahead).sum(axis=1).to_numpy()
    moved = np.flatnonzero(size > 0)
    chosen = np.concatenate([moved[:1], moved[-2:], _highest(size, count), _highest(paid, count)])
    cuts = np.unique(chosen) + 1
    return cuts[(cuts >= 2) & (cuts < len(market.sessions))]


def _spread(places: Cuts, count: int) -> Cuts:
    """`count` of the places, evenly spaced and away from the ends."""
    if len(places) <= count:
        return places
    return places[((np.arange(count) + 0.5) * len(places) / count).astype(np.int64)]


def _highest(values: "npt.NDArray[np.float64]", count: int) -> Cuts:
    """The places of the `count` highest values above zero, the earlier of equals first."""
    places = np.argsort(-values, kind="stable")[:count]
    return places[values[places] > 0]
