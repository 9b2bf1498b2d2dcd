"""Output on the terminal: tables and JSON on standard output, warnings and notes on standard error."""

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

NARROWEST_TABLE = 40  # characters; in fewer a table has no room for its figures
WIDE_SCREEN = 160  # characters in a line, if the output goes to a file or another program
FOLD_WIDTH = 80  # characters in a line of text
COLUMN_GAP = 2  # characters between two columns
FOLDED_WORD = 24  # characters; a longer word is folded


def console(*, stderr: bool = False) -> Console:
    """A rich console on standard output or standard error."""
    stream = sys.stderr if stderr else answer_stream()
    return Console(file=stream, width=max(_columns(stream), NARROWEST_TABLE), highlight=False, soft_wrap=False)


def _columns(stream: TextIO) -> int:
    """The width of a stream in characters: the variable COLUMNS if it is a positive number, else the terminal's."""
    with contextlib.suppress(KeyError, ValueError):
        if (columns := int(os.environ["COLUMNS"])) > 0:
            return columns
    with contextlib.suppress(OSError):  # the stream is not a terminal
        return os.get_terminal_size(stream.fileno()).columns or FOLD_WIDTH
    return FOLD_WIDTH if stream.isatty() else WIDE_SCREEN


def print_table(columns: Mapping[str, str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> None:
    """Print a table; `columns` maps each heading to `left` or `right`, the side to which its cells are aligned.

    A table that is wider than the screen is printed as several tables, each with the first column.
    """
    screen = console()
    for indices in fitting(columns, rows, screen.width):
        names = [list(columns)[index] for index in indices]
        part = [[row[index] for index in indices] for row in rows]
        if title is not None:
            screen.print(Text(title, style="bold"))
        screen.print(_table({name: columns[name] for name in names}, part))
        title = ""  # prints an empty line before the next part


def fitting(columns: Mapping[str, str], rows: Sequence[Sequence[str]], width: int) -> list[list[int]]:
    """The indices of the columns of each table that fits into the width; each table begins with the first column."""
    first, *others = (
        _narrowest([name, *(row[index] for row in rows)], side) for index, (name, side) in enumerate(columns.items())
    )
    parts, used = [[0]], first
    for index, needed in enumerate(others, start=1):
        if used + COLUMN_GAP + needed > width and len(parts[-1]) > 1:
            parts.append([0])
            used = first
        parts[-1].append(index)
        used += COLUMN_GAP + needed
    return parts


def _narrowest(cells: Sequence[str], side: str) -> int:
    """The width that a column needs, in characters.

    Figures, on the right, are never folded, since a part of one reads as another figure; text can be folded between
    words.
    """
    pieces = [piece for cell in cells for piece in (cell.split("\n") if side == "right" else cell.split())]
    return min(max(map(len, pieces), default=0), NARROWEST_TABLE if side == "right" else FOLDED_WORD)


def _table(columns: Mapping[str, str], rows: Sequence[Sequence[str]]) -> Table:
    """The rich table of some columns."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for index, (heading, side) in enumerate(columns.items()):
        needed = _narrowest([heading, *(row[index] for row in rows)], side)
        justify: Literal["left", "right"] = "left" if side == "left" else "right"
        table.add_column(heading, justify=justify, overflow="fold", min_width=needed, no_wrap=side == "right")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def print_json(value: Any) -> None:
    """Print the value as JSON on standard output."""
    click.echo(to_json(value), nl=False, file=answer_stream())


def say(text: str) -> None:
    """Print a line on standard output; control characters, as a history or plugin may contain, are escaped."""
    click.echo(printable(text), file=answer_stream())


def warn(message: str) -> None:
    """Print a warning on standard error."""
    click.echo(f"{click.style('Warning:', fg='yellow', bold=True)} {printable(message)}", err=True)


def note(message: str) -> None:
    """Print a note, which is less than a warning, on standard error."""
    click.echo(f"{click.style('Note:', bold=True)} {printable(message)}", err=True)
