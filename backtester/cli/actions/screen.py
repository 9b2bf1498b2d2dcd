"""The screen: tables on stdout, warnings on stderr, colours only on a terminal, JSON alone with --json."""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtester.cli.streams import answer_stream
from backtester.errors import printable
from backtester.files import to_json

NARROWEST_TABLE = 40  # columns; in fewer a table has no room for its figures
WIDE_SCREEN = 160  # columns for a reader that is not a terminal
FOLD_WIDTH = 80  # of the tables, and so of what is said below them
COLUMN_GAP = 2  # signs between two columns
FOLDED_WORD = 24  # signs; a longer word is folded


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; one that is no terminal is wide and plain."""
    stream = sys.stderr if stderr else answer_stream()
    return Console(file=stream, width=max(_columns(stream), NARROWEST_TABLE), highlight=False, soft_wrap=False)


def _columns(stream: TextIO) -> int:
    """As many as COLUMNS says, unless it makes no sense, else as the terminal has."""
    with contextlib.suppress(KeyError, ValueError):
        if (columns := int(os.environ["COLUMNS"])) > 0:
            return columns
    with contextlib.suppress(OSError):  # it leads to no terminal
        return os.get_terminal_size(stream.fileno()).columns or FOLD_WIDTH
    return FOLD_WIDTH if stream.isatty() else WIDE_SCREEN


def print_table(columns: Mapping[str, str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> None:
    """Print a table of plain text; columns map a heading to `left` or `right`, the side that cells keep to.

    What is wider than the screen is printed as several tables, each with the first column: none is cut off.
    """
    screen = console()
    for places in fitting(columns, rows, screen.width):
        names = [list(columns)[place] for place in places]
        part = [[row[place] for place in places] for row in rows]
        if title is not None:
            screen.print(Text(title, style="bold"))
        screen.print(_table({name: columns[name] for name in names}, part))
        title = ""  # an empty line between the parts


def fitting(columns: Mapping[str, str], rows: Sequence[Sequence[str]], width: int) -> list[list[int]]:
    """The numbers of the columns of each table that is printed: all at once if the screen is wide enough."""
    sides = list(columns.items())
    first, *others = (_narrowest([name, *(row[at] for row in rows)], side) for at, (name, side) in enumerate(sides))
    parts, taken = [[0]], first
    for place, least in enumerate(others, start=1):
        if taken + COLUMN_GAP + least > width and len(parts[-1]) > 1:
            parts.append([0])
            taken = first
        parts[-1].append(place)
        taken += COLUMN_GAP + least
    return parts


def _narrowest(cells: Sequence[str], side: str) -> int:
    """The fewest signs that a column needs: of figures all, since one that is cut off reads as another; of words the
    longest word."""
    pieces = [piece for cell in cells for piece in (cell.split("\n") if side == "right" else cell.split())]
    return min(max(map(len, pieces), default=0), NARROWEST_TABLE if side == "right" else FOLDED_WORD)


def _table(columns: Mapping[str, str], rows: Sequence[Sequence[str]]) -> Table:
    made = Table(header_style="bold", box=None, pad_edge=False)
    for place, (heading, side) in enumerate(columns.items()):
        least = _narrowest([heading, *(row[place] for row in rows)], side)
        justify: Literal["left", "right"] = "left" if side == "left" else "right"
        made.add_column(heading, justify=justify, overflow="fold", min_width=least, no_wrap=side == "right")
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
