"""Regimes: the sign of the 36-month stock-bond correlation, its spells, and the one that a window began in."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.windows import Window

SIGNS = {1: "positive", -1: "negative"}


@dataclass(frozen=True)
class Spell:
    """Month-ends in a row at which the correlation had one sign: the first, the last, how many."""

    start: pd.Timestamp
    end: pd.Timestamp
    sign: str
    months: int


def regime(correlation: "pd.Series[float]", window: Window) -> str | None:
    """The sign known at the window's first close; None where the correlation is not yet known or zero."""
    value = correlation.iloc[window.start]
    return None if np.isnan(value) else SIGNS.get(int(np.sign(value)))


def spells(correlation: "pd.Series[float]", month_ends: "pd.Series[bool]") -> list[Spell]:
    """The spells among these sessions' month-ends, in order."""
    at_ends = correlation[month_ends]
    signs = np.sign(at_ends.to_numpy())
    edges = np.flatnonzero(signs[1:] != signs[:-1]) + 1  # NaN differs from everything, itself included
    told = []
    for first, last in zip([0, *edges], [*edges, len(signs)], strict=True):
        sign = SIGNS.get(0 if first == last or np.isnan(signs[first]) else int(signs[first]))
        if sign is not None:
            told.append(Spell(at_ends.index[first], at_ends.index[last - 1], sign, int(last - first)))
    return told
