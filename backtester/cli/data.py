"""`backtester data list|show|check|build|import`."""

from pathlib import Path

import click

from backtester.cli.datacheck import check
from backtester.cli.options import complete_blueprint, complete_history, data_option, into_option, json_option


@click.group()
def data() -> None:
    """List, show, check, build and import histories."""


data.add_command(check)


@data.command("list")
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    """List the histories at hand."""
    from backtester.cli.actions.data import list_histories  # pandas takes half a second to import

    list_histories(data, as_json=as_json)


@data.command()
@click.argument("history", shell_complete=complete_history)
@data_option
@json_option
def show(history: str, data: Path | None, as_json: bool) -> None:
    """Show a history's series, where they come from, and how they are used."""
    from backtester.cli.actions.data import show_history  # pandas takes half a second to import

    show_history(history, data, as_json=as_json)


@data.command()
@click.argument("history", shell_complete=complete_blueprint)
@click.option("--from", "source", type=click.Path(path_type=Path), required=True, help="The folder with the files.")
@into_option
def build(history: str, source: Path, data: Path) -> None:
    """Build a history from providers' files in a folder.

    HISTORY is a blueprint that comes with the program, such as us_long, or a .toml file of your own.
    """
    from backtester.cli.actions.build import build_from_folder  # pandas takes half a second to import

    build_from_folder(history, source, data)


@data.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "role", required=True, help="The role that the series plays: stocks, gold, vix, ...")
@click.option("--kind", required=True, help="What the figures are: total_return, price, yield, rate or level.")
@click.option("--history", default="mine", show_default=True, help="The history to add the series to.")
@click.option("--column", help="The column with the figures, where there are several.")
@click.option("--unit", default="as in the file", help="Dollars, percent a year, ...")
@click.option("--source", help="Where the figures come from.  [the file's name]")
@click.option("--licence", default="not stated", help="What may be done with them.")
@click.option("--lag-sessions", type=click.IntRange(0, 252), default=0, help="Sessions until a figure is known.")
@into_option
def import_(
    file: Path,
    role: str,
    kind: str,
    history: str,
    column: str | None,
    unit: str,
    source: str | None,
    licence: str,
    lag_sessions: int,
    data: Path,
) -> None:
    """Add a series from a csv file to a history of your own.

    The file's first column holds dates; banners, footers and the usual marks for missing values are understood. A
    history needs `stocks`, whose dates are its sessions, and `bills` or a 3-month yield, before it can be run.
    """
    from backtester.cli.actions.build import import_file  # pandas takes half a second to import

    import_file(click.get_current_context().params)
