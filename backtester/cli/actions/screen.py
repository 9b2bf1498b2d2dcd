"""The screen: tables on stdout, progress and warnings on stderr, colours only on a terminal, JSON alone with --json."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from backtester.compiled import UNCACHED
from backtester.errors import printable
from backtester.runs.folder import to_json
from backtester.runs.settings import ReportProgress, no_report
from backtester.runs.summary import Summary

NARROWEST = 40  # columns; in fewer a table has no room for its figures
WIDE = 160  # columns for a reader that is not a terminal
FOLDED = 80  # of the tables, and so of what is said below them


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; one that is no terminal is wide and plain."""
    stream = sys.stderr if stderr else sys.stdout
    usual = FOLDED if stream.isatty() else WIDE
    width = max(shutil.get_terminal_size((usual, 24)).columns, NARROWEST)  # as COLUMNS says, unless it makes no sense
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def table(columns: Mapping[str, str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> Table:
    """A table of plain text: columns map a heading to `left` or `right`."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for place, (heading, side) in enumerate(columns.items()):
        cells = [*heading.split("\n"), *(row[place] for row in rows)]
        least = max(map(len, cells)) if side == "right" else None  # a figure that is cut off reads as another figure
        made.add_column(heading, justify="left" if side == "left" else "right", overflow="fold", min_width=least)
    for row in rows:
        made.add_row(*(Text(printable(cell)) for cell in row))
    return made


def print_json(value: Any) -> None:
    """The value as the one JSON document on stdout."""
    click.echo(to_json(value), nl=False)


def say(text: str) -> None:
    """Print text from a history or a plugin on stdout: what would command a terminal is escaped."""
    click.echo(printable(text))


def warn(message: str) -> None:
    """A warning on stderr."""
    click.echo(f"{click.style('Warning:', fg='yellow', bold=True)} {printable(message)}", err=True)


def warn_if_uncached() -> None:
    """Warn where compiled code could not be kept on disk."""
    if UNCACHED:
        why = next(iter(UNCACHED.values()))
        warn(f"compiled code cannot be kept ({why}), so every run compiles anew; set NUMBA_CACHE_DIR to another folder")


def note(message: str) -> None:
    """Something good to know, on stderr."""
    click.echo(f"{click.style('Note:', bold=True)} {printable(message)}", err=True)


@contextmanager
def shown_progress() -> Iterator[ReportProgress]:
    """A function that shows what is being done and how much of it, on stderr and only on a terminal."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield no_report
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def show(message: str, share: float | None = None, /) -> None:
            bar.update(task, description=message, total=None if share is None else 1.0, completed=share or 0.0)

        yield show


def print_summary(shown: Summary) -> None:
    """The tables of a run and, dim and folded, the notes on them."""
    screen = console()
    screen.print(Text(printable(shown.heading)))
    for grid in shown.grids:
        columns = {grid.corner: "left"} | dict.fromkeys(grid.headings, "right")
        screen.print(table(columns, grid.rows, title=f"\n{grid.title}"))
    screen.print(Text("\n" + printable(textwrap.fill(shown.conclusion, FOLDED))))
    for place, note in enumerate(shown.notes):
        screen.print(Text(("" if place else "\n") + printable(textwrap.fill(note, FOLDED)), style="dim"))
