"""Twin and mix: a strategy that only holds other shares of the same legs is its own mix, and pays nothing beyond."""

import math

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.betas import betas_with_neighbours
from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.scorecard import has_acted, payoff
from backtester.analysis.selloffs import joint_selloffs
from backtester.analysis.standins import mix_of, twin_nav
from backtester.analysis.windows import window_returns
from backtester.arrays import Array
from backtester.histories.market import Market
from builders import made_market


@pytest.fixture(scope="module")
def pair(us: Market) -> Pair:
    return reference_pair(us)


def mixed(us: Market, stocks: float, bonds: float) -> "pd.Series[float]":
    """Those shares of the legs and the rest in bills, brought back each session."""
    legs = us.levels[["stocks", "bonds"]].pct_change().to_numpy()[1:]
    bills = us.bill_returns[1:]
    returns = bills + stocks * (legs[:, 0] - bills) + bonds * (legs[:, 1] - bills)
    return pd.Series(np.concatenate([[1.0], np.cumprod(1 + returns)]), us.sessions)


@pytest.mark.parametrize(("stocks", "bonds"), [(0.7, 0.3), (0.6, 0.0), (0.3, 0.9), (1.0, -0.4)])
def test_mix_of_a_mix_is_itself(us: Market, pair: Pair, stocks: float, bonds: float) -> None:
    """Its betas are its shares, and its value is the strategy's own to twelve digits."""
    own = mixed(us, stocks, bonds)
    mix = mix_of(own, pair, us.bill_returns)
    assert (mix.stocks_beta, mix.bonds_beta) == pytest.approx((stocks, bonds), abs=1e-10)
    np.testing.assert_allclose(mix.nav, own, rtol=1e-9)  # 4,878 sessions of a beta that is off by 1e-13


def test_fewer_bonds_beat_the_twin_but_not_the_mix(us: Market, pair: Pair) -> None:
    """70/30 does better than its twin in every joint sell-off, for bonds fell in each; beyond its mix it is nothing."""
    own, joint = mixed(us, 0.7, 0.3), joint_selloffs(pair)
    reference = mixed(us, 0.6, 0.4)
    acted = has_acted(window_returns(own, joint), window_returns(reference, joint))
    twin, _ = twin_nav(own, reference, us.bill_returns)
    beyond_twin = payoff(window_returns(own, joint), window_returns(twin, joint), acted)
    assert (beyond_twin.better, beyond_twin.worse) == (21, 0)
    mix = mix_of(own, pair, us.bill_returns)
    assert payoff(window_returns(own, joint), window_returns(mix.nav, joint), acted).payoff_mean == pytest.approx(
        0, abs=1e-9
    )


def test_mix_is_its_formula_session_by_session(us: Market, pair: Pair) -> None:
    """Bills + b_s (stocks - bills) + b_b (bonds - bills), grown session by session, with the regression's betas."""
    gold = us.levels["gold"]
    mix = mix_of(gold, pair, us.bill_returns)
    value, path = 1.0, [1.0]
    for t in range(1, 300):
        bills = us.bill_returns[t]
        stocks, bonds = (float(leg.iloc[t] / leg.iloc[t - 1] - 1) for leg in (pair.stocks, pair.bonds))
        value *= 1 + bills + mix.stocks_beta * (stocks - bills) + mix.bonds_beta * (bonds - bills)
        path.append(value)
    assert list(mix.nav.iloc[:300]) == pytest.approx(path, rel=1e-12)


def test_betas_of_the_mix_are_those_of_both_legs_at_once(us: Market, pair: Pair) -> None:
    """One regression on both legs, not two regressions on one each, which would share what the legs have in common."""

    def excess(level: "pd.Series[float]") -> Array:
        return level.pct_change().to_numpy()[1:] - us.bill_returns[1:]

    mix = mix_of(us.levels["gold"], pair, us.bill_returns)
    both = betas_with_neighbours(excess(us.levels["gold"]), [excess(pair.stocks), excess(pair.bonds)])
    assert (mix.stocks_beta, mix.bonds_beta) == tuple(both)
    alone = betas_with_neighbours(excess(us.levels["gold"]), [excess(pair.bonds)])[0]
    assert abs(mix.bonds_beta - alone) > 0.01


def test_ruin_has_no_stand_ins() -> None:
    """What was ruined moved with nothing in the end: betas undefined, not made up."""
    market = made_market({"stocks": [1, 0.9, 1.1, 1.0, 1.2], "bonds": [1, 1.01, 0.99, 1.0, 1.02]})
    ruined = pd.Series([1.0, 0.5, 0.0, 0.0, 0.0], market.sessions)
    mix = mix_of(ruined, reference_pair(market), market.bill_returns)
    assert math.isnan(mix.stocks_beta)
    assert math.isnan(twin_nav(ruined, market.levels["stocks"], market.bill_returns)[1])
