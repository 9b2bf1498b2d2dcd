"""`backtester batch`: a study is a file of recipes with grids of settings, a job one recipe with its settings."""

from pathlib import Path

import click

from backtester.cli.options import json_option, look_ahead_option, refuse_nan
from backtester.cli.streams import Command


@click.command(cls=Command)
@click.argument("study", type=click.Path(path_type=Path), metavar="STUDY.toml")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write into.  [studies/NAME]")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=2,
    help="Worker processes on this machine; what follows the jobs takes as many threads.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Run on a Dask cluster: its scheduler, such as tcp://host:8786.")
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    callback=refuse_nan,
    default=300,
    help="Seconds a job may take.",
)
@click.option(
    "--memory",
    type=click.FloatRange(1),
    callback=refuse_nan,
    default=4000,
    help="Megabytes a job may take (on Linux).",
)
@click.option("--top", type=click.IntRange(1), help="How many of the best jobs to print.  [the study's, 10]")
@click.option("--dry-run", is_flag=True, help="Count the jobs and estimate their time; carry none out.")
@look_ahead_option
@json_option
def batch(
    study: Path,
    out: Path | None,
    workers: int,
    scheduler: str | None,
    timeout: float,
    memory: float,
    top: int | None,
    dry_run: bool,
    allow_look_ahead: bool,
    as_json: bool,
) -> None:
    """Run a study: many recipes over grids of settings.

    Results go to OUT/results.parquet, a row a job. The same command takes up where a stopped one left off. Exit
    status 1 when a job failed, and its row says why, or when a strategy looks ahead.
    """
    from backtester.batch.workers import TaskLimits  # pandas and numba take a second to import
    from backtester.cli.actions.batch import forecast_study, run_study  # likewise

    limits = TaskLimits(timeout, memory)
    if dry_run and scheduler is not None:
        raise click.UsageError("--dry-run times jobs on this machine; leave out --scheduler")
    if dry_run:
        forecast_study(study, out, workers=workers, limits=limits, as_json=as_json)
        return
    done = run_study(study, out, workers_and_scheduler=(workers, scheduler), limits=limits, top=top, as_json=as_json)
    if done.failed or (done.looks_ahead and not allow_look_ahead):
        raise SystemExit(1)
