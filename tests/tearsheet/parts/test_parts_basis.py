"""The tables of the basis-trade spiral, by hand."""

from typing import Any

import pytest

from backtester.pages.figure import colour
from backtester.runs.basis_words import ASSUMPTION, SOURCES
from backtester.runs.stress_basis import basis_run
from backtester.stress.basis import BasisTerms
from backtester.tearsheet.parts.basis import (
    _box_classes,
    assumed_table,
    map_table,
    paths_figure,
    paths_table,
    shares_table,
    terms_table,
)


def test_the_map_is_boxed_where_sources_leave_it_open() -> None:
    """The box has as many sides as a rectangle of its rows and columns, and what tips has the deepest tone."""
    table = map_table(basis_run(BasisTerms()))
    tones = [cell.tone.split() for row in table.rows for cell in row.cells]
    leverages, strengths = 5, 6
    assert sum("box-top" in tone for tone in tones) == sum("box-bottom" in tone for tone in tones) == leverages
    assert sum("box-left" in tone for tone in tones) == sum("box-right" in tone for tone in tones) == strengths
    assert all("t3" in cell.tone for row in table.rows for cell in row.cells if cell.text == "tips")


def test_the_page_shows_how_the_answer_moves_with_what_is_assumed() -> None:
    """Every term without a source is called an assumption and varied around its own value, fitted anew each time."""
    made = basis_run(BasisTerms())
    table = assumed_table(made)
    answers = {row.head.values: (row.cells[1].values or (None,))[0] for row in table.rows if row.cells}
    own = made["amplification"]
    assert answers["theta", 0.1] == answers["capacity_bn", 150.0] == answers["steeper", 4.0] == pytest.approx(own)
    assert answers["theta", 0.2] > own > answers["theta", 0.05]
    assert answers["decaying", 0.5] > own > answers["decaying", 0.0]
    assert answers["capacity_bn", 75.0] < own
    assumed = {name for name, source in SOURCES.items() if source.startswith(ASSUMPTION)}
    assert {one["term"] for one in made["assumed"]} == assumed
    assert answers["margin", 0.01] == pytest.approx(own), "1.5% allow 66.7 times, and 56 are taken"
    assert answers["margin", 0.02] < own, "2% allow 50 times"
    [wide] = [row for row in table.rows if row.head.values == ("margin", 0.02)]
    assert wide.head.note == "which allows 50 times"
    peaks = [one["peak_bp"] for one in made["assumed"] if one["term"] == "margin_per_bp"]
    assert peaks == sorted(set(peaks)), "the more margins rise, the more is sold"
    unfitted = assumed_table(made | {"assumed": [{"term": "theta", "value": 0.9, "share": 0.25, "leverage": 56}]})
    assert [cell.text for cell in unfitted.rows[1].cells] == ["n/a"] * 5


def test_the_box_runs_round_what_is_inside() -> None:
    """Of four rows the middle two, of three columns the last two: each cell has the sides that face outwards."""
    rows, columns = [False, True, True, False], [False, True, True]
    found = {(place, at): _box_classes((place, rows), (at, columns)) for place in (1, 2) for at in (1, 2)}
    assert found == {
        (1, 1): "box-top box-left",
        (1, 2): "box-top box-right",
        (2, 1): "box-bottom box-left",
        (2, 2): "box-bottom box-right",
    }
    assert _box_classes((0, [True]), (0, [True])) == "box-top box-bottom box-left box-right"


def mapped(*amplification: float | None) -> dict[str, Any]:
    """A map of one row."""
    today = {"leverage": (20.0, 100.0), "strength": (0.185, 3.7)}
    leverages = [float(place) for place in range(10, 10 + len(amplification))]
    found = {"strengths": [0.1], "leverages": leverages, "amplification": [list(amplification)], "today": today}
    return {"map": found, "terms": {"held_bn": 830.0}}


def test_tones_of_amplification() -> None:
    """From 1.25 times on, twice and five times; what tips has the deepest tone."""
    row = map_table(mapped(1.24, 1.25, 1.99, 2.0, 4.99, 5.0, None)).rows[0]
    assert [cell.tone for cell in row.cells] == ["", *["loss t1"] * 2, *["loss t2"] * 2, *["loss t3"] * 2]
    assert [cell.text for cell in row.cells][-2:] == ["5.00", "tips"]
    assert [cell.values for cell in row.cells][-2:] == [(5.0,), (None,)]
    assert row.head.values == (0.1,)


