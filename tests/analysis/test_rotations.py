"""Rotations: against the readable definition carried out for each, and what they say of dependence."""

import numpy as np
import pandas as pd

from backtester.analysis.lenses import Lenses
from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.rotations import ROTATIONS, rotated, rotated_counts
from backtester.analysis.selloffs import joint_selloffs
from backtester.histories.market import Market
from builders import made_market

LENSES = Lenses(stocks_weight=0.5, stocks_fall=-0.03, bonds_fall=-0.01)


def made(count: int, seed: int = 1, shared: float = 0.0) -> Market:
    """Legs that fall now and then, bonds with a part of what stocks do."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (2, count))
    bonds = 0.6 * noise[1] + shared * noise[0]
    return made_market({"stocks": list(np.cumprod(1 + noise[0])), "bonds": list(np.cumprod(1 + bonds))})


def counts_of(market: Market, lenses: Lenses, seed: int = 1) -> list[float]:
    pair = reference_pair(market, lenses)
    return list(rotated_counts(pair, market.calendar["month"].to_numpy(), lenses, seed=seed))


def test_each_count_is_that_of_the_definition() -> None:
    """A market made of the rotated returns, its pair and its joint sell-offs, found the readable way."""
    market = made(300)
    moves = market.levels["bonds"].pct_change().to_numpy()[1:]
    amounts = np.random.default_rng(1).integers(21, len(moves) - 21, ROTATIONS, endpoint=True)
    expected = []
    for amount in amounts[:40]:
        rotated_moves = [moves[(t - amount) % len(moves)] for t in range(len(moves))]
        other = made_market(
            {"stocks": list(market.levels["stocks"]), "bonds": list(np.cumprod([1, *(1 + np.array(rotated_moves))]))}
        )
        expected.append(len(joint_selloffs(reference_pair(other, LENSES), LENSES.thresholds)))
    assert counts_of(market, LENSES)[:40] == expected
    assert len(set(expected)) > 1


def test_the_same_twice() -> None:
    """The same seed gives the same counts each time, another seed others."""
    market = made(200)
    assert counts_of(market, LENSES) == counts_of(market, LENSES) != counts_of(market, LENSES, seed=2)


def test_legs_that_fall_together_have_fewer_when_rotated() -> None:
    """Where bonds share stocks' falls the count is far above that of the rotations; where they do not, within it."""
    together = made(2000, shared=0.5)
    pair = reference_pair(together, LENSES)
    seen = len(joint_selloffs(pair, LENSES.thresholds))
    assert seen > rotated(rotated_counts(pair, together.calendar["month"].to_numpy(), LENSES, seed=1)).high
    apart = made(2000)
    pair = reference_pair(apart, LENSES)
    told = rotated(rotated_counts(pair, apart.calendar["month"].to_numpy(), LENSES, seed=1))
    assert told.low <= len(joint_selloffs(pair, LENSES.thresholds)) <= told.high


def test_too_short_to_rotate() -> None:
    """A window of two windows' length has none, and says so by undefined figures."""
    market = made(43)
    assert counts_of(market, LENSES) == []
    told = rotated(np.empty(0))
    assert told.rotations == 0
    assert np.isnan(told.mean)


def test_inputs_stay_as_they_were() -> None:
    """Rotating changes no leg."""
    market = made(100)
    pair = reference_pair(market, LENSES)
    before = Pair(pair.stocks.copy(), pair.bonds.copy(), pair.nav.copy(), pair.pnl.copy())
    rotated_counts(pair, market.calendar["month"].to_numpy(), LENSES, seed=1)
    pd.testing.assert_series_equal(pair.bonds, before.bonds)
    pd.testing.assert_series_equal(pair.stocks, before.stocks)
