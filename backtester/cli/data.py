"""`backtester data list|show`."""

from pathlib import Path

import click

from backtester.cli.datacheck import check
from backtester.cli.options import complete_history, data_option, json_option


@click.group()
def data() -> None:
    """List and show histories."""


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
