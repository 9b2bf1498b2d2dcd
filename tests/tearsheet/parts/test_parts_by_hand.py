"""Tones, decimals and edges of the page's tables, by hand: where each begins."""

from typing import Any

import pytest

from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.crises import crisis_tables, cushion_parts, then_and_now
from backtester.tearsheet.parts.dependence import periods_table, quarters_table, spells_table, tails_table
from backtester.tearsheet.parts.payoff import sensitivity_table, slices_table
from backtester.tearsheet.parts.yearly import calm_table, years_table
from documents import document, strategy


def tones(*values: float) -> list[tuple[float, str]]:
    """The tones just below and at each of three steps, and of what is lost."""
    first, second, third = values
    sizes = [
        (first * 0.999, ""),
        (first, "t1"),
        (second * 0.999, "t1"),
        (second, "t2"),
        (third * 0.999, "t2"),
        (third, "t3"),
    ]
    gains = [(size, f"gain {tone}".strip() if tone else "") for size, tone in sizes]
    return [*gains, *((-size, tone.replace("gain", "loss")) for size, tone in gains)]


@pytest.mark.parametrize(("value", "tone"), tones(0.0005, 0.002, 0.005))
def test_tones_of_months_and_of_definitions(value: float, tone: str) -> None:
    """A twentieth of a point, a fifth and half a point."""
    made = document(strategy("gold", payoff=value))
    [hedge] = sensitivity_table(made, named_strategies(made)).rows[0].cells[1:]
    assert hedge.tone == tone
    made["legs"] = {leg: {"calendar_months": {"2020-01": -0.01}} for leg in ("stocks", "bonds")}
    for one, own in zip(made["strategies"], (0.0, value), strict=True):
        one["calendar_months"] = {"2020-01": own}
    both = quarters_table(made, named_strategies(made)).rows[0]
    assert [cell.tone for cell in both.cells] == ["", tone]
    assert both.cells[0].text == "1"


@pytest.mark.parametrize(("value", "tone"), tones(0.001, 0.005, 0.01))
def test_tones_of_slices(value: float, tone: str) -> None:
    """A tenth of a point, half a point and a point."""
    one = strategy("gold")
    one["scorecard"]["slices"]["regime"] = [one["scorecard"]["slices"]["regime"][0] | {"payoff_mean": value}]
    made = document(one)
    table = slices_table(made, named_strategies(made))
    assert table is not None
    assert table.rows[1].cells[-1].tone == tone


@pytest.mark.parametrize(("value", "tone"), tones(0.005, 0.02, 0.05))
def test_tones_of_years(value: float, tone: str) -> None:
    """Half a point, two points and five, beside the reference."""
    one = strategy("gold")
    one["scorecard"]["calm"] = [{"year": 2017, "difference": value}]
    made = document(one)
    for each, own in zip(made["strategies"], (0.0, value), strict=True):
        each["calendar_years"] = {"2017": own}
    assert [cell.tone for cell in years_table(made, named_strategies(made)).rows[0].cells] == ["", tone]
    calm = calm_table(made, named_strategies(made))
    assert calm is not None
    assert calm.rows[0].cells[0].tone == tone
    assert calm.rows[0].cells[0].text.startswith("+") is (value > 0)


def correlated(rhythm: str, a_year: int) -> dict[str, Any]:
    """A run whose dependence has a decade, a spell and a tail."""
    made = document()
    made["history"] |= {"rhythm": rhythm, "sessions_a_year": a_year}
    one = {"start": "2010-01-04", "end": "2019-12-31", "by_session": -0.456, "monthly": -0.1234, "months": 119}
    made["dependence"] |= {
        "by_period": [one],
        "spells": [{"start": "2010-01-29", "end": "2012-05-31", "sign": "negative", "months": 29}],
        "tails": [{"q": 0.05, "frequency": "daily", "k": 3, "n": 40, "share": 0.075, "low": 0.031, "high": 0.169,
                   "independent": 0.05, "gaussian": 0.0213}],
    }  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("rhythm", "a_year", "cells"),
    [("daily", 252, ["−0.12", "−0.46", "119"]), ("monthly", 12, ["−0.12", "119"]), ("quarterly", 4, ["−0.12", "119"])],
)
def test_correlations_to_two_decimals(rhythm: str, a_year: int, cells: list[str]) -> None:
    """By month and by session, which are one where sessions are months."""
    table = periods_table(correlated(rhythm, a_year))
    assert [cell.text for cell in table.rows[0].cells] == cells
    assert len(table.heads) == len(cells)
    assert table.heads[-1].text == ("Quarters" if rhythm == "quarterly" else "Months")
    assert bool(table.note) == (len(cells) == 3)
    assert table.rows[1].head.values == ("", "")