def test_the_ends_of_what_is_open_are_inside() -> None:
    """Leverage from 20 to 100 and a strength from 0.185 to 3.7, both ends included."""
    document = mapped(1.0, 1.0, 1.0, 1.0)
    document["map"] |= {"leverages": [19.9, 20.0, 100.0, 100.1], "strengths": [0.184, 0.185, 3.7, 3.71]}
    document["map"]["amplification"] *= 4
    tones = [[cell.tone for cell in row.cells] for row in map_table(document).rows]
    assert tones == [
        [""] * 4,
        ["", "box-top box-left", "box-top box-right", ""],
        ["", "box-bottom box-left", "box-bottom box-right", ""],
        [""] * 4,
    ]


def test_what_a_share_makes_of_the_rest() -> None:
    """A row a share, billions and basis points without decimals."""
    one = {"share": 0.25, "kappa": 9.876, "outside_bn": 517.4, "redemptions_bn": 1.894, "amplification": 1.27,
           "tipping_leverage": 245.6, "peak_bp": 78.4}  # fmt: skip
    [row] = shares_table({"by_share": [one], "targets": {"rose_bp": 64.0, "sold_bn": 173.0}}).rows
    assert [row.head.text, *(cell.text for cell in row.cells)] == ["25%", "9.88", "517", "1.89", "1.27", "246", "78"]


def paths() -> dict[str, Any]:
    """Four paths of two sessions."""
    one = {"yields_bp": [10.0, 20.0], "peak_bp": 20.04, "sold_bn": 17.6, "equity_bn": 7.96}
    return {"paths": dict.fromkeys(("then", "now", "now_fed", "now_hedged"), one)}


def test_where_each_path_ends() -> None:
    """Peak and equity to a tenth."""
    rows = paths_table(paths()).rows
    assert [cell.text for cell in rows[0].cells] == ["20.0", "18", "8.0"]
    assert [row.head.text for row in rows][:2] == ["450bn, as in 2020", "as held today"]


def test_paths_begin_at_nothing() -> None:
    """A point before the first session, and lines of their own dashes."""
    chart = paths_figure(paths())
    assert [(one["x"], one["y"]) for one in chart.traces] == [([0, 1, 2], [0.0, 10.0, 20.0])] * 4
    assert [one["line"]["dash"] for one in chart.traces] == ["solid", "solid", "7px,2px", "2px,2px"]
    assert {one["line"]["width"] for one in chart.traces} == {1.8}
    assert chart.traces[0]["line"]["color"] == colour("reference")
    assert (chart.height, chart.layout["xaxis"]["dtick"], chart.layout["xaxis"]["showgrid"]) == (300, 1, False)
    assert [entry.dash for entry in chart.legend] == ["", "", "7 2", "2 2"]


def test_terms_to_four_digits() -> None:
    """What is infinite is written as nothing, and has no row."""
    terms = BasisTerms().model_dump() | {"trigger_bp": None, "held_bn": 830.123}
    table = terms_table({"terms": terms})
    assert len(table.rows) == 13
    assert (table.rows[0].cells[0].text, table.rows[0].cells[0].values) == ("830.1", (830.123,))


def test_what_is_assumed_by_hand() -> None:
    """Each term has a head of its own, once; its own value says so, and a leverage that is cut what is allowed."""
    answers = {"kappa": 9.876, "amplification": 1.274, "tipping_leverage": 245.6, "peak_bp": 78.4, "peak_fed_bp": 60.6}
    values = [("margin", 0.015, 56.0), ("margin", 0.02, 50.0), ("capacity_bn", None, 56.0)]
    assumed = [{"term": term, "value": value, "leverage": leverage} | answers for term, value, leverage in values]
    terms = {"margin": 0.015, "capacity_bn": 150.0, "leverage": 56.0}
    rows = assumed_table({"terms": terms, "assumed": assumed}).rows
    assert [(row.head.text, row.head.note) for row in rows] == [
        ("Margin on the futures, a fraction", ""),
        ("0.015", "as above"),
        ("0.02", "which allows 50 times"),
        ("What dealers take in a session at kappa, $bn", ""),
        ("any", ""),
    ]
    assert [cell.text for cell in rows[1].cells] == ["9.88", "1.27", "246", "78", "61"]
