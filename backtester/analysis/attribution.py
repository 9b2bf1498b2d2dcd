"""Where a strategy's return came from: by asset and P&L line, in a window or a year, and by overlay.

All parts are divided by the net asset value at the window's first close, so that they add up to the window's return:
total = sum of assets + interest - financing - costs - fees.

A recipe is a base strategy and the overlays that change its weights, one step each. An overlay is judged by recipes
with and without it. `part_navs` evaluates these: each recipe's first steps, and the recipe without each of its
overlays, every different one once. A role is the name under which a history has a series, such as `stocks`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.measures import years_between
from backtester.analysis.scorecard import ONE_YEAR
from backtester.analysis.windows import Window, window_return
from backtester.arrays import Array
from backtester.engine.accounts import Accounts
from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.engine.execution import Execution
from backtester.engine.many import LEDGER_LINES
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe, Step

LINE_SIGNS = dict(zip(LEDGER_LINES, (1, -1, -1, -1), strict=True))  # in a sum of P&L: interest is earned, others paid
ACCOUNT_MEASURES = ("turnover_annual", *(f"{name}_annual" for name in LEDGER_LINES))
Navs = dict[str, "pd.Series[float]"]  # net asset values by the full text of a recipe


@dataclass(frozen=True)
class ReturnLines:
    """The parts of a return, as fractions of net asset value: of `assets` by role, and of each P&L line; costs are
    positive, and are subtracted in `total`."""

    assets: dict[str, float]
    interest: float
    financing: float
    costs: float
    fees: float
    total: float


def line_attribution(accounts: Accounts, sessions: pd.DatetimeIndex) -> Callable[[Window], ReturnLines]:
    """A function that splits the return of a window of these sessions by asset and line; NaN if nothing was left at the
    window's start.

    An asset that never earned anything in these sessions is left out. The total is the return of the net asset value.
    """
    roles, pnl, nav = _pnl(accounts, sessions)

    def lines(window: Window) -> ReturnLines:
        """The parts of the return of a window."""
        start = nav[window.start]
        sums = pnl[window.start + 1 : window.end + 1].sum(axis=0) / (start if start > 0 else np.nan)
        return _lines(roles, sums, nav[window.end] / start - 1 if start > 0 else float("nan"))

    return lines


def annual_lines(accounts: Accounts, sessions: pd.DatetimeIndex) -> ReturnLines:
    """The parts of the return a year over these sessions: sums of each session's P&L over the net asset value
    before."""
    roles, pnl, nav = _pnl(accounts, sessions)
    sums = _annual(pnl, nav, _years(sessions))
    signs = np.array([1] * len(roles) + list(LINE_SIGNS.values()))
    return _lines(roles, sums, float(signs @ sums))


def _annual(pnl: Array, nav: Array, years: float) -> Array:
    """The sums a year (C,) of each session's P&L (T, C) over the net asset value (T,) that it came from."""
    before = np.divide(1.0, nav[:-1], out=np.zeros(len(nav) - 1), where=nav[:-1] > 0)  # after ruin there is no P&L
    sums: Array = np.einsum("tc,t->c", pnl[1:], before) / years
    return sums


def _rows(accounts: Accounts, sessions: pd.DatetimeIndex) -> slice:
    """The rows of these sessions among those of the accounts."""
    is_same = accounts.sessions is sessions
    first = 0 if is_same else int(accounts.sessions.searchsorted(sessions[0]))
    return slice(first, first + len(sessions))


def _years(sessions: pd.DatetimeIndex) -> float:
    """The years that sums are divided by; NaN under 365 days, so that nothing is annualised."""
    return years if (years := years_between(sessions)) >= ONE_YEAR else float("nan")


def account_measures(accounts: Accounts, sessions: pd.DatetimeIndex) -> dict[str, float]:
    """The turnover and each P&L line a year, by the names of `ACCOUNT_MEASURES`."""
    [row] = measure_accounts([accounts], sessions).tolist()
    return dict(zip(ACCOUNT_MEASURES, row, strict=True))


