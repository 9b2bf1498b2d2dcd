"""The reference pair: stocks and bonds at fixed weights, rebalanced at each month-end close, without costs.

`PairSettings` names the two legs, their weights, and how far each must fall in a joint sell-off. A role is the name
under which a history has a series, such as `stocks`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.sell_offs_kernel import Legs
from backtester.analysis.windows import Drawdown, Window, window_return
from backtester.arrays import Array, Flags, Integers
from backtester.errors import DataError, did_you_mean
from backtester.histories.market import Market

DEEPEST_FALL, SMALLEST_FALL = 0.5, 1e-4  # a threshold outside of these was meant in percent, or divided by 100 twice


def _fall_threshold(value: float) -> float:
    """The threshold of a fall, a negative fraction; raise ValueError, with the value that was probably meant, if it is
    not negative or of an implausible size."""
    size = abs(value)
    plausible = [meant for meant in (size, size / 100, size * 100) if SMALLEST_FALL <= meant < DEEPEST_FALL]
    meant = plausible[0] if plausible else 0.05
    if not -1 < value < 0:
        raise ValueError(f"{value:g} is no fall; a fall is a negative fraction: {-meant:g} for {100 * meant:g}%")
    if meant != size:
        what = "deeper than any" if size >= DEEPEST_FALL else "less than a basis point"
        raise ValueError(f"{value:g} is a fall of {100 * size:g}%, {what}; {-meant:g} is one of {100 * meant:g}%")
    return value


Fall = Annotated[float, AfterValidator(_fall_threshold)]


class PairSettings(BaseModel):
    """The roles of the pair's two legs, the weight of stocks (the rest is bonds), and the return of each leg at or
    below which a window is a joint sell-off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stocks_role: str = "stocks"
    bonds_role: str = "bonds"
    stocks_weight: Annotated[float, Field(ge=0, le=1)] = 0.60
    stocks_fall: Fall = -0.05
    bonds_fall: Fall = -0.005

    @model_validator(mode="after")
    def _are_two(self) -> "PairSettings":
        if self.stocks_role == self.bonds_role:
            raise ValueError(f"both legs are {self.bonds_role!r}; a pair has two")
        return self

    @property
    def legs(self) -> tuple[str, str]:
        """The roles of stocks and bonds."""
        return self.stocks_role, self.bonds_role


DEFAULT_PAIR_SETTINGS = PairSettings()


@dataclass(frozen=True, eq=False)
class Pair:
    """The pair by session, (T,): the levels of both legs, and the pair's net asset value, from 1.

    `pnl` (T, columns stocks and bonds) is what each leg earned in a session, in units of the starting value: all of it
    up to a session adds up to nav - 1.
    """

    stocks: "pd.Series[float]"
    bonds: "pd.Series[float]"
    nav: "pd.Series[float]"
    pnl: pd.DataFrame

    @cached_property
    def levels(self) -> Legs:
        """The levels of both legs and of the pair, as arrays."""
        return Legs(*(np.require(level, np.float64, ["C", "W"]) for level in (self.stocks, self.bonds, self.nav)))

    def contributions(self, window: Window) -> tuple[float, float]:
        """The parts of the pair's return over a window that stocks and bonds earned; they add up to it."""
        part = self.pnl.iloc[window.start + 1 : window.end + 1].sum() / self.nav.iloc[window.start]
        return float(part["stocks"]), float(part["bonds"])

    def kind(self, fall: Drawdown) -> str:
        """The kind of a drawdown: "hedged" if bonds rose from peak to trough by more than rounding, else "joint"."""
        return "joint" if window_return(self.bonds, Window(fall.peak, fall.trough)) <= AT_PEAK else "hedged"


def reference_pair(market: Market, pair_settings: PairSettings = DEFAULT_PAIR_SETTINGS) -> Pair:
    """The pair over all sessions of a market. Raise DataError if a leg is no funded asset or lacks a level on a
    session."""
    legs, dates = leg_levels(market, pair_settings), market.sessions
    for role, missing in zip(pair_settings.legs, legs.isna().to_numpy().T, strict=True):
        if missing.any():
            first, last = dates[missing][[0, -1]].date
            text = f"history {market.history.name!r} has no {role} on {missing.sum():,} sessions from {first} to {last}"
            raise DataError(f"{text}, and the pair needs both legs; choose --start and --end beside them")
    weights = np.array([pair_settings.stocks_weight, 1 - pair_settings.stocks_weight])
    levels, trades = legs.to_numpy(), month_end_trades(market.calendar["month"].to_numpy())
    at_trade = levels[trades.sessions][trades.last]  # (T, 2), of the last trade before each session
    nav = trades.nav(levels / at_trade @ weights)
    units = weights * nav[trades.sessions][trades.last, None] / at_trade  # held in each session, bought at that trade
    pnl = np.zeros_like(levels)
    pnl[1:] = units[1:] * np.diff(levels, axis=0)
    return Pair(
        stocks=legs["stocks"],
        bonds=legs["bonds"],
        nav=pd.Series(nav, market.sessions, name="pair"),
        pnl=pd.DataFrame(pnl, market.sessions, ["stocks", "bonds"]),
    )


def leg_levels(market: Market, pair_settings: PairSettings) -> pd.DataFrame:
    """The levels of both legs, columns `stocks` and `bonds`. Raise DataError if a leg is no funded asset."""
    name, funded = market.history.name, [role for role in market.assets if market.history.is_funded(role)]
    for role in pair_settings.legs:
        if role not in funded:
            raise DataError(f"history {name!r} has no funded asset {role!r} for the pair; {did_you_mean(role, funded)}")
    return market.levels[list(pair_settings.legs)].set_axis(["stocks", "bonds"], axis=1)


@dataclass(frozen=True, eq=False)
class PairTrades:
    """The sessions on which the pair is rebalanced: their numbers in `sessions` (N,), and for each session the place in
    these of the `last` one before it (T,); the first session comes first, and is its own."""

    sessions: Integers
    last: Integers

    def nav(self, growth: Array) -> Array:
        """The net asset value (T,), from 1, given the factor (T,) by which it grew since the last trade before each
        session."""
        at_trades = np.cumprod(growth[self.sessions])
        value: Array = at_trades[self.last] * growth
        return value


def month_end_trades(month_ends: Flags) -> PairTrades:
    """The trades on the first session and at each month-end, which `month_ends` (T,) flags."""
    sessions = np.union1d([0], np.flatnonzero(month_ends))
    last = np.searchsorted(sessions, np.arange(len(month_ends)), side="left").clip(min=1) - 1
    return PairTrades(sessions, last)
