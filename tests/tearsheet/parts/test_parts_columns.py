"""Whose columns a table has, by hand; and what stands exactly at nothing, which neither fell nor rose."""

from collections.abc import Callable
from typing import Any

import pytest

from backtester.analysis.figures import figures
from backtester.pages.names import Named
from backtester.pages.table import Table
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.as_of import as_of_table
from backtester.tearsheet.parts.chart_tables import attribution_tables
from backtester.tearsheet.parts.crises import crisis_tables, cushion_parts, then_and_now
from backtester.tearsheet.parts.dependence import quarters_table
from backtester.tearsheet.parts.measures import measure_text, scorecard_table
from backtester.tearsheet.parts.payoff import sensitivity_table, slices_table
from backtester.tearsheet.parts.scales import helping_scales_table
from backtester.tearsheet.parts.verdict_table import verdict_table
from backtester.tearsheet.parts.yearly import calm_columns, calm_table, turnover_columns, turnover_table, years_table
from documents import SLICE, document, strategy

AS_OF = {"end": "2019-12-31", "joint_sell_offs": 7, "followed": 14, "reason": None, "strategies": {}}


def made() -> dict[str, Any]:
    """A document of the reference and two strategies, with a month in which nobody knows of bonds."""
    found = document(strategy("gold"), strategy("puts"))
    months = {"stocks": {"a": -0.01, "b": 0.0, "c": 0.01}, "bonds": {"a": None, "b": 0.0, "c": 0.01}}
    found["legs"] = {leg: {"calendar_months": own} for leg, own in months.items()}
    for one in found["strategies"]:
        one["calendar_months"] = dict.fromkeys("abc", 0.01)
    return found | {"as_of": [AS_OF], "scenarios": []}


def test_a_year_has_the_tone_of_its_gap_to_the_reference() -> None:
    """3% against 4% is a point less, and 7% three more, whatever the sign of the year; the reference has no tone."""
    found = made()
    for one, returns in zip(found["strategies"], ((0.04, -0.04), (0.03, -0.05), (0.07, -0.01)), strict=True):
        one["calendar_years"] = dict(zip(("2019", "2020"), returns, strict=True))
    rows = years_table(found, named_strategies(found)).rows
    assert [[cell.tone for cell in row.cells] for row in rows] == [["", "loss t1", "gain t2"]] * 2
    assert [[cell.text for cell in row.cells] for row in rows] == [["4.0", "3.0", "7.0"], ["−4.0", "−5.0", "−1.0"]]


@pytest.mark.parametrize(
    ("table", "before", "has_reference"),
    [
        (sensitivity_table, 1, False),
        (slices_table, 2, False),
        (quarters_table, 1, False),
        (scorecard_table, 0, False),
        (calm_table, 0, False),
        (as_of_table, 2, False),
        (helping_scales_table, 0, False),
        (years_table, 0, True),
        (turnover_table, 0, True),
    ],
)
def test_strategies_have_columns_in_their_order(
    table: Callable[[dict[str, Any], tuple[Named, ...]], Table | None], before: int, has_reference: bool
) -> None:
    """After those that all share; the reference has one where it is not what the others are held against."""
    found = made()
    shown = table(found, named_strategies(found))
    assert shown is not None
    labels = [head.text for head in shown.heads[before:]]
    assert labels == ["+ gold", "+ puts"] if not has_reference else ["sixty_forty", "+ gold", "+ puts"]
    assert all(len(row.cells) == len(shown.heads) for row in shown.rows if row.kind != "group")


def test_the_columns_of_a_csv() -> None:
    """The figure by the strategy's name, then what else its cells hold."""
    found = made()
    gold, name = named_strategies(found)[1], "sixty_forty + gold"
    assert sensitivity_table(found, named_strategies(found)).heads[1].values == (name, f"{name}: low", f"{name}: high")
    shown = as_of_table(found, named_strategies(found))
    assert shown is not None
    assert shown.heads[2].values == (
        gold.name,
        *(f"{gold.name}: {one}" for one in ("low", "high", "verdict", "followed")),
    )
    assert as_of_table(found, named_strategies(found)[:1]) is None


