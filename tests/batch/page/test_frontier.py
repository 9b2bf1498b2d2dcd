"""Payoff against cost: which jobs are on the frontier, and where the picture has them."""

import numpy as np
import pyarrow as pa
import pytest

from backtester.batch.page.frontier import GAIN, PAYOFF, _scale, _ticks, make_frontier, on_frontier


def test_who_is_on_the_frontier() -> None:
    """Whoever nobody beats at a growth that is as high; of equals the first; from left to right."""
    payoff, cost = np.array([1.0, 3, 2, 2, np.nan, 5, 2.5]), np.array([9.0, 1, 5, 5, 7, np.nan, 0])
    assert on_frontier(payoff, cost).tolist() == [1, 2, 0]
    assert on_frontier(np.array([1.0, 2, 1]), np.array([1.0, 1, 1])).tolist() == [1]
    assert on_frontier(np.array([np.nan]), np.array([1.0])).tolist() == []


def test_a_twentieth_is_left_on_either_side() -> None:
    """Or a tenth of a percent where all are the same."""
    assert _scale(np.array([1.0, 3.0])) == pytest.approx((0.9, 3.1))
    assert _scale(np.array([2.0, 2.0])) == pytest.approx((1.999, 2.001))


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        ((0.0, 5.0), [0, 1, 2, 3, 4, 5]),
        ((0.0, 5.1), [0, 2, 4]),
        ((-0.1, 0.0249), [-0.1, -0.075, -0.05, -0.025, 0]),
        ((0.3, 12.7), [2.5, 5, 7.5, 10, 12.5]),
        ((0.0, 26.0), [0, 10, 20]),
        ((-45.0, 4.9), [-40, -30, -20, -10, 0]),
    ],
)
def test_ticks_are_round(scale: tuple[float, float], ticks: list[float]) -> None:
    """Five steps at most, of 1, 2, 2.5, 5 or 10."""
    assert _ticks(scale) == pytest.approx(ticks)


def table(payoff: list[float], cost: list[float]) -> pa.Table:
    """Jobs with these figures."""
    names = [f"job {place}" for place in range(len(payoff))]
    keys = [f"{place}23456789abc" for place in range(len(payoff))]
    return pa.table({"name": names, "key": keys, PAYOFF: payoff, GAIN: cost})


def test_the_picture_by_hand() -> None:
    """640 wide and 300 high, with a twentieth on either side: the ends lie at 1/22 and 21/22."""
    made = make_frontier(table([0.0, 0.02, float("nan")], [0.01, -0.01, 0.0]))
    assert made is not None
    left, right, top, bottom = 640 / 22, 640 * 21 / 22, 300 / 22, 300 * 21 / 22
    assert made.dots == f"M{right:.1f} {bottom:.1f}h0M{left:.1f} {top:.1f}h0"
    first, second = made.points
    assert (first.place, first.name, first.key, first.payoff, first.cost) == (1, "job 1", "12345678", 0.02, -0.01)
    assert (first.x, first.y) == pytest.approx((left, top))
    assert (second.x, second.y) == pytest.approx((right, bottom))
    assert made.zero == pytest.approx((320, bottom))
    assert [value for _, value in made.x_ticks] == pytest.approx([-0.01, -0.005, 0, 0.005, 0.01])
    assert [place for place, _ in made.x_ticks] == pytest.approx([left, 174.545, 320, 465.455, right], abs=0.001)
    assert [value for _, value in made.y_ticks] == pytest.approx([0, 0.005, 0.01, 0.015, 0.02])
    assert [place for place, _ in made.y_ticks][::4] == pytest.approx([bottom, top])


def test_zero_is_drawn_where_it_is_inside() -> None:
    """All that pay and cost something have none, nor where an edge is at zero; one job is no picture."""
    made = make_frontier(table([0.01, 0.02], [-0.02, -0.01]))
    assert made is not None
    assert made.zero == (None, None)
    for edge in (0.001, -0.001):
        at_edge = make_frontier(table([edge, edge], [edge, edge]))
        assert at_edge is not None
        assert at_edge.zero == (None, None)
    assert make_frontier(table([0.01, 0.02], [-0.02, float("nan")])) is None
