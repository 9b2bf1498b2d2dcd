"""The screen: tables on stdout, warnings on stderr, colours only on a terminal, JSON alone with --json."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtester.errors import printable
from backtester.files import to_json

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


def note(message: str) -> None:
    """Something good to know, on stderr."""
    click.echo(f"{click.style('Note:', bold=True)} {printable(message)}", err=True)
