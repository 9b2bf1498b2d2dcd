"""Slices of the scorecard: by hand, and together they are the whole."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.scorecard import has_acted, payoff
from backtester.analysis.slices import slices


def test_by_hand() -> None:
    """Two windows of growth, one of inflation: in the first of growth it did as the reference did."""
    own, reference, twin, mix = (
        np.array([-0.05, -0.02, -0.04]),
        np.array([-0.05, -0.06, -0.03]),
        np.array([-0.04, -0.03, -0.05]),
        np.array([-0.05, -0.01, -0.03]),
    )
    growth, inflation = slices(["growth", "growth", "inflation"], own, reference, twin, mix)
    assert (growth.name, growth.windows, inflation.name, inflation.windows) == ("growth", 2, "inflation", 1)
    assert (growth.beyond_reference.better, growth.beyond_reference.worse) == (1, 0)
    assert growth.beyond_reference.payoff_mean == pytest.approx(0.02)
    assert growth.beyond_twin.payoff_mean == pytest.approx(0.0)
    assert (growth.beyond_twin.better, growth.beyond_twin.worse) == (1, 0)
    assert (inflation.beyond_reference.worse, inflation.beyond_twin.better) == (1, 1)
    assert inflation.beyond_reference.protection == pytest.approx(-1 / 3)
    assert (growth.beyond_mix.better, growth.beyond_mix.worse) == (0, 1)
    assert growth.beyond_mix.payoff_mean == pytest.approx(-0.005)
    assert growth.cost == pytest.approx(math.log(0.94 / 0.98))
    assert inflation.cost == pytest.approx(math.log(0.97 / 0.96))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(0, 1000))
def test_slices_add_up_to_the_whole(names: list[str], seed: int) -> None:
    """Windows, better and worse add up, and the means weighted by windows are the mean of all."""
    own, reference, twin, mix = np.random.default_rng(seed).normal(-0.05, 0.02, (4, len(names)))
    parts = slices(names, own, reference, twin, mix)
    whole = payoff(own, twin, has_acted(own, reference))
    assert sum(part.windows for part in parts) == len(names)
    assert sum(part.beyond_twin.better for part in parts) == whole.better
    assert sum(part.beyond_twin.worse for part in parts) == whole.worse
    total = sum(part.windows * part.beyond_twin.payoff_mean for part in parts)
    assert total / len(names) == pytest.approx(whole.payoff_mean)


def test_no_window_no_slice() -> None:
    """Without a joint sell-off there is nothing to slice."""
    assert slices([], *np.empty((4, 0))) == []
