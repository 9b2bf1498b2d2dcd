"""`backtester compare`."""

from pathlib import Path

import click

from backtester.cli.options import classic_option, json_option, plotly_option, runs_argument


@click.command()
@runs_argument
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write into.  [runs/compare-KEY]")
@plotly_option
@classic_option
@json_option
def compare(runs: tuple[Path, ...], out: Path | None, plotly: str | None, classic: bool, as_json: bool) -> None:
    """Put the strategies of several runs side by side on one page.

    RUN is a folder that `run` or `compare` wrote. The runs must share history, window, settings and reference; what
    differs is reported, and how to align it. Nothing is simulated again. A strategy that several runs hold stands once,
    and intervals that allow for how many were tried count those of all runs. Exit status 1 when a run's file is not as
    the run wrote it, which the page says too.
    """
    from backtester.cli.actions.compare import compare_runs  # pandas and plotly take half a second to import

    if not compare_runs(runs, out, beside=plotly == "beside", classic=classic, as_json=as_json):
        raise SystemExit(1)
