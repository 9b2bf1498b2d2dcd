"""The output of a run on the terminal: its progress, its tables, and a warning about compiled code."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from backtester.cli.actions.screen import FOLD_WIDTH, console, print_table, warn
from backtester.compiled import UNCACHED
from backtester.errors import printable
from backtester.runs.settings import ReportProgress, no_report
from backtester.runs.summary import Summary


def warn_if_uncached() -> None:
    """Warn if compiled code could not be stored on disk."""
    if UNCACHED:
        reason = next(iter(UNCACHED.values()))
        remedy = "set NUMBA_CACHE_DIR to another folder"
        warn(f"compiled code cannot be kept ({reason}), so every run compiles anew; {remedy}")


@contextmanager
def shown_progress() -> Iterator[ReportProgress]:
    """A function that shows a message and the share of the work that is done, if standard error is a terminal."""
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
    """Print the tables of a run, its conclusion, and the notes on them."""
    screen = console()
    screen.print(Text(printable(shown.heading)))
    for grid in shown.tables:
        columns = {grid.corner: "left"} | dict.fromkeys(grid.headings, "right")
        print_table(columns, grid.rows, title=f"\n{grid.title}")
    screen.print(Text("\n" + printable(textwrap.fill(shown.conclusion, FOLD_WIDTH))))
    for index, note in enumerate(shown.notes):
        screen.print(Text(("" if index else "\n") + printable(textwrap.fill(note, FOLD_WIDTH)), style="dim"))
