"""Strategies put through scenarios, as tables and sentences: by hand."""

from typing import Any

import pytest

from backtester.pages.names import Named
from backtester.pages.table import TableRow
from backtester.tearsheet.parts.stress import (
    assets_table,
    conditions_line,
    heat_table,
    held_text,
    outcomes_table,
    scenario_stories,
)

NAMES = tuple(Named(name, name, f"{name}()", name, "", ()) for name in ("base", "gold"))
OUTCOME = {
    "return": -0.1, "deepest_fall": -0.1234, "worst_session": -0.05, "days_to_recover": None, "payoff": 0.02,
    "held": {"stocks": 0.6, "cash": -0.1},
}  # fmt: skip


def scenario(**changed: Any) -> dict[str, Any]:
    """A scenario of one session."""
    told = {"title": "War", "name": "war", "sessions": 1, "calibrated_on": "2020", "start": "2026-01-02",
            "end": "2026-01-05", "rules": {"vix": "stays", "gold": "moves"}, "lacking": ["dollar", "long_bonds"],
            "strategies": {"base": OUTCOME, "gold": OUTCOME | {"days_to_recover": 41.6}}}  # fmt: skip
    return told | changed


def texts(row: TableRow) -> list[str]:
    """A row as it is read."""
    return [row.head.text, *(cell.text + (f" ({cell.small})" if cell.small else "") for cell in row.cells)]


@pytest.mark.parametrize(
    ("payoff", "tone"),
    [(0.0009, ""), (0.001, "gain t1"), (0.01, "gain t2"), (-0.0099, "loss t1"), (0.0299, "gain t2"), (0.03, "gain t3")],
)
def test_the_heat_map_is_coloured_by_the_payoff(payoff: float, tone: str) -> None:
    """A tenth of a point over the mix, one and three; the reference's column has no tone."""
    strategies = {"base": OUTCOME, "gold": OUTCOME | {"payoff": payoff}}
    table = heat_table({"scenarios": [scenario(), scenario(strategies=strategies)]}, NAMES)
    reference, hedge = table.rows[1].cells
    assert (reference.tone, reference.small, reference.text) == ("", "", "−10.0")
    assert (hedge.tone, hedge.values) == (tone, (-0.1, payoff))
    assert [(row.head.note, row.head.link) for row in table.rows] == [
        ("1 session", "scenario-0"),
        ("1 session", "scenario-1"),
    ]
    assert table.rows[0].cells[1].small == "+2.0"


def test_every_figure_of_every_strategy() -> None:
    """Under its scenario: in percent, the payoff with its sign, whole days, and what was held."""
    table = outcomes_table({"scenarios": [scenario(), scenario(title="Dash")]}, NAMES)
    held = "60% stocks, −10% cash"
    assert [texts(row) for row in table.rows[:3]] == [
        ["War"],
        ["base", "−10.0", "+2.0", "−12.3", "−5.0", "not on the path", held],
        ["gold", "−10.0", "+2.0", "−12.3", "−5.0", "42", held],
    ]
    assert [(row.head.text, row.head.link) for row in table.rows if row.kind] == [
        ("War", "scenario-0"), ("Dash", "scenario-1"),
    ]  # fmt: skip


def test_what_assets_did_on_each_path() -> None:
    """Gains have their sign; an asset that no path has is left out, and what one of them lacks is n/a."""
    one = scenario(assets={"stocks": -0.138, "gold": 0.1})
    table = assets_table({"scenarios": [one, one | {"assets": {"stocks": 0.0}}]})
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["−13.8", "+10.0"], ["0.0", "n/a"]]
    assert (table.rows[1].head.text, table.rows[1].head.link) == ("War", "scenario-1")


def test_what_was_held_in_words() -> None:
    """Weights of half a percent and more, the largest first, borrowed cash below zero."""
    assert held_text({"stocks": 0.4, "bonds": 0.699, "cash": -0.1, "gold": 0.00499}) == (
        "70% bonds, 40% stocks, −10% cash"
    )
    assert held_text({"long_bonds": 0.005}) == "0% long bonds"
    assert held_text({}) == held_text({"gold": None}) == "n/a"


def test_what_each_scenario_is() -> None:
    """Its dates, the rules for what it does not name, and what the history lacks, in words."""
    [one] = scenario_stories({"scenarios": [scenario()]})
    assert (one["dates"], one["stated"], one["missing"]) == (
        "2 Jan 2026 to 5 Jan 2026", "VIX stays; Gold moves", "Dollar, Long bonds",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "slow", "fed", "words"),
    [
        (1, 1, None, ""),
        (1.5, 1, True, ", at 1.5 times its size, with the Fed's purchases"),
        (1, 2, False, ", with 2 sessions for each of its own, without the Fed's purchases"),
        (
            0.5,
            3,
            "hedged",
            ", at 0.5 times its size, with 3 sessions for each of its own, with hedged purchases of the Fed",
        ),
    ],
)
def test_how_scenarios_were_put(scale: float, slow: int, fed: bool | str | None, words: str) -> None:
    """After which session, and what differs from the scenario as it is."""
    said = conditions_line({"at": "2026-01-01", "scale": scale, "slow": slow, "fed": fed})
    rest = ". Strategies trade through it as they do through history."
    assert said == f"Each scenario follows the close of 1 Jan 2026{words}{rest}"
