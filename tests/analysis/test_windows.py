"""What a level returned in a window, by hand; its falls: by hand, against a loop over sessions, and by property."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.windows import Drawdown, Window, drawdowns, underwater, window_return, window_returns
from backtester.arrays import Array

LEVELS = st.lists(st.floats(0.5, 2.0), min_size=1, max_size=40).map(np.array)


def test_return_is_from_the_first_close_to_the_last() -> None:
    """100, 50, 80 returned -20% from the first close to the last."""
    assert window_return(pd.Series([100.0, 50, 80]), Window(0, 2)) == pytest.approx(-0.2, abs=1e-15)


def test_sessions_are_the_returns_inside() -> None:
    """A window from one close to the one three sessions later holds three returns."""
    assert Window(4, 7).sessions == 3


@pytest.mark.parametrize("first", [float("nan"), 0.0])
def test_undefined_without_a_level_to_start_from(first: float) -> None:
    """A level that had not begun, or had fallen to zero, has no return."""
    assert math.isnan(window_return(pd.Series([first, 2.0]), Window(0, 1)))


def test_undefined_without_a_level_to_end_at() -> None:
    """A level that is missing at the end has no return."""
    assert math.isnan(window_return(pd.Series([1.0, float("nan")]), Window(0, 1)))


def test_ruin_inside_a_window_is_a_return_of_minus_one() -> None:
    """A level that falls to zero returned -100%."""
    assert window_return(pd.Series([1.0, 0.0]), Window(0, 1)) == -1


def test_undefined_over_a_stretch_without_a_level() -> None:
    """A level that broke off inside the window has no return over it, though it has one before and after."""
    levels = pd.Series([1.0, 2.0, float("nan"), 2.0, 3.0])
    assert math.isnan(window_return(levels, Window(1, 3)))
    assert math.isnan(window_return(levels, Window(0, 4)))
    assert window_return(levels, Window(0, 1)) == 1
    assert window_return(levels, Window(3, 4)) == 0.5


def test_returns_of_several_levels_are_those_of_each() -> None:
    """Between two closes, whatever stands beside them; NaN where one begins at 0 or below, or misses a close."""
    inside = np.array([[100.0, 0.5, 0.0, 1.0, np.nan], [50, 2, 1, np.nan, 1], [80, 0, 2, 3, 2]])
    levels = np.vstack([np.full(5, 7.0), inside, np.full(5, 9.0)])
    found = window_returns(levels, Window(1, 3))
    np.testing.assert_allclose(found, [-0.2, -1.0, np.nan, np.nan, np.nan], rtol=1e-15)
    np.testing.assert_array_equal(found, [window_return(pd.Series(level), Window(1, 3)) for level in levels.T])


@pytest.mark.parametrize(
    ("one", "other", "shared"), [((2, 7), (5, 9), 2), ((2, 9), (3, 5), 2), ((2, 4), (4, 6), 0), ((2, 4), (7, 9), -3)]
)
def test_sessions_that_two_windows_share(one: tuple[int, int], other: tuple[int, int], shared: int) -> None:
    """From the later start to the earlier end; below zero by the sessions that lie between them."""
    assert Window(*one).shared(Window(*other)) == Window(*other).shared(Window(*one)) == shared


def falls_by_loop(levels: Array, at_least: float) -> list[Drawdown]:
    """Every fall, found by walking along the sessions and keeping the last peak."""
    found: list[Drawdown] = []
    peak, trough, high = 0, 0, levels[0]
    for now in range(1, len(levels)):
        if levels[now] / high - 1 > -1e-12:
            if trough > peak:
                found.append(Drawdown(peak, trough, now, float(levels[trough] / high - 1)))
            peak = trough = now
            high = max(high, levels[now])
        elif trough == peak or levels[now] < levels[trough]:
            trough = now
    if trough > peak:
        found.append(Drawdown(peak, trough, None, float(levels[trough] / high - 1)))
    return [fall for fall in found if fall.depth <= -at_least]


def test_underwater_is_level_over_running_peak_less_one() -> None:
    """100, 80, 120, 90 stands 0, -20%, 0 and -25% below its peak so far."""
    assert underwater(np.array([100.0, 80, 120, 90])) == pytest.approx([0, -0.2, 0, -0.25], abs=1e-15)


def test_finds_peak_trough_and_recovery() -> None:
    """A fall from 100 by way of 90 and 95 to 85 recovers on the first close back at 100."""
    levels = np.array([98.0, 100, 90, 95, 85, 99, 100, 101])
    assert drawdowns(levels, at_least=0.05) == [Drawdown(1, 4, 6, pytest.approx(-0.15))]


def test_starting_value_is_a_peak() -> None:
    """A level that only ever falls has fallen from where it started."""
    assert drawdowns(np.array([1.0, 0.9, 0.8]), at_least=0.05) == [Drawdown(0, 2, None, pytest.approx(-0.2))]


def test_open_fall_has_no_recovery() -> None:
    """A fall that is not made up by the last session has no recovery."""
    assert [fall.recovery for fall in drawdowns(np.array([1.0, 2, 1, 1.9]), at_least=0.1)] == [None]


def test_peak_is_the_last_close_at_it() -> None:
    """Where the peak was touched twice the fall starts at the later close."""
    assert drawdowns(np.array([2.0, 1, 2, 1, 3]), at_least=0.5) == [Drawdown(0, 1, 2, -0.5), Drawdown(2, 3, 4, -0.5)]


def test_threshold_itself_counts() -> None:
    """A fall of exactly half is a fall of half or more, one of a little less is not."""
    assert len(drawdowns(np.array([2.0, 1.0, 2.0, 1.001]), at_least=0.5)) == 1


def test_trough_is_the_first_of_equals() -> None:
    """Of two equally low closes the first is the trough."""
    assert drawdowns(np.array([2.0, 1, 1.5, 1, 2]), at_least=0.1)[0].trough == 1


def test_recovered_but_for_the_last_bit_is_recovered() -> None:
    """A level back at its peak up to rounding has recovered, one that misses it by a billionth has not."""
    falls = drawdowns(np.array([1.0, 0.9, 1 - 1e-15, 0.8]), at_least=0.05)
    assert [(fall.peak, fall.recovery) for fall in falls] == [(0, 2), (2, None)]
    assert [fall.peak for fall in drawdowns(np.array([1.0, 0.9, 1 - 1e-9, 0.8]), at_least=0.05)] == [0]


def test_cent_prices_come_back_to_their_peak() -> None:
    """Grown from returns of prices in cents, a record that ends at its old peak has recovered, on all of 60 paths."""
    for seed in range(60):
        cents = np.random.default_rng(seed).integers(-300, 300, 50).cumsum() + 10_000
        cents = np.minimum(cents, 10_500)
        prices = np.array([10_500, 9_000, *cents[cents > 5_000], 9_000, 10_500]) / 100
        levels = np.cumprod([1.0, *(prices[1:] / prices[:-1])])
        assert drawdowns(levels, at_least=0.1)[-1].recovery == len(levels) - 1


@given(LEVELS, st.sampled_from([0.0, 0.1, 0.4]))
def test_equals_a_loop_over_sessions(levels: Array, at_least: float) -> None:
    """Any level has the falls that walking along its sessions finds."""
    assert drawdowns(levels, at_least=at_least) == falls_by_loop(levels, at_least)


@given(LEVELS)
def test_scaling_by_a_power_of_two_changes_nothing(levels: Array) -> None:
    """Falls are ratios: a level in other units has the same ones, to the last bit."""
    assert drawdowns(levels * 8, at_least=0.05) == drawdowns(levels, at_least=0.05)


@given(LEVELS)
def test_falls_do_not_overlap(levels: Array) -> None:
    """Each fall has recovered before the next begins, and lies between its peak and its recovery."""
    falls = drawdowns(levels, at_least=0.0)
    for fall in falls:
        assert fall.peak < fall.trough < (len(levels) if fall.recovery is None else fall.recovery)
    for one, other in itertools.pairwise(falls):
        assert one.recovery is not None
        assert one.recovery <= other.peak
