"""Lines labelled at their ends: places, ticks, paths and names, by hand."""

import math

import pytest

from backtester.pages.lines import Line, Panel, Scale, dodged, short_names


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([10.0, 50.0], [10.0, 50.0]),
        ([50.0, 50.0], [43.0, 57.0]),
        ([50.0, 52.0, 90.0], [44.0, 58.0, 90.0]),
        ([0.0, 1.0], [7.0, 21.0]),
        ([99.0, 100.0], [79.0, 93.0]),
        ([], []),
    ],
)
def test_labels_keep_their_distance(wanted: list[float], places: list[float]) -> None:
    """Those that would overlap share the room around their mean, and none leaves the chart."""
    assert dodged(wanted, 14.0, 7.0, 93.0) == pytest.approx(places)


def test_scale_has_round_ticks() -> None:
    """The highest value stands on top, and ticks are round."""
    scale = Scale(-41.0, 12.0, 240.0)
    assert scale.place(12.0) == 0.0
    assert scale.place(-41.0) == 240.0
    assert scale.ticks == (-40.0, -30.0, -20.0, -10.0, 0.0, 10.0)


def test_path_moves_where_a_value_is_missing() -> None:
    """A gap is not drawn over, and a label stands at the last value that is known."""
    line = Line("s1", "Gold", (0.0, -5.0, math.nan, -10.0, math.nan))
    panel = Panel("", "", ("", ""), (line,), Scale(-10.0, 0.0, 100.0))
    assert panel.path(line) == "M0 0.0L250 50.0M750 100.0"
    assert [(one.text, one.at, one.place) for one in panel.labels] == [("\N{MINUS SIGN}10.0", 100.0, 93.0)]


def test_names_are_as_short_as_they_differ() -> None:
    """The first words that no other label begins with; labels that are alike are whole."""
    assert short_names(["60/40", "Gold 10%, financed", "Gold 5%, financed", "Fed put"]) == [
        "60/40", "Gold 10%", "Gold 5%", "Fed"
    ]  # fmt: skip
    assert short_names(["Gold", "Gold"]) == ["Gold", "Gold"]
