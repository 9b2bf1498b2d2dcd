"""A period: the measured sessions, and all that strategies are measured against in them.

It also has other definitions of a joint sell-off, by which payoffs (returns beyond a strategy's mix) are computed
again. The legs are the pair's stocks and bonds; a rhythm is how often sessions come, daily to quarterly.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.mix import slope_matrix
from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS, Pair, PairSettings, reference_pair
from backtester.analysis.scorecard import SellOffs
from backtester.analysis.sell_offs import (
    JointSellOffs,
    ResampledLegs,
    SellOffDefinition,
    joint_sell_offs,
    other_sell_offs,
)
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.analysis.verdict import payoff_sensitivities, payoff_spectrum
from backtester.analysis.windows import Drawdown, Window, drawdowns
from backtester.arrays import Array, Integers, Spectrum
from backtester.histories.market import Market
from backtester.histories.rhythm import DAILY, Rhythm

PAIR_DRAWDOWN = 0.05  # the least fall of the pair, from peak to trough, that is listed
OTHER_FALLS = ((-0.03, -0.005), (-0.05, -0.005), (-0.05, -0.01), (-0.05, -0.02), (-0.07, -0.005))  # stocks, bonds


@dataclass(frozen=True, eq=False)
class Period:
    """A market cut to the T measured sessions, the settings of the pair, and the pair over these sessions."""

    market: Market
    pair_settings: PairSettings
    pair: Pair

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """The dates (T,)."""
        return self.market.sessions

    @property
    def month_ends(self) -> "pd.Series[bool]":
        """Flags (T,) of the last session of each month."""
        return self.market.calendar["month"]

    @property
    def rule(self) -> Rule:
        """The definition of a joint sell-off: the falls of the pair's settings, in windows of about a month."""
        month = self.market.rhythm.window_sessions
        return Rule(
            self.pair_settings.stocks_fall, self.pair_settings.bonds_fall, max_sessions=month, gap_sessions=month
        )

    @property
    def legs(self) -> Legs:
        """The levels (T,) of stocks, bonds and the pair."""
        return self.pair.levels

    @cached_property
    def windows(self) -> SellOffs:
        """The joint and the other sell-offs, (W, 2) each."""
        joint = joint_sell_offs(self.legs, self.rule)
        return SellOffs(joint, other_sell_offs(self.legs, self.rule, joint))

    @property
    def joint(self) -> list[Window]:
        """The joint sell-offs in order of time: `windows.joint` as objects."""
        return [Window(start, end) for start, end in self.windows.joint.tolist()]

    @property
    def deepest_falls(self) -> dict[str, float]:
        """The deepest fall of each leg, a negative fraction, within the sessions that a joint sell-off may have."""
        length = self.rule.max_sessions + 1
        legs = {"stocks": self.pair.stocks, "bonds": self.pair.bonds}
        return {name: float((level / level.rolling(length, 1).max() - 1).min()) for name, level in legs.items()}

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
    def slope_matrix(self) -> Array:
        """The matrix (2, T - 1) whose product with returns (T - 1,) is their slopes on the legs, see `slope_matrix`."""
        return slope_matrix(self.excess)

    @cached_property
    def payoff_spectrum(self) -> Spectrum:
        """The Fourier transforms (F frequencies, K assets), for `verdict.shifted_payoffs`, of what a weight of 1 in
        each asset of the market adds to the mean payoff."""
        market = self.market
        levels = market.levels[market.assets].to_numpy()
        funded = np.array([market.history.is_funded(asset) for asset in market.assets])
        moves = np.nan_to_num(levels[1:] / levels[:-1] - 1) - funded * market.bill_returns[1:, None]
        return payoff_spectrum(moves, payoff_sensitivities(self.slope_matrix, self.excess, self.windows.joint))

    @property
    def fitted_legs(self) -> Integers:
        """The numbers (0 stocks, 1 bonds) of the legs that slopes are computed on: one if the two are collinear."""
        return np.flatnonzero(self.slope_matrix.any(axis=1))


def measure_period(market: Market, pair_settings: PairSettings = DEFAULT_PAIR_SETTINGS) -> Period:
    """The period of all sessions of a market; raise DataError where a leg is no funded asset, or has a gap."""
    return Period(market, pair_settings, reference_pair(market, pair_settings))


def joint_falls(legs: Legs, resampled: ResampledLegs | None = None) -> Integers:
    """The windows (W, 2), from peak to trough, of drawdowns of the pair of 5% or more in which bonds did not rise.

    A `SellOffDefinition`; it does not use what is known of the original legs.
    """
    falls = drawdowns(legs.pair, at_least=PAIR_DRAWDOWN)
    fell = [fall for fall in falls if legs.bonds[fall.trough] <= legs.bonds[fall.peak] * (1 + AT_PEAK)]
    windows = [(fall.peak, fall.trough) for fall in fell]
    return np.array(windows, np.int64).reshape(len(windows), 2)


def other_definitions(rule: Rule, rhythm: Rhythm = DAILY) -> dict[str, SellOffDefinition]:
    """Other definitions of a joint sell-off by names such as `falls −3% and −0.5%`: other falls, windows of half and of
    twice the length, and drawdowns of the pair in which bonds fell."""
    falls = [rule._replace(stocks_fall=stocks, bonds_fall=bonds) for stocks, bonds in OTHER_FALLS]
    rules = {_falls(other): other for other in falls if other != rule}
    for length in (rule.max_sessions // 2, 2 * rule.max_sessions):
        if length:
            rules[f"windows of {rhythm.words_for(length)}"] = rule._replace(max_sessions=length)
    return {name: JointSellOffs(other) for name, other in rules.items()} | {"joint drawdowns of the pair": joint_falls}


def own_definition(rule: Rule, rhythm: Rhythm = DAILY) -> str:
    """The name of a run's own rule, as `other_definitions` name theirs."""
    return f"{_falls(rule)}, windows of {rhythm.words_for(rule.max_sessions)}"


def _falls(rule: Rule) -> str:
    """The falls of a rule in words."""
    falls = f"falls {100 * rule.stocks_fall:g}% and {100 * rule.bonds_fall:g}%"
    return falls.replace("-", "\N{MINUS SIGN}")
