"""Where a strategy's return came from: by asset and P&L line inside a window, a year, and by overlay.

An overlay is judged by the recipe with and without it: `part_navs` carries out each recipe's first steps, and itself
without one of them, once each.

Everything is over the net asset value at the window's first close, so that the parts add up to the window's return:
total = sum of assets + interest - financing - costs - fees.
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

LINE_SIGNS = dict(zip(LEDGER_LINES, (1, -1, -1, -1), strict=True))
ACCOUNT_MEASURES = ("turnover_annual", *(f"{name}_annual" for name in LEDGER_LINES))
Navs = dict[str, "pd.Series[float]"]  # by recipe in full


@dataclass(frozen=True)
class ReturnLines:
    """P&L over the net asset value that it came from; `assets` by role, `total` what all of it adds up to."""

    assets: dict[str, float]
    interest: float
    financing: float
    costs: float
    fees: float
    total: float


def line_attribution(accounts: Accounts, sessions: pd.DatetimeIndex) -> Callable[[Window], ReturnLines]:
    """Attribute the return of a window of these sessions to assets and lines; NaN where nothing was left.

    An asset that was never held in the whole of the sessions is left out. The total is the record's own return.
    """
    roles, pnl, nav = _pnl(accounts, sessions)

    def lines(window: Window) -> ReturnLines:
        start = nav[window.start]
        sums = pnl[window.start + 1 : window.end + 1].sum(axis=0) / (start if start > 0 else np.nan)
        return _lines(roles, sums, nav[window.end] / start - 1 if start > 0 else float("nan"))

    return lines


def annual_lines(accounts: Accounts, sessions: pd.DatetimeIndex) -> ReturnLines:
    """The lines a year over these sessions, each session's over the value that it came from."""
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
    """These sessions among those of the accounts."""
    same = accounts.sessions is sessions
    first = 0 if same else int(accounts.sessions.searchsorted(sessions[0]))
    return slice(first, first + len(sessions))


def _years(sessions: pd.DatetimeIndex) -> float:
    """Years to spread over; NaN under 365 days, since nothing is then annualised."""
    return years if (years := years_between(sessions)) >= ONE_YEAR else float("nan")


def account_measures(accounts: Accounts, sessions: pd.DatetimeIndex) -> dict[str, float]:
    """Turnover and the P&L lines a year, as the measures name them; those of `annual_lines`, without assets."""
    [row] = measure_accounts([accounts], sessions).tolist()
    return dict(zip(ACCOUNT_MEASURES, row, strict=True))


def measure_accounts(accounts: Sequence[Accounts], sessions: pd.DatetimeIndex) -> Array:
    """The same of several accounts over these sessions, (B, 5) in the order of `ACCOUNT_MEASURES`."""
    years = _years(sessions)
    measured = np.empty((len(accounts), len(ACCOUNT_MEASURES)))
    for one, row in zip(accounts, measured, strict=True):
        kept, rows = one.kept, _rows(one, sessions)
        row[0] = kept.turnover[0, rows][1:].sum() / years
        row[1:] = _annual(kept.lines[0, rows], kept.nav[0, rows], years)
    return measured


def annual_turnover(accounts: Accounts, sessions: pd.DatetimeIndex) -> dict[str, float]:
    """The turnover of each calendar year after the first session, one way, as a share of net asset value."""
    traded = accounts.turnover.reindex(sessions).iloc[1:]
    by_year = traded.groupby(pd.DatetimeIndex(traded.index).year).sum()
    return {str(year): float(value) for year, value in by_year.items()}


def _pnl(accounts: Accounts, sessions: pd.DatetimeIndex) -> tuple[list[str], Array, Array]:
    """The roles held, the P&L by session (T, roles and lines), the net asset value (T,)."""
    rows, kept = _rows(accounts, sessions), accounts.kept
    gains = kept.gains[0, rows]
    earned = np.flatnonzero(gains.any(axis=0))
    pnl: Array = np.column_stack([gains[:, earned], kept.lines[0, rows]])
    return [accounts.assets[place] for place in earned], pnl, kept.nav[0, rows]


def _lines(roles: list[str], sums: Array, total: float) -> ReturnLines:
    by_asset, (interest, financing, costs, fees) = sums[: len(roles)].tolist(), sums[len(roles) :].tolist()
    return ReturnLines(dict(zip(roles, by_asset, strict=True)), interest, financing, costs, fees, float(total))


@dataclass(frozen=True)
class OverlayEffect:
    """What one overlay changed in a window: `in_order` on top of the steps below it, `left_out` at the end of all.

    in_order: the return of the recipe up to and with this step, less that without it. left_out: the whole recipe's
    return less that of the recipe without this step. NaN where the recipe without it cannot be simulated.
    """

    name: str
    in_order: float
    left_out: float


def part_navs(evaluations: list[Evaluation], market: Market, execution: Execution) -> Navs:
    """The net asset value of every recipe and of every part that its overlays are judged by.

    A part that cannot be simulated by itself (it reads or sells what the step left out had brought) has none.
    """
    navs: Navs = {run.recipe.full: run.accounts.nav for run in evaluations}
    overlays = [overlay for run in evaluations for overlay in _overlays(run.recipe)]
    parts = {part.full: part for _, *recipes in overlays for part in recipes if part.full not in navs}
    made = evaluate_many([(part, execution) for part in parts.values()], market)
    return navs | {run.recipe.full: run.accounts.nav for run in made if isinstance(run, Evaluation)}


def _overlays(recipe: Recipe) -> Iterator[tuple[Step, Recipe, Recipe, Recipe]]:
    """Each overlay of a recipe, and the recipe up to and with it, below it, and without it."""
    steps = recipe.steps
    for place in range(1, len(steps)):
        without = Recipe(steps[:place] + steps[place + 1 :])
        yield steps[place], Recipe(steps[: place + 1]), Recipe(steps[:place]), without


def overlay_attribution(recipe: Recipe, navs: Navs, window: Window) -> list[OverlayEffect]:
    """The effect of each overlay in a window, without the base; `navs` have the window's sessions."""

    def move(part: Recipe) -> float:
        return window_return(navs[part.full], window) if part.full in navs else float("nan")

    return [
        OverlayEffect(step.spelled(step.stated), move(whole) - move(below), move(recipe) - move(without))
        for step, whole, below, without in _overlays(recipe)
    ]
