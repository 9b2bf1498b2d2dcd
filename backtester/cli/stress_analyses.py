"""`backtester stress basis`, `reverse` and `frequency`: analyses beyond the path of one scenario.

The basis is the gap between Treasuries and their futures: funds that hold the one against the other lose when it
widens, and sell, which widens it further.
"""

import datetime
from pathlib import Path
from typing import Literal

import click

from backtester.cli.options import json_option, refuse_nan
from backtester.cli.streams import Command
from backtester.cli.stress_options import fed_option, out_option, scenario_option, stress_options


@click.command(cls=Command)
@click.option("--held-bn", type=float, default=830.0, help="Treasuries held against futures, $bn.")
@click.option("--leverage", type=float, default=56.0, help="The funds' leverage, at most 1 / (haircut + margin).")
@click.option(
    "--theta",
    type=float,
    default=0.1,
    help="Basis points by which the basis widens for each basis point that yields rise.",
)
@click.option("--kappa", type=float, help="Basis points of yields for each $100bn sold.  [fitted to March 2020]")
@click.option("--share", type=float, default=0.25, help="The funds' share of March 2020's rise.")
@click.option("--haircut", type=float, default=0.0, help="Haircut in repo, a fraction.")
@click.option("--margin", type=float, default=0.015, help="Margin on the futures, a fraction.")
@click.option("--margin-per-bp", type=float, default=0.0, help="Margin added for each basis point of volatility.")
@click.option(
    "--volatility-span",
    type=float,
    default=32.0,
    help="Sessions that the volatility of a day's moves looks back on; RiskMetrics has 32.",
)
@click.option("--duration", type=float, default=0.0005, help="What a basis point costs, a fraction of the price.")
@click.option("--capacity-bn", type=float, default=150.0, help="What dealers can buy in a session, $bn.")
@click.option("--steeper", type=float, default=2.0, help="Kappa is multiplied by this beyond that capacity.")
@click.option(
    "--decaying", type=float, default=0.25, help="The part of the rise in yields that fades again, a fraction."
)
@click.option("--decay", type=float, default=0.1, help="The share of that part that fades in a session, a fraction.")
@click.option("--trigger-bp", type=float, default=30.0, help="Basis points that yields rise before the Fed buys.")
@out_option
@json_option
def basis(
    held_bn: float,
    leverage: float,
    theta: float,
    kappa: float | None,
    share: float,
    haircut: float,
    margin: float,
    margin_per_bp: float,
    volatility_span: float,
    duration: float,
    capacity_bn: float,
    steeper: float,
    decaying: float,
    decay: float,
    trigger_bp: float,
    out: Path | None,
    as_json: bool,
) -> None:
    """The basis-trade spiral: its amplification, its tipping point, and the map of both.

    Public data do not identify it. March 2020 fits two targets: the funds' 173 billion of sales, and their share of
    the 64 basis points by which the ten-year yield rose.
    """
    from backtester.cli.actions.basis import run_basis  # numba and scipy take a second to import

    run_basis(click.get_current_context().params, out, as_json=as_json)


@click.command(cls=Command)
@stress_options
@scenario_option
@click.option(
    "--lose",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    callback=refuse_nan,
    default=0.25,
    help="The loss to reach, as a fraction of the starting value.",
)
@fed_option
@out_option
@json_option
def reverse(
    recipes: tuple[str, ...],
    data: Path | None,
    history: str,
    plugins: tuple[Path, ...],
    reference: str,
    at: datetime.date | None,
    scenarios: tuple[str, ...],
    lose: float,
    fed: bool | Literal["hedged"] | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Find the size of each scenario at which a strategy loses a given part, and at which each hedge stops helping."""
    from backtester.cli.actions.stress_analyses import run_reverse  # pandas and numba take a second to import

    run_reverse(click.get_current_context().params, out, as_json=as_json)


@click.command(cls=Command)
@stress_options
@click.option(
    "--times",
    type=click.FloatRange(0, 100, min_open=True),
    callback=refuse_nan,
    default=2.0,
    help="Make joint sell-offs this many times as frequent.",
)
@click.option(
    "--paths", type=click.IntRange(2, 100_000), default=5000, help="Paths for portfolios whose targets never change."
)
@click.option("--dynamic-paths", type=click.IntRange(0, 10_000), default=100, help="Paths for all other strategies.")
@click.option("--years", type=click.IntRange(1, 20), default=20, help="Years that a path lasts.")
@click.option(
    "--spend",
    type=click.FloatRange(0, 1),
    callback=refuse_nan,
    default=0.04,
    help="Spending a year, as a fraction of the starting value; it rises by 2% a year.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, help="Seed of the paths.")
@out_option
@json_option
def frequency(
    recipes: tuple[str, ...],
    data: Path | None,
    history: str,
    plugins: tuple[Path, ...],
    reference: str,
    at: datetime.date | None,
    times: float,
    paths: int,
    dynamic_paths: int,
    years: int,
    spend: float,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Simulate strategies on paths of years in which joint sell-offs are more frequent than in the history.

    Blocks of the history are drawn with unequal probabilities; no sell-off is copied. Strategies whose targets change
    are slower to simulate, and get fewer paths.
    """
    from backtester.cli.actions.stress_analyses import run_frequency  # pandas and numba take a second to import

    run_frequency(click.get_current_context().params, out, as_json=as_json)
