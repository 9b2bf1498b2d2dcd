"""Reverse stress as tables and a sentence: by hand."""

import pytest

from backtester.pages.names import Named
from backtester.tearsheet.parts.scales import helping_scales_table, loss_scales_table, reverse_lines

OWN, OTHER = "base", "gold"
NAMES = tuple(Named(name, name, f"{name}()", name, "", ()) for name in (OWN, OTHER))


def test_scales_by_hand() -> None:
    """The most fragile pair alone is boxed; a scale below 2, 1.25 and 0.75 is shaded once, twice and three times."""
    scenarios = [
        {"name": "war", "title": "War", "largest": 4.0, "loses": {OWN: 0.75, OTHER: None}},
        {"name": "dash", "title": "Dash", "largest": 4.0, "loses": {OWN: 1.25, OTHER: 2.1}},
        {"name": "slow", "title": "Slow", "largest": 4.0, "loses": {OWN: 2.0, OTHER: 0.9}},
    ]
    fragile = {"scenario": "war", "strategy": OWN}
    table = loss_scales_table({"scenarios": scenarios, "most_fragile": fragile, "lose": 0.25}, NAMES)
    assert [[(cell.text, cell.tone) for cell in row.cells] for row in table.rows] == [
        [("0.75", "loss t3 box-top box-bottom box-left box-right"), ("over 4", "")],
        [("1.25", "loss t2"), ("2.10", "")],
        [("2.00", "loss t1"), ("0.90", "loss t2")],
    ]


@pytest.mark.parametrize(
    ("helps", "text", "tone", "values"),
    [
        (None, "never helps", "loss t2", (None, None)),
        ((0.0, None), "helps to 4", "gain t1", (0.0, None)),
        ((0.0, 1.5), "1.50", "", (0.0, 1.5)),
        ((0.5, 1.5), "from 0.50: 1.50", "", (0.5, 1.5)),
        ((0.5, None), "from 0.50: helps to 4", "gain t1", (0.5, None)),
    ],
)
def test_where_a_hedge_stops_helping(
    helps: tuple[float, float | None] | None, text: str, tone: str, values: tuple[float | None, ...]
) -> None:
    """Never, from the start or from a scale on, up to another or to the largest that was tried."""
    one = {"name": "war", "title": "War", "largest": 4.0, "helps": {OTHER: helps}}
    [[cell]] = [row.cells for row in helping_scales_table({"scenarios": [one]}, NAMES).rows]
    assert (cell.text, cell.tone, cell.values) == (text, tone, values)


def test_the_most_fragile_pair_in_words() -> None:
    """Who loses so much at which scale of what; or that nobody does."""
    scenarios = [
        {"name": "dash", "title": "Dash", "loses": {OTHER: 9.0}},
        {"name": "war", "title": "War", "loses": {OTHER: 1.25}},
    ]
    pair = {"scenario": "war", "strategy": OTHER}
    document = {"scenarios": scenarios, "most_fragile": pair, "lose": 0.25}
    assert reverse_lines(document, {OTHER: "Gold"}) == ["The most fragile pair: Gold loses 25% at 1.25 times 'War'."]
    assert reverse_lines(document | {"most_fragile": None}, {}) == [
        "No scenario, at any scale that was tried, has a strategy lose 25%."
    ]
