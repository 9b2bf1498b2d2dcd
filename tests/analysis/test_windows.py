"""What a level returned in a window, by hand."""

import math

import pandas as pd
import pytest

from backtester.analysis.windows import Window, window_return


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
