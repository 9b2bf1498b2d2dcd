"""`backtester data check`."""

from pathlib import Path

import click

from backtester.cli.options import complete_history, data_option, dialect_options, json_option
from backtester.cli.streams import Command

KINDS = ("price", "total_return", "yield", "rate", "level", "return")


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[HISTORY|FILE|FOLDER]...", shell_complete=complete_history)
@data_option
@click.option("--column", help="The column of the csv files to check.  [every series in them]")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="What the csv files hold.  [not known: only what holds for any series is checked]",
)
@dialect_options
@json_option
def check(
    names: tuple[str, ...],
    data: Path | None,
    column: str | None,
    kind: str | None,
    date_format: str | None,
    decimal: str | None,
    sep: str | None,
    as_json: bool,
) -> None:
    """Check histories or csv files: dates, gaps, stale runs, jumps, prices taken for returns, filled stretches.

    Without names, every history at hand is checked. A name can be a history, a csv file or a folder of them. Nothing is
    mended. Exit status 1 when something is refused.
    """
    from backtester.cli.actions.datacheck import check_data  # pandas takes half a second to import

    check_data(click.get_current_context().params)