def test_spells_and_tails_in_words() -> None:
    """Whole months; shares without decimals, beside their interval."""
    made = correlated("daily", 252)
    assert [cell.text for cell in spells_table(made).rows[0].cells] == ["below zero", "29"]
    [row] = tails_table(made).rows
    assert row.head.text == "5%, daily"
    assert [cell.text for cell in row.cells] == ["3 of 40", "8", "5", "2"]
    assert row.cells[1].small == "3 to 17"


def test_falls_on_one_strip_and_by_era() -> None:
    """Each fall is a dot, filled where bonds fell too; eras begin and end with their years."""
    found = then_and_now(document())
    assert found is not None
    assert found.counts == (("1 of 1", "from 1973 to 1997"), ("0 of 1", "from 1998 to 2019"))
    assert (found.strip.radius, [era.radius for era in found.eras]) == (2.6, [2.0, 2.0])
    assert found.strip.events == (("1973-03-01", True), ("2008-10-01", False))
    assert [era.events for era in found.eras] == [(("1973-03-01", True),), (("2008-10-01", False),)]
    assert [(era.first, era.last) for era in found.eras] == [("1973-01-01", "1997-12-31"), ("1998-01-01", "2019-12-31")]


def test_shares_of_falls_without_decimals() -> None:
    """Of those of an era, beside the share of all windows as long."""
    [(_, table)] = cushion_parts(document())
    assert [cell.text for cell in table.rows[0].cells] == ["1 of 1", "100", "39"]
    assert [cell.values for cell in table.rows[1].cells] == [(0, 1), (0.0,), (0.42,)]


@pytest.mark.parametrize(("bonds", "rose"), [(0.0001, 1), (0.0, 0), (None, 0)])
def test_bonds_rose_above_nothing(bonds: float | None, rose: int) -> None:
    """What stood still did not rise; nor did what is not known."""
    blank: dict[str, Any] = dict.fromkeys(("pair", "stocks", "assets", "strategies", "headline"))
    one = blank | {"name": "a", "start": "1987-10-13", "end": "1987-10-19", "bonds": bonds, "covered": True}
    made = document() | {"crises": [one | {"then_and_now": True}]}
    [table] = crisis_tables(made, named_strategies(made))
    assert table.rows[0].head.text == f"Then: bonds rose in {rose} of 1 crisis"


def test_crises_under_their_headings() -> None:
    """Two stretches of a year are one crisis, which bonds rose in if they rose in both; what no history reaches is not
    counted, and a group without crises has no heading."""
    blank: dict[str, Any] = dict.fromkeys(("pair", "stocks", "assets", "strategies", "headline"))
    bonds = {"2001-02-01": 0.1, "2008-02-01": 0.1, "2008-09-01": -0.1, "2019-12-31": 0.2, "2007-01-01": None}
    crises: list[dict[str, Any]] = [
        blank | {"name": day, "start": day, "end": "2020-01-01", "bonds": rose, "covered": rose is not None}
        for day, rose in bonds.items()
    ]
    made = document() | {"crises": [one | {"then_and_now": True} for one in crises]}
    [table] = crisis_tables(made, named_strategies(made))
    words = "Then: bonds rose in 2 of 3 crises, in 2008 in 1 of its 2 stretches"
    assert [row.head.text for row in table.rows] == [words, *sorted(bonds)]
    assert [cell.text for cell in table.rows[2].cells[:2]] == ["not covered", ""]
    made = document() | {"crises": [crises[0] | {"then_and_now": False}, crises[1] | {"then_and_now": True}]}
    then, other = crisis_tables(made, named_strategies(made))
    assert [row.kind for row in then.rows] == ["group", ""]
    assert [row.kind for row in other.rows] == [""]
