"""The mean block length against arch's, and where nothing depends on anything."""

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length

from backtester.analysis.pair import reference_pair
from backtester.analysis.resample import block_length
from backtester.arrays import Array
from backtester.histories.market import load_market


def autoregression(seed: int) -> Array:
    """A series of some length, each value some share of the one before and chance."""
    chance = np.random.default_rng(seed)
    values, share = chance.normal(size=int(chance.integers(50, 3000))), chance.uniform(-0.5, 0.95)
    for t in range(1, len(values)):
        values[t] += share * values[t - 1]
    return values


def archs(values: Array) -> float:
    return float(optimal_block_length(values)["stationary"].iloc[0])


@pytest.mark.parametrize("seed", range(40))
def test_is_archs(seed: int) -> None:
    """On autoregressions of any strength it is arch's, but a block holds at least one session."""
    values = autoregression(seed)
    assert block_length(values) == pytest.approx(max(1.0, archs(values)), rel=1e-9)


def test_is_archs_on_the_pair() -> None:
    """So it is on the absolute returns of the pair, whose volatility clusters: 133 sessions."""
    moves = np.abs(reference_pair(load_market("us")).nav.pct_change().to_numpy()[1:])
    assert block_length(moves) == pytest.approx(archs(moves), rel=1e-9)
    assert block_length(moves) == pytest.approx(133.2, abs=0.1)


@pytest.mark.parametrize("values", [np.zeros(100), np.array([1.0, 2.0]), np.array([1.0])])
def test_is_one_where_nothing_can_be_told(values: Array) -> None:
    """A constant series, or one of a session or two, has blocks of one session."""
    assert block_length(values) == 1.0


def test_is_never_longer_than_a_third_of_the_series() -> None:
    """A trend asks for blocks without end, and gets a third of its length."""
    assert block_length(np.arange(90.0)) <= 30
