"""The measured sessions, and all that every strategy is measured against in them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from backtester.analysis.drawdowns import Drawdown, drawdowns
from backtester.analysis.lenses import USUAL, Lenses
from backtester.analysis.mix import slope_matrix
from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.scorecard import Windows
from backtester.analysis.selloffs import Legs, Rule, joint_selloffs, legs_of, other_selloffs, rule_of
from backtester.analysis.windows import Window
from backtester.arrays import Array, Integers
from backtester.histories.market import Market

PAIR_DRAWDOWN = 0.05  # the least fall of the pair, from peak to trough, that is listed


@dataclass(frozen=True, eq=False)
class Period:
    """A market cut to the T measured sessions, the lenses, and the pair of legs over these sessions."""

    market: Market
    lenses: Lenses
    pair: Pair

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """The dates (T,)."""
        return self.market.sessions

    @property
    def month_ends(self) -> "pd.Series[bool]":
        """Which sessions are the last of their month."""
        return self.market.calendar["month"]

    @property
    def rule(self) -> Rule:
        """What makes a joint sell-off."""
        return rule_of(self.lenses)

    @cached_property
    def legs(self) -> Legs:
        """The levels of legs and pair."""
        return legs_of(self.pair)

    @cached_property
    def windows(self) -> Windows:
        """The joint and the other sell-offs, (W, 2) each."""
        joint = joint_selloffs(self.legs, self.rule)
        return Windows(joint, other_selloffs(self.legs, self.rule, joint))

    @property
    def joint(self) -> list[Window]:
        """The joint sell-offs in order of time."""
        return [Window(start, end) for start, end in self.windows.joint.tolist()]

    @cached_property
    def falls(self) -> list[Drawdown]:
        """The drawdowns of the pair of 5% or more, in order of time."""
        return drawdowns(self.legs.pair, at_least=PAIR_DRAWDOWN)

    @cached_property
    def excess(self) -> Array:
        """The legs' session returns in excess of bills, (2, T - 1)."""
        levels = np.array(self.legs[:2])
        moves: Array = levels[:, 1:] / levels[:, :-1] - 1 - self.market.bill_returns[1:]
        return moves

    @cached_property
    def matrix(self) -> Array:
        """What gives the slopes of returns (T - 1,) on the legs, (2, T - 1)."""
        return slope_matrix(self.excess)

    @property
    def fitted(self) -> Integers:
        """The legs, of 0 and 1, that slopes are found for: one where the two cannot be told apart."""
        return np.flatnonzero(self.matrix.any(axis=1))


def measure_period(market: Market, lenses: Lenses = USUAL) -> Period:
    """The period of all sessions of a market; raise DataError where a leg is no funded asset, or has a gap."""
    return Period(market, lenses, reference_pair(market, lenses))


def joint_falls(legs: Legs) -> Integers:
    """The drawdowns of the pair of 5% or more in which bonds fell too, (W, 2): peak and trough."""
    found = [(fall.peak, fall.trough) for fall in drawdowns(legs.pair, at_least=PAIR_DRAWDOWN)]
    return np.array([(peak, end) for peak, end in found if legs.bonds[end] <= legs.bonds[peak]], np.int64).reshape(
        -1, 2
    )
