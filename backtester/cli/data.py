"""`backtester data list|show|check|build|fetch|import|remove`.

A role is the name under which a history has a series, such as `stocks`; a blueprint is a file that lists a history's
series and the providers' files that they are built from.
"""

import datetime
from pathlib import Path

import click

from backtester.cli.datacheck import check
from backtester.cli.options import (
    Day,
    complete_blueprint,
    complete_history,
    data_option,
    dialect_options,
    into_option,
    json_option,
)
from backtester.cli.streams import StreamsGroup


@click.group(cls=StreamsGroup)
def data() -> None:
    """List, show, check, build, fetch, import and remove histories."""


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
@click.option(
    "--from",
    "sources",
    type=click.Path(path_type=Path),
    required=True,
    multiple=True,
    help="A folder with the files, or with folders of them; may be repeated.",
)
@into_option
def build(history: str, sources: tuple[Path, ...], data: Path) -> None:
    """Build a history from providers' files in a folder or several.

    HISTORY is a blueprint that comes with the program (us, us_long) or a .toml file of your own.
    """
    from backtester.cli.actions.build import build_from_folders  # pandas takes half a second to import

    build_from_folders(history, sources, data)


@data.command()
@click.argument("history", shell_complete=complete_blueprint)
@into_option
@click.option(
    "--from",
    "sources",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder with files of your own, which are not downloaded; may be repeated.",
)
@click.option("--cache", type=click.Path(path_type=Path), help="Where downloads are kept.  [.cache in the data folder]")
@click.option("--refresh", is_flag=True, help="Download again what is kept.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 3600),
    default=120,
    metavar="S",
    help="Seconds that an attempt at one file may take.",
)
@click.option("--base-url", envvar="BACKTESTER_BASE_URL", hidden=True)
def fetch(
    history: str,
    data: Path,
    sources: tuple[Path, ...],
    cache: Path | None,
    refresh: bool,
    timeout: int,
    base_url: str | None,
) -> None:
    """Download the files of a history from their providers and build it.

    HISTORY is a blueprint that comes with the program (us, us_long) or a .toml file of your own. Downloads are kept,
    and used as they are for twelve hours. The prices of us are Yahoo's, by way of yfinance; with --from your own
    SPY.csv and GLD.csv take their place. The files are for your own use: `backtester data show` shows each series'
    licence.
    """
    from backtester.cli.actions.fetch import fetch_from_providers  # pandas takes half a second to import

    fetch_from_providers(click.get_current_context().params)


@data.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as", "roles", required=True, help="The role of the series, or stocks=SPY,bonds=AGG for several columns."
)
@click.option("--kind", required=True, help="What the figures are: total_return, price, yield, rate or level.")
@click.option("--history", default="mine", help="The history to add the series to.")
@click.option("--column", help="The column with the figures, if there are several.")
@click.option("--unit", default="as in the file", help="Dollars, percent a year, ...")
@click.option("--source", help="Where the figures come from.  [the file's name]")
@click.option("--licence", default="not stated", help="What may be done with the figures.")
@click.option(
    "--lag-sessions", type=click.IntRange(0, 252), default=0, help="Sessions from a figure's date until it is known."
)
@click.option(
    "--absent",
    type=Day(),
    nargs=2,
    multiple=True,
    metavar="FIRST LAST",
    help="The first and last date of a stretch without figures, in which the asset is not held.",
)
@click.option(
    "--carry-days",
    type=click.IntRange(1, 400),
    help="Calendar days for which a figure stands where the next is missing.  [10]",
)
@click.option("--period-starts", is_flag=True, help="Dates are the first of a week or month: move each to its end.")
@click.option("--until", type=Day(), metavar="DATE", help="The last session of the history.")
@dialect_options
@into_option
def import_(
    file: Path,
    roles: str,
    kind: str,
    history: str,
    column: str | None,
    unit: str,
    source: str | None,
    licence: str,
    lag_sessions: int,
    absent: tuple[tuple[datetime.date, datetime.date], ...],
    carry_days: int | None,
    period_starts: bool,
    until: datetime.date | None,
    date_format: str | None,
    decimal: str | None,
    sep: str | None,
    data: Path,
) -> None:
    """Add series from a csv file to a history of your own, or to a copy of an embedded one.

    The first column of the file must hold dates. Lines above and below the table and the usual marks for missing values
    are understood; if the file leaves something open, such as whether 01/02/2024 is in January, an option must say it.
    In Yahoo's files, the column `Adj Close` is a total return and `Close` a price.

    A history needs `stocks`, whose dates are its sessions, and bills before it can be run: `--as bills --kind rate`
    computes them from a rate in percent a year, as `--as yield_3m --kind yield` does where there are none.
    """
    from backtester.cli.actions.imports import import_file  # pandas takes half a second to import

    import_file(click.get_current_context().params)


@data.command()
@click.argument("history")
@click.argument("role", required=False)
@into_option
def remove(history: str, role: str | None, data: Path) -> None:
    """Take a series out of a history of your own, or without ROLE the history itself."""
    from backtester.cli.actions.imports import remove_from_folder as remove_from  # pandas takes half a second to import

    remove_from(history, role, data)
