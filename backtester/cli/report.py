"""`backtester report`: the pages of runs, made again from their folders."""

from pathlib import Path

import click

from backtester.cli.options import classic_option, full_option, json_option, plotly_option, runs_argument
from backtester.cli.streams import Command


@click.command(cls=Command)
@runs_argument
@plotly_option
@classic_option
@full_option
@json_option
def report(runs: tuple[Path, ...], plotly: str | None, classic: bool, full: bool, as_json: bool) -> None:
    """Make the tearsheet of a run's folder again, without simulating.

    RUN is a folder that `run` or `compare` wrote. The same folder gives the same bytes. Several runs share one copy of
    plotly.js, which lies in the folder above them, or in each where they have none in common. Exit status 1 when a file
    is not as the run wrote it, which the page says too.
    """
    from backtester.cli.actions.report import report_runs  # pandas and plotly take half a second to import

    if not report_runs(runs, plotly, classic=classic, full=full, as_json=as_json):
        raise SystemExit(1)
