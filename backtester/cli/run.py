"""`backtester run`.

The pair, whose legs are stocks and bonds, is what sell-offs are defined on; a role is a history's name for a series. A
rhythm is how often sessions come, daily to quarterly.
"""

import datetime
from pathlib import Path

import click

from backtester.cli.options import (
    Day,
    classic_option,
    data_option,
    dialect_options,
    history_option,
    json_option,
    look_ahead_option,
    parse_band,
    parse_named,
    plotly_option,
    plugins_option,
    refuse_nan,
    stated_costs,
)
from backtester.cli.recipe_completion import complete_recipe
from backtester.cli.streams import Command


@click.command(cls=Command)
@click.argument("recipes", nargs=-1, metavar="[RECIPE]...", shell_complete=complete_recipe)
@data_option
@history_option
@click.option(
    "--rhythm",
    type=click.Choice(["week", "month", "quarter"]),
    help="Measure at the ends of weeks, months or quarters only.  [every session]",
)
@click.option("--start", type=Day(), help="Measure from this date on.")
@click.option("--end", type=Day(), help="End the history at this date.")
@plugins_option
@click.option(
    "--series",
    multiple=True,
    callback=parse_named,
    metavar="NAME=FILE.csv",
    help="An asset for this run alone, such as a fund's record: hold(asset='NAME') holds it. Can be repeated.",
)
@click.option(
    "--column",
    multiple=True,
    callback=parse_named,
    metavar="NAME=COLUMN",
    help="The column of --series NAME, if there are several.",
)
@click.option(
    "--form",
    multiple=True,
    callback=parse_named,
    metavar="NAME=FORM",
    help="What the figures of --series NAME are: levels, returns (fractions of 1) or percent.  [as they look]",
)
@click.option(
    "--weights",
    multiple=True,
    callback=parse_named,
    metavar="NAME=FILE.csv",
    help="A strategy NAME for this run, its target weights in a csv: dates x assets. Can be repeated.",
)
@click.option(
    "--period-starts", is_flag=True, help="Dates of --series are the first of a week or month: move them to its end."
)
@dialect_options
@click.option(
    "--reference",
    default="sixty_forty",
    shell_complete=complete_recipe,
    help="The recipe that others are compared with.",
)
@click.option("--stocks-role", default="stocks", help="The pair's risky leg, a role of the history.")
@click.option("--bonds-role", default="bonds", help="The pair's hedging leg, such as long_bonds.")
@click.option(
    "--stocks-weight",
    type=click.FloatRange(0, 1),
    callback=refuse_nan,
    default=0.6,
    help="The first leg's share of the pair.",
)
@click.option(
    "--stocks-fall",
    type=float,
    default=-0.05,
    help="How far the first leg falls in a sell-off, as a negative fraction.",
)
@click.option("--bonds-fall", type=float, default=-0.005, help="How far the second leg falls in a joint sell-off.")
@click.option(
    "--rebalance",
    help="day, week, month, quarter, year or never; month+5: five sessions later; month/4: in four tranches.  [month]",
)
@click.option("--band", callback=parse_band, help="Also trade when weights are this far off; none for never.  [0.05]")
@click.option(
    "--relative-band",
    type=click.FloatRange(0, 2, min_open=True),
    callback=refuse_nan,
    help="Also trade when an asset is off by this share of its target.",
)
@click.option("--to-edge", is_flag=True, help="A trade that a band calls for goes only to the band's edge.")
@click.option(
    "--min-trade",
    type=click.FloatRange(0, 1, max_open=True),
    default=0,
    callback=refuse_nan,
    help="Do not trade an asset that is off by less than this.",
)
@click.option("--lag", type=click.IntRange(0, 252), default=1, help="Sessions from target to trade.")
@click.option(
    "--cost-bps",
    multiple=True,
    callback=stated_costs,
    metavar="[NAME=]BPS",
    help="Cost of trading a funded asset (2), or NAME's: an asset (gold=10; gold=10/5 to buy and sell), unfunded (1), "
    "fixed for each trade, of the start (0); or a year: borrow (50), short (30), cash (0), fee (0). Can be repeated.",
)
@click.option(
    "--resamples",
    type=click.IntRange(0, 1_000_000),
    default=1000,
    help="Resamples that intervals come from: 100 or more; 0 for no intervals.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, help="Seed of the random resamples.")
@click.option(
    "--audit", is_flag=True, help="Simulate every portfolio again with vectorbt; print the largest difference."
)
@click.option(
    "--stress",
    multiple=True,
    metavar="SCENARIO",
    help="Put every strategy through a scenario after the last session: a name, a file, a window, or all.",
)
@click.option("--as-of", is_flag=True, help="Add what this page would have said at each year-end, and what followed.")
@look_ahead_option
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write into.  [runs/HISTORY-KEY]")
@plotly_option
@classic_option
@json_option
def run(
    recipes: tuple[str, ...],
    data: Path | None,
    history: str,
    rhythm: str | None,
    start: datetime.date | None,
    end: datetime.date | None,
    plugins: tuple[Path, ...],
    series: dict[str, str],
    column: dict[str, str],
    form: dict[str, str],
    weights: dict[str, str],
    period_starts: bool,
    date_format: str | None,
    decimal: str | None,
    sep: str | None,
    reference: str,
    stocks_role: str,
    bonds_role: str,
    stocks_weight: float,
    stocks_fall: float,
    bonds_fall: float,
    rebalance: str | None,
    band: float | None,
    relative_band: float | None,
    to_edge: bool,
    min_trade: float,
    lag: int,
    cost_bps: object,
    resamples: int,
    seed: int,
    audit: bool,
    stress: tuple[str, ...],
    as_of: bool,
    allow_look_ahead: bool,
    out: Path | None,
    plotly: str | None,
    classic: bool,
    as_json: bool,
) -> None:
    """Backtest recipes and write a tearsheet on joint stock-bond drawdowns.

    A recipe is a strategy and its overlays: 'sixty_forty + gold_overlay(size=0.10)'. Without one, 60/40 and the
    recipes that strategies state as their own are run. Exit status 1 when a strategy looks ahead. A strategy is code
    that runs with your rights. If it ends the process from C code, the run ends without a message; `strategies check`
    reports it.
    """
    from backtester.cli.actions.run import run_settings, run_to_folder  # pandas and numba take a second to import

    settings = run_settings(click.get_current_context().params)
    causal = run_to_folder(settings, out, beside=plotly == "beside", classic=classic, as_json=as_json)
    if not (causal or allow_look_ahead):
        raise SystemExit(1)
