"""Options that the commands of `backtester stress` share, and completions for the shell."""

from collections.abc import Callable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from backtester.cli.options import Day, data_option, history_option, plugins_option
from backtester.cli.recipe_completion import complete_recipe


def complete_scenario(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of built-in scenarios that begin with the incomplete word."""
    from backtester.stress.read import scenario_names  # imports pydantic and scipy; only the shell asks for this

    return [CompletionItem(name) for name in (*scenario_names(), "all") if name.startswith(incomplete)]


def stress_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument and options for the strategies, the history, and the session that a scenario follows."""
    for option in (
        click.option(
            "--at",
            type=Day(),
            help="The session that scenarios follow.  [the history's last]",
        ),
        click.option(
            "--reference",
            default="sixty_forty",
            shell_complete=complete_recipe,
            help="The recipe that others are compared with.",
        ),
        plugins_option,
        history_option,
        data_option,
        click.argument("recipes", nargs=-1, metavar="[RECIPE]...", shell_complete=complete_recipe),
    ):
        command = option(command)
    return command


scenario_option = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    default=("all",),
    shell_complete=complete_scenario,
    help="A scenario's name, a .toml file, a crisis, a window such as 2020-03-09..2020-03-18 or joint:2020-03-18, or "
    "all. Can be repeated.",
)
FED_CHOICES = {None: None, "on": True, "off": False, "hedged": "hedged"}  # as `stress.build.ScenarioOptions` has it
fed_option = click.option(
    "--fed",
    type=click.Choice(["on", "off", "hedged"]),
    callback=lambda ctx, param, value: FED_CHOICES[value],
    help="The Fed's purchases of March 2020; hedged: futures sold, moving the basis alone.  [as the scenario says]",
)
out_option = click.option("--out", type=click.Path(path_type=Path), help="The folder to write into.")
