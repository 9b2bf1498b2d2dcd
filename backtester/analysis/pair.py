"""The reference pair: stocks and bonds at fixed weights, brought back at each month-end close, without costs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import Drawdown
from backtester.analysis.windows import Window, window_return
from backtester.errors import DataError
from backtester.histories.market import Market

STOCKS_WEIGHT = 0.60


@dataclass(frozen=True)
class Pair:
    """By session: both legs' levels, the pair's net asset value from 1, and each leg's P&L in units of the start.

    `pnl` (T, stocks bonds) is per session; its sum to date is nav - 1.
    """

    stocks: "pd.Series[float]"
    bonds: "pd.Series[float]"
    nav: "pd.Series[float]"
    pnl: pd.DataFrame

    def contributions(self, window: Window) -> tuple[float, float]:
        """What each leg added to the pair's return over the window; the two add up to it."""
        part = self.pnl.iloc[window.start + 1 : window.end + 1].sum() / self.nav.iloc[window.start]
        return float(part["stocks"]), float(part["bonds"])

    def kind(self, fall: Drawdown) -> str:
        """Joint when bonds returned nothing or less from peak to trough, else hedged."""
        return "joint" if window_return(self.bonds, Window(fall.peak, fall.trough)) <= 0 else "hedged"


def reference_pair(market: Market, *, stocks_weight: float = STOCKS_WEIGHT) -> Pair:
    """The pair over all sessions of a market; both legs must have a level on each."""
    legs = market.levels.reindex(columns=["stocks", "bonds"])
    if legs.isna().to_numpy().any():
        raise DataError(f"history {market.history.name!r} lacks stocks or bonds in this window; the pair needs both")
    levels = legs.to_numpy()
    ends = np.union1d([0], np.flatnonzero(market.calendar["month"].to_numpy()))
    anchor = ends[np.searchsorted(ends, np.arange(len(levels)), side="left").clip(min=1) - 1]
    weights = np.array([stocks_weight, 1 - stocks_weight])
    growth = levels / levels[anchor] @ weights
    at_end = np.cumprod(growth[ends])
    nav_at_anchor = at_end[np.searchsorted(ends, anchor)]
    units = weights * nav_at_anchor[:, None] / levels[anchor]
    pnl = np.zeros_like(levels)
    pnl[1:] = units[1:] * np.diff(levels, axis=0)
    return Pair(
        stocks=legs["stocks"],
        bonds=legs["bonds"],
        nav=pd.Series(nav_at_anchor * growth, market.sessions, name="pair"),
        pnl=pd.DataFrame(pnl, market.sessions, ["stocks", "bonds"]),
    )
