"""`backtester compare`, of runs or, where the folders are studies (which `batch` wrote), of these."""

from pathlib import Path

import click

from backtester.cli.options import classic_option, json_option, plotly_option, runs_argument
from backtester.cli.streams import Command


@click.command(cls=Command)
@runs_argument
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write into.  [runs/compare-KEY]")
@click.option("--differences", is_flag=True, help="Print what changed, in settings and in results, and write nothing.")
@plotly_option
@classic_option
@json_option
def compare(
    runs: tuple[Path, ...], out: Path | None, differences: bool, plotly: str | None, classic: bool, as_json: bool
) -> None:
    """Put several runs side by side on one page, or say what changed.

    RUN is a folder that `run` or `compare` wrote. The runs must share history, period, settings and reference. If they
    do not, the difference is reported, with how to align it; --differences shows it beside what it changed in the
    results. Nothing is simulated again. A strategy of several runs appears once, and intervals that allow for the
    number of strategies tried count those of all runs. Exit status 1 when a run's file is not as the run wrote it,
    which the page says too.

    If the folders are studies, which `batch` wrote, it prints what changed from the first study to each of the others:
    the settings, which jobs they have, and the results of the jobs that both have.
    """
    from backtester.batch.manifest import is_study  # pandas takes half a second to import

    studies = [folder for folder in runs if is_study(folder)]
    if studies or differences:
        from backtester.cli.actions.differences import print_run_differences, print_study_differences  # likewise

        if len(set(runs)) < 2:
            raise click.UsageError("one folder alone; name two or more")
        if studies and len(studies) < len(runs):
            run = next(folder for folder in runs if folder not in studies)
            raise click.UsageError(f"{studies[0]} is a study's folder and {run} is not; compare like with like")
        print_differences = print_study_differences if studies else print_run_differences
        print_differences(list(dict.fromkeys(runs)), as_json=as_json)
        return
    from backtester.cli.actions.compare import compare_runs  # plotly takes half a second to import

    if not compare_runs(runs, out, beside=plotly == "beside", classic=classic, as_json=as_json):
        raise SystemExit(1)