def test_every_strategy_is_on_the_scale_of_the_verdict() -> None:
    """Also the first beside the reference, whose interval is the widest."""
    found = made()
    found["strategies"][1]["scorecard"]["intervals"]["beyond_mix"]["payoff_mean"] = [-0.05, 0.08]
    table = verdict_table(found, named_strategies(found))
    assert table is not None
    drawn = table.heads[3].picture
    assert (drawn.low, drawn.high) == (-0.05, 0.08)


def test_calm_years_begin_with_the_first_beside_the_reference() -> None:
    """Its place among the strategies is 1."""
    assert calm_columns(made()) == (["2017"], {1: [-0.012], 2: [-0.012]})


def test_turnover_begins_with_the_reference() -> None:
    """Whose place is 0."""
    assert list(turnover_columns(made())[1]) == [0, 1, 2]


def test_figures_that_are_dates() -> None:
    """A date is written out; what is undefined is n/a."""
    figure = next(iter(figures().values()))
    assert [measure_text(value, figure) for value in ("2020-01-02", None)] == ["2 Jan 2020", "n/a"]


def test_one_episode_has_its_overlays() -> None:
    """The only one that a strategy reaches."""
    part = dict.fromkeys(("interest", "financing", "costs", "fees", "total"), 0.0) | {"assets": {}}
    part |= {"overlays": [{"name": "gold", "in_order": 0.01, "left_out": 0.02}]}
    one = strategy("gold") | {"attribution": {"joint_sell_offs": [part], "drawdowns": [], "crises": []}}
    found = document(one, windows=1) | {"drawdowns": [], "crises": []}
    found["strategies"][0]["attribution"] = {"joint_sell_offs": [None], "drawdowns": [], "crises": []}
    _, (_, table) = attribution_tables(found, named_strategies(found))
    assert [head.values for head in table.heads[-2:]] == [("gold in order",), ("gold left out",)]


def test_a_year_that_the_reference_has_not_is_without_a_tone() -> None:
    """There is nothing to hold the strategy's return against."""
    found = document(strategy("gold"))
    found["strategies"][1]["calendar_years"] = {"2017": 0.2}
    [row] = years_table(found, named_strategies(found)).rows
    assert [(cell.text, cell.tone) for cell in row.cells] == [("n/a", ""), ("20.0", "")]


def test_a_month_without_a_move_did_not_fall() -> None:
    """Both legs held in it, up to rounding; a month that one leg does not have is in no quarter."""
    found = made()
    found["legs"]["bonds"]["calendar_months"]["b"] = -1e-15
    rows = quarters_table(found, named_strategies(found)).rows
    assert [row.cells[0].text for row in rows] == ["0", "0", "0", "2"]


def test_bonds_that_stood_still_did_not_fall_too() -> None:
    """Their dot is open; rounding is no fall."""
    found = document()
    found["stock_sell_offs"][0]["falls"][0]["bonds"] = -1e-15
    then = then_and_now(found)
    assert then is not None
    [(strip, _)] = cushion_parts(found)
    assert [filled for _, filled in then.strip.events] == [filled for _, filled in strip.events] == [False, False]
    assert "falls of stocks of 5% or more" in strip.caption


def test_tables_of_crises_by_name() -> None:
    """The famous ones are then and now, the others have a table of their own."""
    blank: dict[str, Any] = dict.fromkeys(("pair", "stocks", "bonds", "assets", "strategies", "headline"))
    one = blank | {"name": "a", "start": "1987-10-13", "end": "1987-10-19", "covered": True}
    found = document() | {"crises": [one | {"then_and_now": True}, one | {"then_and_now": False}]}
    assert [table.name for table in crisis_tables(found, named_strategies(found))] == ["then-table", "crises-table"]


def test_payoffs_have_their_sign() -> None:
    """In slices, too, a gain has a plus."""
    one = strategy("gold")
    one["scorecard"]["slices"]["regime"] = [SLICE | {"payoff_mean": 0.0123}]
    table = slices_table(document(one), named_strategies(document(one)))
    assert table is not None
    assert table.rows[1].cells[-1].text == "+1.23"


def test_shares_stand_under_the_mix_alone() -> None:
    """A row a leg, once."""
    found = made()
    labels = [row.head.text for row in scorecard_table(found, named_strategies(found)).rows]
    assert labels.count("Stocks") == labels.count("Bonds") == 1
    assert labels[labels.index("Stocks") - 1].startswith("Its mix")
