"""The table of year-ends: a cell has the payoff by then, its verdict, and what followed."""

import dataclasses

from backtester.pages.csv_text import csv_text
from backtester.runs.folder import RunFolder
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.page import render_tearsheet
from backtester.tearsheet.parts.as_of import as_of_table
from documents import document, strategy

ROW = {"end": "2019-12-31", "joint_sell_offs": 7, "followed": 14, "reason": None}
SAID = {"verdict": "few", "payoff_mean": 0.0012, "interval": [-0.001, 0.003], "followed": -0.0005}


def test_a_row_has_the_counts_and_what_was_said_of_each_strategy() -> None:
    """The csv has the figures at full precision, and nothing of a strategy that did not run then."""
    made = document(strategy("gold"), strategy("puts"))
    gold = made["strategies"][1]["name"]
    made["as_of"] = [ROW | {"strategies": {gold: SAID}}]
    table = as_of_table(made, named_strategies(made))
    assert table is not None
    assert [cell.text for cell in table.rows[0].cells] == ["7", "14", "+0.12 too few to judge", "n/a"]
    assert table.rows[0].cells[2].small == "→ −0.05"
    assert table.rows[0].head.note == ""
    made["as_of"][0]["reason"] = "too few"
    again = as_of_table(made, named_strategies(made))
    assert again is not None
    assert again.rows[0].head.note == "too few"
    assert csv_text(table).splitlines()[1] == "2019-12-31,7,14,0.0012,-0.001,0.003,few,-0.0005,,,,,"
    assert as_of_table(document(strategy("gold")), named_strategies(document(strategy("gold")))) is None


def test_it_stands_folded_on_the_page_if_it_was_asked_for(run: RunFolder, html: str) -> None:
    """A section of its own, which a page without it does not have."""
    assert 'id="as_of"' not in html
    name = run.document["strategies"][1]["name"]
    asked = dataclasses.replace(run, document=run.document | {"as_of": [ROW | {"strategies": {name: SAID}}]})
    page = render_tearsheet(asked)
    assert '<section id="as_of"' in page
    assert "+0.12 too few to judge" in page
