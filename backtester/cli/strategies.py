"""`backtester strategies list|show|check`."""

from pathlib import Path

import click

from backtester.cli.options import complete_strategy, data_option, history_option, json_option, plugins_option


@click.group()
def strategies() -> None:
    """List, show and check strategies."""


@strategies.command("list")
@plugins_option
@json_option
def list_(plugins: tuple[Path, ...], as_json: bool) -> None:
    """List the strategies at hand."""
    from backtester.cli.actions.strategies import list_strategies  # executes strategies, which import pandas

    list_strategies(plugins, as_json=as_json)


@strategies.command()
@click.argument("name", shell_complete=complete_strategy)
@plugins_option
@json_option
def show(name: str, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Show what a strategy does, reads and can be set to."""
    from backtester.cli.actions.strategies import show_strategy  # executes strategies, which import pandas

    show_strategy(name, plugins, as_json=as_json)


@strategies.command()
@click.argument("names", nargs=-1, metavar="[NAME|PATH]...", shell_complete=complete_strategy)
@data_option
@history_option
@plugins_option
@json_option
def check(names: tuple[str, ...], data: Path | None, history: str, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Check that strategies keep the contract: above all, that they know only the past.

    Without names, every strategy at hand is checked. A name can be a strategy, its file, or a strategy with settings.
    An overlay is checked on top of sixty_forty. Each is checked in processes of its own. Exit status 1 when a rule is
    broken.
    """
    from backtester.cli.actions.check import check_strategies  # pandas and numba take a second to import

    check_strategies(names, plugins, history, data, as_json=as_json)
