"""Rolling betas against numpy's least squares, and where there are none."""

import numpy as np
import pytest

from backtester.analysis.betas import rolling_betas


def test_slopes_are_those_of_least_squares_over_the_window() -> None:
    """With a constant, on both legs together, over the returns up to each end and no others."""
    random = np.random.default_rng(1)
    legs = random.normal(size=(40, 2))
    own = 0.6 * legs[:, 0] + 0.4 * legs[:, 1] + random.normal(size=40) + 0.1
    found = rolling_betas(own, legs, ends=np.array([8, 9, 39]), window=10)
    assert np.isnan(found[0]).all(), "nine returns are fewer than ten"
    for row, last in ((1, 9), (2, 39)):
        part = slice(last - 9, last + 1)
        design = np.column_stack([np.ones(10), legs[part]])
        assert found[row] == pytest.approx(np.linalg.lstsq(design, own[part], rcond=None)[0][1:], rel=1e-9)


def test_a_mix_of_the_legs_has_its_shares() -> None:
    """Returns that are 1.2 of one leg less 0.3 of the other."""
    legs = np.random.default_rng(2).normal(size=(12, 2))
    own = legs @ np.array([1.2, -0.3])
    for unit in (1, 1e-5, 1e5):  # whatever unit they are in: whether legs move as one is relative to their own moves
        assert rolling_betas(unit * own, unit * legs, ends=np.array([11]), window=12)[0] == pytest.approx([1.2, -0.3])


@pytest.mark.parametrize(("apart", "known"), [(1e-4, True), (1e-5, True), (1e-7, False)])
def test_legs_that_nearly_move_alike_are_told_apart(apart: float, known: bool) -> None:
    """They are where one less the square of their correlation is above 1e-12: at 1e-10, not at 1e-14."""
    first, noise = np.random.default_rng(1).normal(size=(2, 40))
    legs = np.column_stack([first, first + apart * noise])
    [found] = rolling_betas(legs @ np.array([0.5, 0.25]), legs, ends=np.array([39]), window=40)
    expected = pytest.approx([0.5, 0.25], abs=1e-4) if known else pytest.approx([np.nan] * 2, nan_ok=True)
    assert found == expected


def test_where_there_is_none() -> None:
    """A missing return, legs that move as one, and a leg that does not move."""
    legs = np.random.default_rng(3).normal(size=(12, 2))
    own = legs[:, 0].copy()
    own[5] = np.nan
    ends = np.array([11])
    assert np.isnan(rolling_betas(own, legs, ends=ends, window=12)).all()
    one = np.column_stack([legs[:, 0], 2 * legs[:, 0]])
    assert np.isnan(rolling_betas(legs[:, 1], one, ends=ends, window=12)).all()
    still = np.column_stack([legs[:, 0], np.zeros(12)])
    assert np.isnan(rolling_betas(legs[:, 1], still, ends=ends, window=12)).all()
