"""The verdict's table, by hand."""

from typing import Any

import pytest

from backtester.pages.table import Table, TableRow
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.verdict_table import verdict_table
from documents import document, strategy


def texts(row: TableRow) -> list[str]:
    """A row as it is read."""
    return [row.head.text, *(cell.text + (f" ({cell.small})" if cell.small else "") for cell in row.cells)]


def row(table: Table, label: str) -> list[str]:
    """The row of that head."""
    return next(texts(one) for one in table.rows if one.head.text == label)


def test_verdict_table_has_three_losses() -> None:
    """A strategy's loss and its mix's stand below the reference's, the mix by its legs, then payoff and growth."""
    made = document(strategy("gold"))
    table = verdict_table(made, named_strategies(made))
    assert table
    assert row(table, "sixty_forty") == ["sixty_forty", "6.0", "", "", "", "", "", "", "", "grew 8.2", ""]
    assert row(table, "+ gold") == [
        "+ gold",
        "5.7",
        "59/31",
        "6.0",
        "",
        "+0.30 (−0.20 to +0.80)",
        "13%",
        "12 of 20",
        "+0.60 (−0.20 to +1.80)",
        "−0.84",
        "not clear",
    ]
    assert [cell.title for cell in table.rows[1].cells if cell.title] == ["clear from +1.06%"]
    assert table.rows[1].head.note == "gold"
    assert table.groups == (
        ("Average loss, %", 3),
        ("Saved over its mix, points a sell-off", 2),
        ("", 2),
        ("Growth over, % a year", 2),
        ("", 1),
    )
    for each in table.rows:  # as many values, for its csv, as the heads name
        assert [1 if cell.values is None else len(cell.values) for cell in each.cells] == [1, 2, 1, 0, 5, 1, 2, 3, 1, 3]
    drawn = table.rows[1].cells[3].picture
    wide, inside = (
        (drawn.scale.place(low), drawn.scale.place(high)) for low, high in ((-0.004, 0.01), (-0.002, 0.008))
    )
    assert drawn.ends == (wide, inside)
    assert verdict_table(document(), named_strategies(document())) is None


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ("paid", "clearly paid"),
        ("worse", "clearly did worse"),
        ("small", "small at best"),
        ("few", "too few to judge"),
    ],
)
def test_verdict_is_in_words(verdict: str, text: str) -> None:
    """The verdict is the sentences' word; the smallest clear payoff is its tooltip where it is open."""
    made = document(strategy("gold", verdict=verdict))
    table = verdict_table(made, named_strategies(made))
    assert table
    assert row(table, "+ gold")[-1] == text


def test_verdict_without_figures() -> None:
    """A ruined strategy, or a run without a joint sell-off, has n/a for what is undefined, and no mark."""
    one = strategy("puts", verdict="void", payoff=None)
    one["scorecard"] |= {"mix": dict.fromkeys(("stocks", "bonds")), "intervals": {}}
    one["scorecard"]["mean_loss"]["mix"] = one["scorecard"]["growth_annual"]["over_mix"] = None
    one["scorecard"]["growth_annual"] = {"over_mix": {"total": None}, "over_reference": {"total": None}}
    one["scorecard"]["beyond_mix"]["placebo"] = None
    made = document(one)
    table = verdict_table(made, named_strategies(made))
    assert table
    assert row(table, "+ puts") == ["+ puts", "n/a", "", "n/a", "", "n/a", "n/a", "12 of 20", "n/a", "n/a", "void"]
    assert table.rows[1].cells[3].picture.value is None


def cells(one: dict[str, Any]) -> list[tuple[str, tuple[Any, ...] | None]]:
    """A strategy's cells: text and values for the csv."""
    made = document(one)
    table = verdict_table(made, named_strategies(made))
    assert table is not None
    return [(cell.text, cell.values) for cell in table.rows[1].cells]


def test_values_stand_behind_the_texts() -> None:
    """At full precision, in the order of the heads."""
    assert cells(strategy("gold")) == [
        ("5.7", (pytest.approx(0.057),)),
        ("59/31", (0.587, 0.312)),
        ("6.0", (0.06,)),
        ("", ()),
        ("+0.30", (0.003, -0.002, 0.008, -0.004, 0.010)),
        ("13%", (0.13,)),
        ("12 of 20", (12, 20)),
        ("+0.60", (0.006, -0.002, 0.018)),
        ("−0.84", (-0.0084,)),
        ("not clear", ("unclear", 0.0106, None)),
    ]


def test_growth_over_the_reference_has_its_sign() -> None:
    """More is +, as over the mix."""
    one = strategy("gold")
    one["scorecard"]["growth_annual"]["over_reference"] = {"total": 0.0084}
    assert cells(one)[8] == ("+0.84", (0.0084,))


@pytest.mark.parametrize(
    ("verdict", "least", "title"),
    [
        ("unclear", 0.0106, "clear from +1.06%"),
        ("few", 0.02, "clear from +2.00%"),
        ("paid", 0.02, ""),
        ("unclear", None, ""),
    ],
)
def test_the_smallest_clear_payoff(verdict: str, least: float | None, title: str) -> None:
    """It stands beside a verdict that is open."""
    one = strategy("gold", verdict=verdict)
    one["scorecard"]["beyond_mix"]["smallest_clear"] = least
    made = document(one)
    table = verdict_table(made, named_strategies(made))
    assert table is not None
    assert table.rows[1].cells[-1].title == title


def test_the_table_is_one_of_cards() -> None:
    """On a phone each strategy is a card; the csv's first column is the strategy."""
    made = document(strategy("gold"))
    table = verdict_table(made, named_strategies(made))
    assert table is not None
    assert (table.cards, table.index, table.corner) == (True, ("strategy",), "Hedge added to sixty_forty")
    loss, *others = (cell.values for cell in table.rows[0].cells)
    assert loss == (pytest.approx(0.06),)
    assert others == [(None,) * count for count in (2, 1, 0, 5, 1, 2, 3, 1, 3)]
