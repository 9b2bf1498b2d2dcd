"""How much of a setting is needed, and which jobs are on the frontier, by hand."""

import numpy as np
import pyarrow as pa
import pytest

from backtester.batch.page import frontier as frontiers
from backtester.batch.page import needed
from backtester.batch.page.frontier import make_frontier, on_frontier
from backtester.batch.page.grid_map import make_grid_map
from backtester.batch.page.needed import needed_sizes
from studies import made_payoffs, made_rows


def test_needed_sizes_lie_between_the_values_of_the_grid() -> None:
    """Each tenth of gold saves half its size of a loss of 0.10: a tenth less needs 0.02 of it, a quarter 0.05, half
    0.10, and no window saves anything."""
    table = made_rows(made_payoffs())
    gold, window = needed_sizes(table, make_grid_map(table), 0)
    assert (gold.setting, gold.fixed, gold.more_cuts) == ("gold", "window 21", True)
    assert gold.values == pytest.approx((0.02, 0.05, 0.10))
    assert (gold.largest_cut, gold.largest_cut_at) == pytest.approx((1.5, 0.3))
    assert (window.fixed, window.values, window.more_cuts) == ("gold 0.0", (None, None, None), True)


def test_a_hedge_is_looked_at_alone() -> None:
    """Whichever job is the best: settings that can be 0 are 0, others as the best has them. Two values are enough."""
    table = made_rows(made_payoffs())
    gold, window = needed_sizes(table, make_grid_map(table), 11)
    assert (gold.fixed, window.fixed) == ("window 126", "gold 0.0")
    ones = made_rows({(gold, 21 + 42 * window): 0.0 for gold in (1.0, 2.0) for window in (0, 1)})
    assert [one.fixed for one in needed_sizes(ones, make_grid_map(ones), 3)] == ["window 63", "gold 2.0"]
    two = made_rows({(gold, 21): 0.0 for gold in (0.0, 0.1)})
    assert [one.values[0] for one in needed_sizes(two, make_grid_map(two), 0)] == [pytest.approx(0.02)]
    assert needed_sizes(two, make_grid_map(two.slice(0, 1)), 0) == []


def test_jobs_without_a_setting_have_no_value_of_it() -> None:
    """They are not said to have one, nor taken for the next value of another."""
    table = made_rows({(0.0, 21): 0.1, (0.1, 21): 0.1, (0.2, 21): 0.1, (0.3, 21): 0.1}).drop_columns(
        ["setting_gold", "setting_window"]
    )
    table = table.set_column(table.column_names.index("name"), "name", pa.array(["a"] * 4))
    table = table.append_column("setting_x", pa.array([1, 2, 1, 2])).append_column(
        "setting_z", pa.array([None, None, 5, 6])
    )
    grid = make_grid_map(table)
    assert [(one.setting, one.fixed) for one in needed_sizes(table, grid, 0)] == [("x", "")]
    assert needed_sizes(table, grid, 2) == []


def test_less_of_it_can_be_what_is_needed() -> None:
    """Where the loss falls as a setting falls, the value is one that it must not be above."""
    rows = {(gold, 21): 0.0 for gold in (0.1, 0.2, 0.3)}
    table = made_rows(rows)
    turned = table.set_column(
        table.column_names.index("mean_loss_strategy"), "mean_loss_strategy", [[0.05, 0.09, 0.13]]
    )
    [gold] = needed_sizes(turned, make_grid_map(turned), 0)
    assert not gold.more_cuts
    assert gold.values == pytest.approx((0.2, 0.1625, 0.1))


def test_the_frontier_by_hand() -> None:
    """None has more of both than those on it, ties stand once, and what is undefined is never on it."""
    payoff = np.array([3.0, 2.0, 1.0, 2.0, 3.0, np.nan, 0.0])
    gain = np.array([1.0, 2.0, 1.5, 1.0, 1.0, 9.0, 4.0])
    assert on_frontier(payoff, gain).tolist() == [0, 1, 6]


def test_the_picture_has_every_job_and_says_its_scale() -> None:
    """Each job is a dot inside the picture, and ticks are round."""
    frontier = make_frontier(made_rows(made_payoffs()))
    assert frontier is not None
    assert frontier.dots.count("M") == 12
    assert all(0 < one.x < 640 and 0 < one.y < 300 for one in frontier.points)
    assert [round(value, 6) for _, value in frontier.x_ticks] == [-0.03, -0.02, -0.01, 0.0]
    assert make_frontier(made_rows({(0.0, 21): float("nan"), (0.1, 21): 0.1})) is None


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        ((0, 5), [0, 1, 2, 3, 4, 5]),
        ((0, 10), [0, 2, 4, 6, 8, 10]),
        ((0, 12.5), [0, 2.5, 5, 7.5, 10, 12.5]),
        ((-1.5, 4), [-0.0, 2, 4]),
        ((-30, 21), [-20, 0, 20]),
    ],
)
def test_ticks_by_hand(scale: tuple[float, float], ticks: list[float]) -> None:
    """The least round step that makes at most six ticks, the ends among them where they are round."""
    assert frontiers._ticks(scale) == ticks


@pytest.mark.parametrize(
    ("less", "at", "more", "most"),
    [
        ([0.0, 0.1, 0.3], (0.1, 0.175, None), True, (0.3, 0.2)),
        ([0.3, 0.1, 0.0], (0.1, 0.025, None), False, (0.3, 0.0)),
        ([0.6, 0.1, 0.6], (0.0, 0.0, 0.0), True, (0.6, 0.0)),
        ([0.0, 0.05, 0.05], (None, None, None), True, (0.05, 0.1)),
        ([0.0, 0.5, 0.2], (0.02, 0.05, 0.1), True, (0.5, 0.1)),
        ([0.1, 0.5, 0.0], (0.18, 0.15, 0.1), False, (0.5, 0.1)),
    ],
)
def test_how_much_is_needed(
    less: list[float], at: tuple[float | None, ...], more: bool, most: tuple[float, float]
) -> None:
    """Of 0, 0.1 and 0.2 the first at which a tenth, a quarter, a half is saved, along a line; from above where less of
    it saves more."""
    found = needed._needed_setting("gold", "others", np.array([0.0, 0.1, 0.2]), np.array(less))
    for value, expected in zip(found.values, at, strict=True):
        assert value == (expected if expected is None else pytest.approx(expected))
    assert (found.setting, found.fixed, found.more_cuts) == ("gold", "others", more)
    assert (found.largest_cut, found.largest_cut_at) == most
    assert needed.LOSS_CUTS == (0.1, 0.25, 0.5)
