"""The screen: tables on stdout, warnings on stderr, colours only on a terminal, JSON alone with --json."""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtester.cli.streams import answer_stream
from backtester.errors import printable
from backtester.files import to_json

NARROWEST = 40  # columns; in fewer a table has no room for its figures
WIDE = 160  # columns for a reader that is not a terminal
FOLDED = 80  # of the tables, and so of what is said below them


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; one that is no terminal is wide and plain."""
    stream = sys.stderr if stderr else answer_stream()
    return Console(file=stream, width=max(_columns(stream), NARROWEST), highlight=False, soft_wrap=False)


def _columns(stream: TextIO) -> int:
    """As many as COLUMNS says, unless it makes no sense, else as the terminal has."""
    with contextlib.suppress(KeyError, ValueError):
        if (columns := int(os.environ["COLUMNS"])) > 0:
            return columns
    with contextlib.suppress(OSError):  # it leads to no terminal
        return os.get_terminal_size(stream.fileno()).columns or FOLDED
    return FOLDED if stream.isatty() else WIDE


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
    click.echo(to_json(value), nl=False, file=answer_stream())


def say(text: str) -> None:
    """Print a line on stdout: what would command a terminal, in text from a history or a plugin, is escaped."""
    click.echo(printable(text), file=answer_stream())


def warn(message: str) -> None:
    """A warning on stderr."""
    click.echo(f"{click.style('Warning:', fg='yellow', bold=True)} {printable(message)}", err=True)


def note(message: str) -> None:
    """Something good to know, on stderr."""
    click.echo(f"{click.style('Note:', bold=True)} {printable(message)}", err=True)
