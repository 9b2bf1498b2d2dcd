"""The forest plot of a table: its scale, ticks and places, by hand."""

import pytest

from backtester.tearsheet.parts.forest_plot import ForestLane, ForestScale, forest_scale


def test_forest_plot_scale() -> None:
    """The scale holds every value and zero, with round ticks inside it; an interval that is undefined is not drawn."""
    made = forest_scale([0.003, -0.002, 0.008, None])
    assert (made.low, made.high) == (-0.002, 0.008)
    assert [text for _, text in made.ticks] == ["0", "+0.5"]
    assert ForestLane(made, "s1", 0.003, ((-0.002, 0.008), None)).ends == (pytest.approx((6, 94)),)
    assert forest_scale([]).low < 0 < forest_scale([]).high


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (-0.01, 0.01, ["−1.0", "−0.5", "0", "+0.5", "+1.0"]),
        (0.0, 0.01, ["0", "+0.5", "+1.0"]),
        (-0.001, 0.003, ["−0.1", "0", "+0.1", "+0.2", "+0.3"]),
        (-0.0002, 0.0003, ["−0.02", "0", "+0.02"]),
        (0.0, 0.05, ["0", "+2", "+4"]),
        (-0.04, 0.0, ["−4", "−3", "−2", "−1", "0"]),
        (0.0, 0.41, ["0", "+20", "+40"]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[str]) -> None:
    """Steps of 1, 2 or 5 in points, four of them at most, with as many decimals as they need; zero is a tick."""
    assert [text for _, text in ForestScale(low, high).ticks] == ticks


def test_places_leave_a_margin() -> None:
    """6% of the width on either side; ticks stand where their values do."""
    made = ForestScale(-0.01, 0.01)
    assert [made.place(value) for value in (-0.01, 0.0, 0.01)] == pytest.approx([6, 50, 94])
    assert [place for place, _ in made.ticks] == pytest.approx([6, 28, 50, 72, 94])
    assert (forest_scale([None]), forest_scale([0.0])) == (ForestScale(-0.01, 0.01), ForestScale(-0.01, 0.01))
    assert forest_scale([0.02]) == ForestScale(0.0, 0.02)
