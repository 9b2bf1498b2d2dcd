"""A book: everything that decides a portfolio, and nothing that follows from it. Both engines take one."""

from dataclasses import dataclass

import pandas as pd

from backtester.arrays import Flags
from backtester.engine.costs import Costs
from backtester.histories.market import Market


@dataclass(frozen=True)
class Book:
    """A portfolio that starts with 1 in cash on the market's first session.

    `targets` (sessions x assets) are filled; `decisions` (T,) marks the sessions whose target is traded `lag` sessions
    later; `band` is infinite for none.
    """

    market: Market
    targets: pd.DataFrame
    decisions: Flags
    lag: int
    band: float
    costs: Costs
