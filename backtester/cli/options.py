"""Options that several commands share, and completions for the shell."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem


class Day(click.ParamType):  # type: ignore[type-arg]  # it is generic from click 8.4 on
    """The type of an option that is a date, written like 2020-03-23."""

    name = "date"

    def __repr__(self) -> str:
        return "Day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The date; fail with a usage error if the text is none."""
        try:
            return datetime.datetime.strptime(value, "%Y-%m-%d").date()  # `fromisoformat` reads weeks too
        except ValueError:
            self.fail(f"{value!r} is no date; write it like 2020-03-23", param, ctx)


def complete_history(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of histories that begin with the incomplete word."""
    from backtester.cli.actions.data import history_rows  # imports rich; only the shell asks for this

    names = [row["name"] for row in history_rows(ctx.params.get("data"))]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_blueprint(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of blueprints, files that list a history's series, that begin with the incomplete word."""
    from backtester.histories.blueprints.blueprint import blueprint_names  # imports pydantic; only the shell asks

    return [CompletionItem(name) for name in blueprint_names() if name.startswith(incomplete)]


def complete_strategy(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of strategies that begin with the incomplete word, with their summaries."""
    from backtester.cli.actions.strategies import declared_library  # may execute strategies; only the shell asks

    strategies = declared_library(ctx.params.get("plugins") or ())["strategies"]
    summaries = {strategy["name"]: strategy["summary"] for strategy in strategies}
    return [CompletionItem(name, help=text) for name, text in summaries.items() if name.startswith(incomplete)]


def parse_band(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """The value of --band as a fraction, infinite for none. Raise BadParameter if it is neither."""
    if value is None:
        return None
    try:
        band = float("inf") if value.lower() == "none" else float(value)
    except ValueError:
        band = -1.0  # refused below
    if not (0 <= band <= 1 or band == float("inf")):
        raise click.BadParameter(f"{value!r} is not a band; give a fraction such as 0.05, or none", ctx, param)
    return band


def stated_costs(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> object:
    """The costs that the values of --cost-bps state. Raise BadParameter if one is not understood."""
    from backtester.engine import costs  # imports pydantic, which --help does not need
    from backtester.errors import RecipeError  # beside the line above

    try:
        return costs.parse_costs(words)
    except RecipeError as error:
        raise click.BadParameter(str(error), ctx, param) from error


def parse_named(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> dict[str, str]:
    """Values like "cta=cta.csv" as a dict. Raise BadParameter if one has another form, or a name is given twice."""
    pairs = [word.partition("=") for word in words]
    for word, (name, _, value) in zip(words, pairs, strict=True):
        if not name or not value:
            raise click.BadParameter(f"{word!r} is not {param.metavar}", ctx, param)
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise click.BadParameter("a name is given twice; give each once", ctx, param)
    return {name: value for name, _, value in pairs}


def refuse_nan(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """The value. Raise BadParameter if it is nan, which click's ranges let through."""
    if value is not None and value != value:
        raise click.BadParameter("nan is not a number", ctx, param)
    return value


def dialect_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how a csv file is written, for files that do not show it."""
    for option in (
        click.option(
            "--sep", type=click.Choice([",", ";", "tab", "|"]), help="What separates the fields.  [as the file shows]"
        ),
        click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark.  [as the file shows]"),
        click.option("--date-format", help="The form of the dates, such as %d/%m/%Y.  [as the file shows]"),
    ):
        command = option(command)
    return command


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="BACKTESTER_DATA",
    help="A folder with a manifest.toml, layered over the embedded histories.",
)
into_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="BACKTESTER_DATA",
    required=True,
    help="The folder of your histories, created if it is missing. Or set BACKTESTER_DATA.",
)
history_option = click.option("--history", default="us", shell_complete=complete_history, help="The history to run on.")
plugins_option = click.option(
    "--plugins",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A strategy file, or a folder of them. Can be given more than once.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of tables.")
look_ahead_option = click.option(
    "--allow-look-ahead", is_flag=True, help="Exit with status 0 even if a strategy looks ahead."
)
runs_argument = click.argument(
    "runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path, file_okay=False)
)
plotly_option = click.option(
    "--plotly",
    type=click.Choice(["inside", "beside"]),
    help="plotly.js (5 MB) inside each page, or once beside the pages.  [inside; beside where there are several]",
)
full_option = click.option("--full", is_flag=True, help="Open everything that folds, so that it is printed.")
classic_option = click.option(
    "--classic", is_flag=True, help="Also write quantstats' report of each strategy, some five seconds each."
)
