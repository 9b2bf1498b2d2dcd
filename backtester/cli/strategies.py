"""`backtester strategies list|show|new|check|evidence`.

The contract is the rules of `backtester.contract`; evidence is the table of every strategy's results at its defaults. A
strategy's mix is the stocks, bonds and bills, in fixed shares, that moved as it did.
"""

from pathlib import Path

import click

from backtester.cli.options import (
    complete_history,
    complete_strategy,
    data_option,
    history_option,
    json_option,
    plugins_option,
)
from backtester.cli.streams import StreamsGroup


@click.group(cls=StreamsGroup)
def strategies() -> None:
    """List, show, write and check strategies, and their evidence."""


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
@click.option(
    "--evidence",
    is_flag=True,
    help="Run it on each history and show its rows of the table of evidence; takes some seconds.",
)
@data_option
@json_option
def show(name: str, plugins: tuple[Path, ...], evidence: bool, data: Path | None, as_json: bool) -> None:
    """Show what a strategy does, reads and can be set to, or its results."""
    if evidence:
        from backtester.cli.actions.evidence import show_evidence  # pandas and numba take a second to import

        show_evidence(name, plugins, data, as_json=as_json)
        return
    from backtester.cli.actions.strategies import show_strategy  # executes strategies, which import pandas

    show_strategy(name, plugins, as_json=as_json)


@strategies.command()
@click.argument("name")
@click.option("--overlay", is_flag=True, help="Write one that changes the weights of the strategy below it.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=".", help="Where to write it.")
@click.option(
    "--distribution",
    type=click.Path(path_type=Path, file_okay=False),
    help="A new folder for a distribution with the strategy in it, for pip to install.",
)
def new(name: str, overlay: bool, folder: Path, distribution: Path | None) -> None:
    """Write a strategy to start from: it keeps the contract, with a docstring to fill in."""
    from backtester.cli.actions.new_strategy import write_strategy  # pandas takes half a second to import

    write_strategy(name, folder, distribution, overlay=overlay)


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


@strategies.command()
@data_option
@click.option(
    "--history",
    "histories",
    multiple=True,
    shell_complete=complete_history,
    help="A history to run on; can be given more than once.  [us, us_1962 and, where it is at hand, us_long]",
)
@plugins_option
@click.option("--out", type=click.Path(path_type=Path), help="A file for the table, as a page in Markdown.")
@json_option
def evidence(
    data: Path | None, histories: tuple[str, ...], plugins: tuple[Path, ...], out: Path | None, as_json: bool
) -> None:
    """Tabulate the results of every strategy at its defaults, each over its own time.

    The table has how often a strategy lost less than sixty_forty when stocks and bonds fell together, what it paid over
    its mix and how surely, what it gained or cost a year, and the verdict. A verdict allows for the number of
    strategies in the table: among many, some do well by luck.
    """
    from backtester.cli.actions.evidence import make_evidence  # pandas and numba take a second to import

    make_evidence(histories, plugins, data, out=out, as_json=as_json)
