"""Carrying out `backtester batch`: a progress bar while it runs, a ranking when it is done."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backtester.batch import carry_out
from backtester.batch.carry_out import Batch, run_batch
from backtester.batch.jobs import Row
from backtester.batch.stressed import scenario_columns, with_scenarios
from backtester.cli.actions.screen import console, print_json, table, warn, warn_if_uncached
from backtester.pages.format import number, percent

ERRORS_SHOWN = 5
SHOWN = {
    "cagr": "CAGR",
    "sharpe": "Sharpe",
    "max_drawdown": "Deepest\nfall",
    "mean_loss_strategy": "Loss in a\njoint sell-off",
    "mean_loss_mix": "Its mix's\nloss",
    "beyond_mix_payoff_mean": "Payoff over\nits mix",
    "growth_annual_over_mix_total": "Growth over\nits mix",
    "beyond_mix_placebo_as_good": "Shifts\nas good",
}
SMALLER_IS_BETTER = {
    "volatility",
    "max_drawdown_days",
    "days_under_water",
    "ulcer_index",
    "turnover_annual",
    "financing_annual",
    "costs_annual",
    "fees_annual",
    "mean_loss_strategy",
    "beyond_reference_worse",
    "beyond_mix_worse",
    "beyond_mix_placebo_as_good",
}


def run_study(study: Path, out: Path | None, *, workers: int, timeout: float, top: int, as_json: bool) -> Batch:
    """Run the study and print its best jobs."""
    with _bar() as progress:
        batch = run_batch(study, out, workers=workers, timeout=timeout, progress=progress)
    warn_if_uncached()
    for name, finding in batch.findings:
        warn(f"{name}: {finding}")
    settings = batch.study.settings(study.parent)
    best = with_scenarios(ranking(batch)[:top], settings)
    if as_json:
        print_json(
            {
                "study": batch.study.name,
                "jobs": len(batch.rows),
                "resumed": batch.resumed,
                "failed": batch.failed,
                "files": {"results": batch.path.name},
                "ranking": _plain(best),
            }
        )
    else:
        _print(batch, best, scenario_columns(settings))
    return batch


@contextmanager
def _bar() -> Iterator[carry_out.Progress]:
    screen = console(stderr=True)
    columns = (TextColumn("Jobs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task("jobs", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def ranking(batch: Batch) -> list[Row]:
    """The rows that came to something, best first by the study's column, ties in the study's order."""
    column = batch.study.rank_by
    sign = 1 if column in SMALLER_IS_BETTER else -1
    there = [
        row for row in batch.rows if row["error"] is None and row[column] is not None and not math.isnan(row[column])
    ]
    return sorted(there, key=lambda row: sign * float(row[column]))


def _plain(rows: list[Row]) -> list[Row]:
    def plain(value: object) -> object:
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return value if value is None or isinstance(value, int | str) else str(value)

    return [{name: plain(value) for name, value in row.items()} for row in rows]


def _print(batch: Batch, best: list[Row], scenarios: dict[str, str]) -> None:
    click.echo(
        f"{batch.study.name}: {len(batch.rows):,} jobs, {batch.resumed:,} of them done before, "
        f"{batch.failed:,} failed; best by {batch.study.rank_by}\n"
    )
    shown = SHOWN | scenarios
    columns = {"Recipe": "left"} | dict.fromkeys(shown.values(), "right")
    rows = [
        [str(row["name"]), *(number(row[c]) if c == "sharpe" else percent(row[c], 2) for c in shown)]
        for row in _plain(best)
    ]
    console().print(table(columns, rows))
    for row in [row for row in batch.rows if row["error"] is not None][:ERRORS_SHOWN]:
        warn(f"{row['name']}: {row['error']}")
    if batch.failed > ERRORS_SHOWN:
        warn(f"and {batch.failed - ERRORS_SHOWN} more; column 'error' has them all")
    click.echo(f"\nResults: {batch.path}")