def measure_accounts(accounts: Sequence[Accounts], sessions: pd.DatetimeIndex) -> Array:
    """The `account_measures` (B, 5) of B accounts over these sessions."""
    years = _years(sessions)
    measured = np.empty((len(accounts), len(ACCOUNT_MEASURES)))
    for own, row in zip(accounts, measured, strict=True):
        kept, rows = own.kept, _rows(own, sessions)
        row[0] = kept.turnover[0, rows][1:].sum() / years
        row[1:] = _annual(kept.lines[0, rows], kept.nav[0, rows], years)
    return measured


def annual_turnover(accounts: Accounts, sessions: pd.DatetimeIndex) -> dict[str, float]:
    """The turnover of each calendar year after the first session, one way, as a share of net asset value."""
    traded = accounts.turnover.reindex(sessions).iloc[1:]
    by_year = traded.groupby(pd.DatetimeIndex(traded.index).year).sum()
    return {str(year): float(value) for year, value in by_year.items()}


def _pnl(accounts: Accounts, sessions: pd.DatetimeIndex) -> tuple[list[str], Array, Array]:
    """The K roles that earned anything, the P&L by session (T, K + 4) of these and of the lines, and the net asset
    value (T,)."""
    rows, kept = _rows(accounts, sessions), accounts.kept
    gains = kept.gains[0, rows]
    earned = np.flatnonzero(gains.any(axis=0))
    pnl: Array = np.column_stack([gains[:, earned], kept.lines[0, rows]])
    return [accounts.assets[place] for place in earned], pnl, kept.nav[0, rows]


def _lines(roles: list[str], sums: Array, total: float) -> ReturnLines:
    """The parts of a return from sums (K + 4,) of K roles and of the lines."""
    by_asset, (interest, financing, costs, fees) = sums[: len(roles)].tolist(), sums[len(roles) :].tolist()
    return ReturnLines(
        assets=dict(zip(roles, by_asset, strict=True)),
        interest=interest,
        financing=financing,
        costs=costs,
        fees=fees,
        total=float(total),
    )


@dataclass(frozen=True)
class OverlayEffect:
    """The effect of one overlay on a window's return, in two ways.

    `in_order`: the return of the recipe up to this step, less that of the steps below it. `left_out`: the return of the
    whole recipe, less that of the recipe without this step. NaN where one of the recipes cannot be simulated.
    """

    name: str
    in_order: float
    left_out: float


def part_navs(evaluations: list[Evaluation], market: Market, execution: Execution) -> Navs:
    """The net asset values of all recipes and of the parts of them by which overlays are judged.

    A part that cannot be simulated by itself has none: a step may need an asset that the step left out would have
    bought.
    """
    navs: Navs = {run.recipe.full: run.accounts.nav for run in evaluations}
    overlays = [overlay for run in evaluations for overlay in _overlays(run.recipe)]
    parts = {part.full: part for _, *recipes in overlays for part in recipes if part.full not in navs}
    made = evaluate_many([(part, execution) for part in parts.values()], market)
    return navs | {run.recipe.full: run.accounts.nav for run in made if isinstance(run, Evaluation)}


def _overlays(recipe: Recipe) -> Iterator[tuple[Step, Recipe, Recipe, Recipe]]:
    """For each overlay of a recipe its step, and the recipes up to it, below it, and without it."""
    steps = recipe.steps
    for place in range(1, len(steps)):
        without = Recipe(steps[:place] + steps[place + 1 :])
        yield steps[place], Recipe(steps[: place + 1]), Recipe(steps[:place]), without


def overlay_attribution(recipe: Recipe, navs: Navs, window: Window) -> list[OverlayEffect]:
    """The effect of each overlay of a recipe on a window's return; `navs` are by session, as the window is."""

    def total(part: Recipe) -> float:
        """The return of a part of the recipe; NaN if it could not be simulated."""
        return window_return(navs[part.full], window) if part.full in navs else float("nan")

    return [
        OverlayEffect(step.spelled(step.stated), total(up_to) - total(below), total(recipe) - total(without))
        for step, up_to, below, without in _overlays(recipe)
    ]
