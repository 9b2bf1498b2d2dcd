"""A book: everything that determines a portfolio, and nothing that is computed from it.

Both engines take one: the kernel, and vectorbt, which checks it (`ledger`).
"""

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

    `targets` (sessions x assets) has the target weights in force, without NaN; `decisions` marks the sessions whose
    target is traded `lag` sessions later: (T,), or (N, T) for N tranches, each with its part of the money. A portfolio
    that is off its targets by `band`, or an asset by the share `relative_band` of its own target, is traded on other
    sessions, too (infinite: never); with `to_edge` such a trade goes to the band's edge only. What is off by less than
    the weight `min_trade` is not traded.
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
        """A key that is equal for books that one call of the kernel can simulate: those of one market with the same
        assets, terms of trading and number of tranches."""
        rules = (self.lag, self.band, self.relative_band, self.to_edge, self.min_trade, self.costs.model_dump_json())
        return (id(self.market), *self.assets, len(self.tranches), *rules)

    @property
    def tranches(self) -> Flags:
        """The decisions of each tranche (N, T)."""
        return np.atleast_2d(self.decisions)

    @cached_property
    def levels(self) -> Array:
        """The assets' levels, whose ratios holdings earn: (T, K) for T sessions and K assets."""
        return self.market.levels[self.targets.columns].to_numpy()

    @cached_property
    def ends(self) -> list[int]:
        """For each asset the number of the first session after its last level; the number of all sessions if its levels
        go on to the last of them, or if it never has one."""
        count = len(self.levels)
        if not np.isnan(self.levels[-1]).any():
            return [count] * self.levels.shape[1]
        has_level = ~np.isnan(self.levels)
        return [count - int(column[::-1].argmax()) if column.any() else count for column in has_level.T]
