"""The reference pair: stocks and bonds at fixed weights, brought back at each month-end close, without costs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import Drawdown
from backtester.analysis.lenses import USUAL, Lenses
from backtester.analysis.windows import Window, window_return
from backtester.arrays import Array, Flags, Integers
from backtester.errors import DataError, did_you_mean
from backtester.histories.market import Market


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


def reference_pair(market: Market, lenses: Lenses = USUAL) -> Pair:
    """The pair over all sessions of a market; both legs must have a level on each."""
    legs = leg_levels(market, lenses)
    if legs.isna().to_numpy().any():
        both = " or ".join(lenses.legs)
        raise DataError(f"history {market.history.name!r} lacks {both} in this window; the pair needs both")
    weights = np.array([lenses.stocks_weight, 1 - lenses.stocks_weight])
    levels, trades = legs.to_numpy(), month_end_trades(market.calendar["month"].to_numpy())
    at_trade = levels[trades.sessions][trades.last]
    nav = trades.nav(levels / at_trade @ weights)
    pnl = np.zeros_like(levels)
    pnl[1:] = (weights * nav[trades.sessions][trades.last, None] / at_trade)[1:] * np.diff(levels, axis=0)
    return Pair(
        stocks=legs["stocks"],
        bonds=legs["bonds"],
        nav=pd.Series(nav, market.sessions, name="pair"),
        pnl=pd.DataFrame(pnl, market.sessions, ["stocks", "bonds"]),
    )


def leg_levels(market: Market, lenses: Lenses) -> pd.DataFrame:
    """The levels of both legs, columns `stocks` and `bonds`; a DataError where a leg is no funded asset."""
    name, funded = market.history.name, [role for role in market.assets if market.history.series[role].funded]
    for role in lenses.legs:
        if role not in funded:
            raise DataError(f"history {name!r} has no funded asset {role!r} for the pair; {did_you_mean(role, funded)}")
    return market.levels[list(lenses.legs)].set_axis(["stocks", "bonds"], axis=1)


@dataclass(frozen=True)
class Trades:
    """When the pair is brought back: `sessions` of the trades, and by session (T,) which was the `last` before it."""

    sessions: Integers
    last: Integers

    def nav(self, growth: Array) -> Array:
        """The value (T,) from 1, from the growth (T,) since the last trade before each session."""
        at_trades = np.cumprod(growth[self.sessions])
        value: Array = at_trades[self.last] * growth
        return value


def month_end_trades(month_ends: Flags) -> Trades:
    """The first session and each month-end."""
    sessions = np.union1d([0], np.flatnonzero(month_ends))
    last = np.searchsorted(sessions, np.arange(len(month_ends)), side="left").clip(min=1) - 1
    return Trades(sessions, last)
