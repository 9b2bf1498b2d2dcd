"""A book: everything that decides a portfolio, and nothing that follows from it. Both engines take one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.engine.costs import Costs
from backtester.histories.market import Market


@dataclass(frozen=True, eq=False)
class Book:
    """A portfolio that starts with 1 in cash on the market's first session.

    `targets` (sessions x assets) are filled; `decisions` marks the sessions whose target is traded `lag` sessions
    later: (T,), or (N, T) for N tranches, each with its part of the money. `band` and `relative_band` are infinite for
    none; with `to_edge` a trade that a band calls for goes to the band's edge only; an asset that is less than
    `min_trade` of NAV off is not traded.
    """

    market: Market
    targets: pd.DataFrame
    decisions: Flags
    lag: int
    band: float
    costs: Costs
    relative_band: float = float("inf")
    to_edge: bool = False
    min_trade: float = 0.0

    @cached_property
    def assets(self) -> list[str]:
        """The assets that have targets."""
        return list(self.targets.columns)

    @property
    def grouping_key(self) -> tuple[object, ...]:
        """The key that books must share for the kernel to keep them together: one market, assets, terms, a number of
        tranches."""
        rules = (self.lag, self.band, self.relative_band, self.to_edge, self.min_trade, self.costs.model_dump_json())
        return (id(self.market), *self.assets, len(self.tranches), *rules)

    @property
    def tranches(self) -> Flags:
        """The decisions of each tranche (N, T)."""
        return np.atleast_2d(self.decisions)

    @cached_property
    def levels(self) -> Array:
        """The assets' levels (T, K)."""
        return self.market.levels[self.targets.columns].to_numpy()

    @cached_property
    def ends(self) -> list[int]:
        """The first session without each asset whose levels end before the market does, else the number of sessions."""
        count = len(self.levels)
        if not np.isnan(self.levels[-1]).any():
            return [count] * self.levels.shape[1]
        there = ~np.isnan(self.levels)
        return [count - int(column[::-1].argmax()) if column.any() else count for column in there.T]
