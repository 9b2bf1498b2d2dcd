"""Carrying out `backtester batch`: a progress bar while it runs, and the ranking of the jobs when it is done.

A job is a recipe with its settings; a study has many, and its search says how much of the best result is luck.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pyarrow.compute as pc
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from backtester.batch.carry_out import Batch, Progress, run_batch
from backtester.batch.forecast import forecast
from backtester.batch.page.finding import VOID_FINDING, search_lines
from backtester.batch.page.index import INDEX
from backtester.batch.ranking import best_rows, row_title
from backtester.batch.rows import JobRow
from backtester.batch.search import Search
from backtester.batch.workers import TaskLimits
from backtester.cli.actions.run_screen import warn_if_uncached
from backtester.cli.actions.screen import console, print_json, print_table, say, warn
from backtester.pages.format import numbered
from backtester.runs.summary import figure_text

ERRORS_SHOWN = 5
SHOWN_COLUMNS = {  # columns of the ranking, with their headings
    "cagr": "CAGR",
    "sharpe": "Sharpe",
    "max_drawdown": "Deepest\nfall",
    "mean_loss_strategy": "Lost",
    "mean_loss_mix": "Mix\nlost",
    "beyond_mix_payoff_mean": "Payoff",
    "growth_annual_over_mix_total": "Growth",
    "beyond_mix_placebo_as_good": "Shifts\nas good",
}


def forecast_study(study: Path, out: Path | None, *, workers: int, limits: TaskLimits, as_json: bool) -> None:
    """Print how many jobs the study has, and how long those that are left would take."""
    expected = forecast(study, out, workers=workers, limits=limits)
    if as_json:
        print_json(dataclasses.asdict(expected))
        return
    left = expected.jobs - expected.done + expected.returns - expected.returns_done
    say(f"{expected.study}: {numbered(expected.jobs, 'job')}, {expected.done:,} of them done before")
    if expected.returns:
        returns = numbered(expected.returns, "return")
        say(f"{returns} of jobs in scenarios, {expected.returns_done:,} of them done before")
    if expected.seconds is not None:
        duration = _duration(expected.seconds)
        say(f"The other {left:,} would take about {duration} with {numbered(workers, 'worker')}")
    elif left:
        say("Those that were tried failed; run the study, and the table says why")


def _duration(seconds: float) -> str:
    """A number of seconds in words: seconds, minutes or hours."""
    if seconds < 90:
        return numbered(max(1, round(seconds)), "second")
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def run_study(
    study: Path,
    out: Path | None,
    *,
    workers_and_scheduler: tuple[int, str | None],
    limits: TaskLimits,
    top: int | None,
    as_json: bool,
) -> Batch:
    """Run the study and print its `top` best jobs, or as many as it says; the scheduler is the address of one, or
    None."""
    workers, scheduler = workers_and_scheduler
    with _bar() as progress:
        batch = run_batch(study, out, workers=workers, limits=limits, progress=progress, scheduler=scheduler)
    warn_if_uncached()
    for part in batch.damaged:
        warn(f"{part} was damaged; its jobs were carried out again")
    for name, finding in batch.findings:
        warn(f"{name}: {finding}")
    for line in batch.failed_scenarios:
        warn(line)
    best = best_rows(batch.table, batch.study.rank_by, top or batch.study.top)
    if as_json:
        print_json(_document(batch, best))
    else:
        _print(batch, best)
    stages = ", ".join(f"{seconds:.1f} s for {stage}" for stage, seconds in batch.seconds.items())
    click.echo(f"Processor time here and of workers started here: {stages}", err=True)
    return batch


def _document(batch: Batch, best: list[JobRow]) -> JobRow:
    """The result of a study as JSON."""
    return {
        "study": batch.study.name,
        "jobs": len(batch.table),
        "resumed": batch.resumed,
        "failed": batch.failed,
        "looks_ahead": batch.looks_ahead,
        "files": {"results": batch.path.name, "page": INDEX},
        "ranking": _plain(best),
        "search": None if batch.search is None else _search_document(batch.search),
    }


def _search_document(search: Search) -> JobRow:
    """The search as JSON; `asdict` leaves the named tuple of its overfitting a tuple."""
    return dataclasses.asdict(search) | {"overfitting": search.overfitting._asdict()}


@contextmanager
def _bar() -> Iterator[Progress]:
    """A function that shows progress in a bar: jobs done, jobs a second, time left, and above it the first errors."""
    screen = console(stderr=True)
    columns = (TextColumn("Jobs"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Bar(*columns, TimeRemainingColumn(), console=screen, disable=not screen.is_terminal) as bar:
        task, shown = bar.add_task("jobs", total=None, rate=""), 0

        def progress(done: int, total: int, errors: Sequence[str] = ()) -> None:
            nonlocal shown
            for error in errors[: max(0, ERRORS_SHOWN - shown)] if screen.is_terminal else ():
                bar.console.print(error, markup=False, highlight=False)
            shown += len(errors)
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} a second" if speed else "")

        yield progress


def _plain(rows: list[JobRow]) -> list[JobRow]:
    """The rows with values that JSON has: None for NaN and infinity, dates as text."""

    def plain(value: object) -> object:
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return value if value is None or isinstance(value, int | str) else str(value)

    return [{name: plain(value) for name, value in row.items()} for row in rows]


def _print(batch: Batch, best: list[JobRow]) -> None:
    """Print the ranking, some of the errors, the finding, and the paths of the results."""
    say(
        f"{batch.study.name}: {numbered(len(batch.table), 'job')}, {batch.resumed:,} of them done before, "
        f"{batch.failed:,} failed; best by {batch.study.rank_by}\n"
    )
    shown = SHOWN_COLUMNS | batch.scenarios
    columns = {"Recipe": "left"} | dict.fromkeys(shown.values(), "right")
    rows = [[row_title(row), *(figure_text(column, row[column]) for column in shown)] for row in _plain(best)]
    print_table(columns, rows, title="In percent")
    failed = batch.table.filter(pc.is_valid(batch.table["error"])).slice(0, ERRORS_SHOWN)
    for name, error in zip(failed["name"].to_pylist(), failed["error"].to_pylist(), strict=True):
        warn(f"{name}: {error}")
    if batch.failed > ERRORS_SHOWN:
        warn(f"and {batch.failed - ERRORS_SHOWN} more; column 'error' has them all")
    if batch.looks_ahead:
        say(f"\n{VOID_FINDING}")
    elif batch.search is not None:
        say("\n" + "\n".join(search_lines(batch.search)))
    say(f"\nResults: {batch.path}\nPage: {batch.path.parent / INDEX}")
