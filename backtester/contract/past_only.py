"""Past only: `weights` on a history cut at t gives the same rows up to t as on the whole history.

What a strategy could not have known must not change what it would have done. Cutting finds it whatever the code looks
like: a shift the wrong way, a mean over the full sample, a month-end filled backward.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.contract.rules import Finding, first_difference
from backtester.engine.evaluate import Layer
from backtester.engine.targets import call_step
from backtester.errors import PluginError
from backtester.histories.market import Market

CUTS = 48
SHORT_CUTS = 12
RULE = "knows only the past"

# Sums over longer arrays round differently in the last bits; a look-ahead moves weights by far more than this.
TOLERANCE = 1e-9


def choose_cuts(market: Market, count: int) -> npt.NDArray[np.int64]:
    """How many sessions each cut leaves, `count` of them: a quarter each in the warm-up, at month-ends and on
    Wednesdays, the rest spread evenly; all of them where the history is that short."""
    total = len(market.sessions)
    warm_up = np.unique(np.geomspace(2, max(2, min(total - 1, 300)), count // 4).astype(np.int64))
    month_ends = np.flatnonzero(market.calendar["month"].to_numpy()) + 1
    midweek = np.flatnonzero(market.sessions.dayofweek == 2) + 1
    chosen = np.unique(np.concatenate([warm_up, _spread(month_ends, count // 4), _spread(midweek, count // 4)]))
    others = np.setdiff1d(np.arange(2, total), chosen)
    cuts = np.union1d(chosen, _spread(others, count - len(chosen)))
    return cuts[cuts < total]


def _spread(places: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """`count` of the places, evenly spaced and away from the ends."""
    if len(places) <= count:
        return places
    return places[((np.arange(count) + 0.5) * len(places) / count).astype(np.int64)]


def knows_only_the_past(layer: Layer, market: Market, *, cuts: int = CUTS) -> Finding | None:
    """The layer's weights up to each cut, called again on what was known then; the first difference is the finding."""
    found = [_difference(layer, market, int(cut)) for cut in choose_cuts(market, cuts)]
    return min((finding for finding in found if finding), key=lambda finding: str(finding.date), default=None)


def _difference(layer: Layer, market: Market, cut: int) -> Finding | None:
    end = market.sessions[cut - 1]
    inputs = {name: value.iloc[:cut].copy() for name, value in layer.inputs.items()}
    try:
        raw = call_step(layer.step, inputs, market.cut(cut))
    except PluginError as error:
        return Finding(RULE, f"fails on the history up to {end.date()}: {error}", end)
    where = first_difference(layer.raw.iloc[:cut], raw, tolerance=TOLERANCE)
    if where is None:
        return None
    date, column = where
    was, is_now = float(layer.raw[column][date]), float(raw[column][date])
    return Finding(
        RULE,
        f"{column} on {date.date()} is {is_now:.4g} with the history up to {end.date()} and {was:.4g} with all of it",
        pd.Timestamp(date),
        column,
    )
