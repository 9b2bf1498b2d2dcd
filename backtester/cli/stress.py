"""`backtester stress`: run, list, show, new, basis, reverse, frequency. A scenario is a path that follows a session."""

import datetime
from pathlib import Path
from typing import Literal

import click

from backtester.cli.options import data_option, history_option, json_option, refuse_nan
from backtester.cli.streams import StreamsGroup
from backtester.cli.stress_analyses import basis, frequency, reverse
from backtester.cli.stress_options import complete_scenario, fed_option, out_option, scenario_option, stress_options


@click.group(cls=StreamsGroup)
def stress() -> None:
    """Put strategies through scenarios of what has not happened.

    They trade through them as through history."""


@stress.command()
@stress_options
@scenario_option
@click.option(
    "--scale",
    type=click.FloatRange(0, 100),
    callback=refuse_nan,
    default=1.0,
    help="Multiply every move of a scenario by this.",
)
@click.option(
    "--slow", type=click.IntRange(1, 100), default=1, help="Sessions over which each session of a scenario is spread."
)
@fed_option
@out_option
@json_option
def run(
    recipes: tuple[str, ...],
    data: Path | None,
    history: str,
    plugins: tuple[Path, ...],
    reference: str,
    at: datetime.date | None,
    scenarios: tuple[str, ...],
    scale: float,
    slow: int,
    fed: bool | Literal["hedged"] | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Put recipes through scenarios after a session, and write a page.

    Without a recipe, 60/40 and one variant of each built-in family are tried.
    """
    from backtester.cli.actions.stress import run_scenarios, stress_settings  # pandas and numba take a second to import

    settings = stress_settings(click.get_current_context().params)
    run_scenarios(settings, at, (scale, slow, fed), out, as_json=as_json)


@stress.command("list")
@json_option
def list_scenarios(as_json: bool) -> None:
    """List the scenarios that come with the program."""
    from backtester.cli.actions.scenarios import print_scenarios  # pydantic and scipy take half a second

    print_scenarios(as_json=as_json)


@stress.command()
@click.argument("scenario", shell_complete=complete_scenario)
@data_option
@history_option
@json_option
def show(scenario: str, data: Path | None, history: str, as_json: bool) -> None:
    """Show a scenario: what it says, what it is calibrated on, and what it does to a history's assets."""
    from backtester.cli.actions.scenarios import print_scenario  # pandas and scipy take a second to import

    print_scenario(scenario, history, data, as_json=as_json)


@stress.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write a scenario file to start from, with every key explained."""
    from backtester.cli.actions.scenarios import write_scenario  # pydantic and scipy take half a second

    write_scenario(file)


for command in (basis, reverse, frequency):
    stress.add_command(command)
