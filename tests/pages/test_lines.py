"""Lines labelled at their ends: places, ticks, paths and names, by hand."""

import math

import pytest

from backtester.pages.lines import Line, Panel, Scale, short_names, spread_apart


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([10.0, 50.0], [10.0, 50.0]),
        ([50.0, 50.0], [43.0, 57.0]),
        ([50.0, 52.0, 90.0], [44.0, 58.0, 90.0]),
        ([10.0, 50.0, 50.0], [10.0, 43.0, 57.0]),
        ([0.0, 1.0], [7.0, 21.0]),
        ([99.0, 100.0], [79.0, 93.0]),
        ([30.0, 31.0, 32.0, 60.0], [17.0, 31.0, 45.0, 60.0]),
        ([15.0, 40.0, 50.0, 75.0], [15.0, 38.0, 52.0, 75.0]),
        ([], []),
    ],
)
def test_labels_keep_their_distance(wanted: list[float], places: list[float]) -> None:
    """Those that would overlap share the room around their mean, and none leaves the chart."""
    assert spread_apart(wanted, 14.0, 7.0, 93.0) == pytest.approx(places)


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
    """A label of up to eleven signs is whole, of a longer one the first words that no other label begins with."""
    assert short_names(["60/40", "Gold 10%, financed", "Gold 5%, financed", "Fed put"]) == [
        "60/40", "Gold 10%", "Gold 5%", "Fed put"
    ]  # fmt: skip
    assert short_names(["Gold", "Gold"]) == ["Gold", "Gold"]
    both = ["Hold cta", "Hold cta (size=0.1, fund=prorata)"]
    assert short_names(both) == both, "a bracket is whole or not there"
    assert short_names(["60/40", both[1]]) == ["60/40", "Hold"]
    assert short_names(["Eleven sign", "Twelve signs"]) == ["Eleven sign", "Twelve"]


@pytest.mark.parametrize(("end", "place"), [(-4.0, 40.0), (-5.0, 20.0)])
def test_what_was_said_covers_no_label(end: float, place: float) -> None:
    """It stands after what is marked, at the foot of the chart, unless a line's label is as low: then inside."""
    line = Line("s1", "Gold", (0.0, end))
    panel = Panel("", "", ("", ""), (line,), Scale(-10.0, 0.0, 140.0), (20.0, 40.0), ("a", "b", "c"))
    assert (
        panel.event_left == place
    )  # the foot of four lines of 16 px begins at 76 px; the label needs 14 from 56, or 70, px on


def test_what_was_said_where_nothing_is_marked_or_labelled() -> None:
    """It begins at the left without a mark; without a label it needs 14 px and two lines of 16 px, and more than that
    to stand after what is marked."""
    at = {}
    for height in (46.0, 46.5):
        for marked in (None, (20.0, 40.0)):
            at[height, marked] = Panel("", "", ("", ""), (), Scale(0.0, 1.0, height), marked, ("a",)).event_left
    assert at == {(46.0, None): 0, (46.0, (20.0, 40.0)): 20, (46.5, None): 0, (46.5, (20.0, 40.0)): 40}


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 6.0, [0, 1, 2, 3, 4, 5, 6]),
        (0.0, 6.1, [0, 2, 4, 6]),
        (-0.13, 0.05, [-0.1, -0.05, 0, 0.05]),
        (-100.0, 20.0, [-100, -80, -60, -40, -20, 0, 20]),
        (0.4, 31.0, [10, 20, 30]),
    ],
)
def test_ticks_of_any_scale(low: float, high: float, ticks: list[float]) -> None:
    """Steps of 1, 2 or 5, six of them at most, the ends among them where they are round."""
    assert Scale(low, high, 100.0).ticks == pytest.approx(ticks)


def test_a_panel_by_hand() -> None:
    """Places in thousandths of the width and px from the top; labels 14 px apart, the highest first, 7 px inside."""
    up, flat, gone = (
        Line("s1", "up", (0.0, 1.0, 2.0)),
        Line("s2", "flat", (1.9, math.nan, 1.9)),
        Line("s3", "-", (math.nan,)),
    )
    panel = Panel("t", "n", ("a", "b"), (flat, gone, up), Scale(0.0, 2.0, 100.0))
    assert panel.path(up) == "M0 100.0L500 50.0L1000 0.0"
    assert panel.path(flat) == "M0 5.0M1000 5.0"
    assert panel.path(Line("s1", "one", (1.0,))) == "M0 50.0"
    assert panel.path(Line("s1", "two", (1.0, 2.0))) == "M0 50.0L1000 0.0"
    assert [(one.line.label, one.text) for one in panel.labels] == [("up", "+2.0"), ("flat", "+1.9")]
    assert [one.at for one in panel.labels] == pytest.approx([0.0, 5.0])
    assert [one.place for one in panel.labels] == pytest.approx([7.0, 21.0])
    low = Panel("t", "n", ("a", "b"), (Line("s1", "low", (-2.0,)),), Scale(-2.0, 2.0, 100.0)).labels
    assert [(one.text, one.place) for one in low] == [("−2.0", 93.0)]
