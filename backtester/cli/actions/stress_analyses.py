"""Carrying out `backtester stress reverse` and `backtester stress frequency`.

The first finds the size of a scenario at which a strategy loses so much, the second what becomes of strategies on paths
with more joint sell-offs. The document is the results as JSON.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backtester.cli.actions.screen import print_json, print_table, say, warn
from backtester.cli.actions.stress import stress_settings
from backtester.cli.actions.stress_folder import write_stress_folder
from backtester.pages.table import Table
from backtester.runs.stress_frequency import frequency_run
from backtester.runs.stress_reverse import reverse_run
from backtester.runs.values import Json
from backtester.stress.path_results import PathPlan
from backtester.tearsheet.parts.frequency import frequency_lines, frequency_table, sign_change_table
from backtester.tearsheet.parts.scales import helping_scales_table, loss_scales_table, reverse_lines
from backtester.tearsheet.stress_page import render_frequency, render_reverse, stress_names

Params = Mapping[str, Any]


def run_reverse(params: Params, out: Path | None, *, as_json: bool) -> None:
    """Find the sizes of scenarios, write the page and print the tables, or the document as JSON."""
    settings = stress_settings(params)
    document, page = write_stress_folder(
        "reverse",
        out,
        lambda report: reverse_run(settings, params["lose"], at=params["at"], fed=params["fed"], report=report),
        render_reverse,
    )
    _report(document, page, as_json=as_json)
    if not as_json:
        names = stress_names(document)
        tables = [loss_scales_table(document, names)]
        if names[1:]:  # the first is the reference, which is no hedge
            tables.append(helping_scales_table(document, names))
        _print_tables(tables)
        for line in reverse_lines(document, {named.name: named.label for named in names}):
            say(line)


def run_frequency(params: Params, out: Path | None, *, as_json: bool) -> None:
    """Simulate the paths, write the page and print the tables, or the document as JSON."""
    settings = stress_settings(params)
    plan = PathPlan(paths=params["paths"], years=params["years"], seed=params["seed"], spend=params["spend"])
    document, page = write_stress_folder(
        "frequency",
        out,
        lambda report: frequency_run(
            settings, params["times"], plan, dynamic=params["dynamic_paths"], at=params["at"], report=report
        ),
        render_frequency,
    )
    _report(document, page, as_json=as_json)
    if not as_json:
        names = stress_names(document)
        _print_tables([frequency_table(document, names), sign_change_table(document, names)])
        for line in frequency_lines(document, {named.name: named.label for named in names[1:]}):
            say(line)


def _report(document: Json, page: Path, *, as_json: bool) -> None:
    """Warn of what was left out, and print the document, or the path of its page."""
    for message in document["left_out"]:
        warn(f"left out {message}")
    if as_json:
        print_json(document)
    else:
        say(f"Page: {page}")


def _print_tables(tables: list[Table]) -> None:
    """Print tables of the page as text; each row that is a heading of a group begins a new table."""
    for table in tables:
        columns = {table.corner: "left"} | {head.text: "right" for head in table.heads}
        title, rows = f"\n{table.caption}", list[list[str]]()
        for row in table.rows:
            if row.cells:
                cells = (f"{cell.text} ({cell.small})" if cell.small else cell.text for cell in row.cells)
                rows.append([row.head.text, *cells])
                continue
            if rows:
                print_table(columns, rows, title=title)
                title, rows = "", []
            title += f"\n{row.head.text}"
        print_table(columns, rows, title=title)
    say("")
