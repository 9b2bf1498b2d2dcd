"""What stands in for a strategy: its twin and its mix, which only hold less, or other shares, of the same."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from backtester.analysis.betas import beta_with_neighbours, betas_with_neighbours

from backtester.analysis.pair import Pair
from backtester.arrays import Array


def twin_nav(nav: "pd.Series[float]", reference: "pd.Series[float]", bills: Array) -> tuple["pd.Series[float]", float]:
    """The twin's net asset value and its beta: as much reference as the strategy moved with, else bills."""
    market = _excess(reference, bills)
    slope = beta_with_neighbours(_excess(nav, bills), market)
    return _grown(bills[1:] + slope * market, nav, "twin"), slope


@dataclass(frozen=True)
class Mix:
    """The fixed mix of both legs and bills that moved as the strategy did, brought back each session without costs."""

    nav: "pd.Series[float]"
    stocks_beta: float
    bonds_beta: float


def mix_of(nav: "pd.Series[float]", pair: Pair, bills: Array) -> Mix:
    """Bills + b_s x (stocks - bills) + b_b x (bonds - bills), betas of one regression on both legs and neighbours."""
    legs = [_excess(leg, bills) for leg in (pair.stocks, pair.bonds)]
    slopes = betas_with_neighbours(_excess(nav, bills), legs)
    growth = bills[1:] + slopes[0] * legs[0] + slopes[1] * legs[1]
    return Mix(_grown(growth, nav, "mix"), float(slopes[0]), float(slopes[1]))


def _excess(levels: "pd.Series[float]", bills: Array) -> Array:
    """Session returns less bills (T - 1,), NaN from ruin on."""
    values = levels.to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        excess: Array = values[1:] / values[:-1] - 1 - bills[1:]
    return excess


def _grown(returns: Array, like: "pd.Series[float]", name: str) -> "pd.Series[float]":
    return pd.Series(np.concatenate([[1.0], np.cumprod(1 + returns)]), like.index, name=name)
