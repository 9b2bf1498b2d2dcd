"""What becomes of values on paths, and the paths themselves, each by hand."""

import numpy as np
import pytest

from backtester.stress.path_results import PathPlan, deepest_falls, growth_over, unpaid_years, year_end_sessions
from backtester.stress.paths_kernel import fill_levels, fill_rows


def test_the_usual_plan() -> None:
    """5,000 paths of twenty years, 4% spent a year."""
    assert PathPlan() == PathPlan(paths=5000, years=20, seed=1, spend=0.04)


def test_the_deepest_fall_is_below_the_highest_so_far() -> None:
    """From 2 to 1, not from 3 to 2; nothing where values only rise."""
    navs = np.array([[1.0, 2.0, 1.0, 3.0, 2.0], [1.0, 1.0, 1.5, 1.5, 2.0], [2.0, 1.5, 2.0, 2.0, 2.0]])
    assert deepest_falls(navs).tolist() == [-0.5, 0.0, -0.25]


def test_growth_over_the_mix_by_hand() -> None:
    """From 2 to 8, and the mix from 1 to 2, in two years: log 2 over two; nothing is said of what was ruined."""
    navs, mixes = np.array([[2.0, 8.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 0.0]])
    assert growth_over(navs, mixes, 2.0) == pytest.approx([np.log(2) / 2, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize(("a_year", "ends"), [(252, [0, 252, 504]), (12, [0, 12, 24]), (250.4, [0, 250, 501])])
def test_ends_of_years(a_year: float, ends: list[int]) -> None:
    """The start, and the nearest session to each year's end."""
    assert year_end_sessions(a_year, PathPlan(years=2)).tolist() == ends


@pytest.mark.parametrize(
    ("values", "spend", "missed"),
    [
        ([1, 1, 1, 1], 0.4, 1),
        ([1, 1, 1, 1], 0.3, 0),
        ([1, 2, 2, 2], 0.65, 0),
        ([1, 2, 2, 2], 0.66, 1),
        ([1, 1, 1, 1], 0.5, 2),
        ([1, 1, 0, 0], 0.1, 2),
        ([1, 1, 1, 1], 1.0, 2),
    ],
)
def test_spending_is_paid_while_there_is_money(values: list[float], spend: float, missed: float) -> None:
    """2% more is spent every year: of 2 after a doubling 0.65 x (1 + 1.02 + 1.0404) can be paid, 0.66 times cannot.

    What stands still pays 0.4 twice and not a third time, and its whole wealth once; a ruined book pays nothing more.
    """
    assert unpaid_years(np.array([values], float), PathPlan(years=3, spend=spend)).tolist() == [missed]


def test_unpaid_years_of_many_paths_and_strategies() -> None:
    """A number for each: of two paths the first never lasts, of three strategies the last has nothing to begin with."""
    values = np.ones((2, 3, 4))
    values[0, :, 1:] = 0.0
    values[:, 2] = 0.0
    assert unpaid_years(values, PathPlan(years=3, spend=0.01)).tolist() == [[3.0, 3.0, 3.0], [0.0, 0.0, 3.0]]


def test_rows_of_a_path_by_hand() -> None:
    """A block from 2 goes on round the end of four; a start beyond the last place is the last."""
    rows = np.empty(6, np.int64)
    fill_rows(np.array([True, False, False, True, False, True]), np.array([2, 9, 1]), 4, rows)
    assert rows.tolist() == [2, 3, 0, 3, 0, 1]


def test_levels_of_a_path_by_hand() -> None:
    """Three columns of returns, in the order of the rows, from 1."""
    returns, levels = np.array([[0.5, 0.0, -0.5], [1.0, -0.5, 0.25]]), np.empty((3, 4))
    fill_levels(returns, np.array([1, 0, 1]), levels)
    assert levels.tolist() == [[1, 2, 3, 6], [1, 0.5, 0.5, 0.25], [1, 1.25, 0.625, 0.78125]]
