"""Carrying out `backtester stress reverse` and `backtester stress frequency`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from backtester.cli.actions.run_screen import shown_progress, warn_if_uncached
from backtester.cli.actions.screen import print_json, print_table, say, warn
from backtester.cli.actions.stress import trial_settings
from backtester.files import sha256, to_json
from backtester.pages.table import Table
from backtester.runs.settings import ReportProgress
from backtester.runs.stress_frequency import frequency_run
from backtester.runs.stress_reverse import reverse_run
from backtester.runs.values import Json
from backtester.stress.fates import Plan
from backtester.tearsheet.parts.frequency import fates_table, frequency_lines, turns_table
from backtester.tearsheet.parts.scales import loses_table, reverse_lines, stops_table
from backtester.tearsheet.stress_page import (
    check_stress_place,
    publish_stress,
    render_frequency,
    render_reverse,
    stress_names,
)

Params = Mapping[str, Any]


def run_reverse(params: Params, out: Path | None, *, as_json: bool) -> None:
    """Find the scales, write the page and print the tables."""
    settings = trial_settings(params)
    document = _written(
        "reverse",
        out,
        lambda report: reverse_run(settings, params["lose"], at=params["at"], fed=params["fed"], report=report),
        render_reverse,
        as_json=as_json,
    )
    if not as_json:
        names = stress_names(document)
        _show([loses_table(document, names), *([stops_table(document, names)] if names[1:] else [])])
        for line in reverse_lines(document, {named.name: named.label for named in names}):
            say(line)


def run_frequency(params: Params, out: Path | None, *, as_json: bool) -> None:
    """Draw the paths, write the page and print the tables."""
    settings = trial_settings(params)
    plan = Plan(params["paths"], params["years"], params["seed"], params["spend"])
    document = _written(
        "frequency",
        out,
        lambda report: frequency_run(
            settings, params["times"], plan, dynamic=params["dynamic_paths"], at=params["at"], report=report
        ),
        render_frequency,
        as_json=as_json,
    )
    if not as_json:
        names = stress_names(document)
        _show([fates_table(document, names), turns_table(document, names)])
        for line in frequency_lines(document, {named.name: named.label for named in names[1:]}):
            say(line)


def _written(
    name: str,
    out: Path | None,
    make: Callable[[ReportProgress], Json],
    render: Callable[[Json], tuple[str, list[Table]]],
    *,
    as_json: bool,
) -> Json:
    """The document, once it lies in its folder with its page."""
    if out is not None:
        check_stress_place(out, name)
    home = Path.cwd()  # before any plugin is loaded: one may change the working folder
    with shown_progress() as progress:
        document = make(progress)
        folder = out or Path("runs") / f"{name}-{sha256(to_json(document).encode())[:8]}"
        page = publish_stress(document, home / folder, name, render)
    warn_if_uncached()
    for message in document["left_out"]:
        warn(f"left out {message}")
    if as_json:
        print_json(document)
    else:
        click.echo(f"Page: {folder / page.name}")
    return document


def _show(tables: list[Table]) -> None:
    """Tables of the page as text; a row that is only a heading begins a table of its own."""
    for one in tables:
        columns = {one.corner: "left"} | {head.text: "right" for head in one.heads}
        title, rows = f"\n{one.caption}", list[list[str]]()
        for row in one.rows:
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
