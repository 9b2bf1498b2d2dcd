"""The outcomes of strategies on a scenario's path, on which they trade by their own rules, and of their mixes.

A mix is the fixed shares of the legs (the pair's stocks and bonds) and bills that moved as the strategy did. A role is
the name under which a history has a series, such as `stocks`; a recipe, a base strategy and its overlays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.analyse import mix_trading
from backtester.analysis.mix import keep_mixes
from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS, PairSettings
from backtester.analysis.period import Period, measure_period
from backtester.analysis.windows import underwater
from backtester.arrays import Array
from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.engine.execution import Execution
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe
from backtester.stress.build import DEFAULT_OPTIONS, ScenarioOptions, missing_roles, path_and_market
from backtester.stress.extend import unstated_rules
from backtester.stress.scenario import Scenario
from backtester.stress.starting_point import StartingPoint

CASH = "cash"  # its name among the weights of a `PathOutcome`


@dataclass(frozen=True, eq=False)
class PathOutcome:
    """The outcome of a strategy on a path of N sessions.

    `nav` and `mix_nav` (N + 1,) are net asset values, 1 at the close before the path; `mix_nav` is NaN without a mix.
    `total` is the return over the path, `payoff` that less the mix's; `deepest_fall` and `worst_session` are negative
    fractions or 0. `days_to_recover` are calendar days from the peak before the deepest fall until it is reached again,
    NaN if the path ends before. `held` are the mean weights of assets and of cash over the path.
    """

    recipe: str
    nav: "pd.Series[float]"
    mix_nav: "pd.Series[float]"
    total: float
    deepest_fall: float
    worst_session: float
    days_to_recover: float
    held: dict[str, float]
    payoff: float


@dataclass(frozen=True, eq=False)
class ScenarioResult:
    """The result of a scenario: the dates of its path, the returns of `assets` over it, the `rules` (in words, by role)
    for roles that it does not name, the roles that it moves and the history lacks, and the outcome of each strategy,
    the reference first."""

    scenario: Scenario
    sessions: pd.DatetimeIndex
    assets: dict[str, float]
    rules: dict[str, str]
    missing_roles: tuple[str, ...]
    outcomes: tuple[PathOutcome, ...]


@dataclass(frozen=True, eq=False)
class StressInputs:
    """What is put through scenarios: B recipes, the reference first, with the settings of their trading (`execution`);
    the pair's legs; and the shares (B, 2) of the legs in the recipes' mixes, fitted on the history before the path,
    None for no mixes."""

    recipes: Sequence[Recipe]
    execution: Execution = Execution()  # noqa: RUF009 - frozen
    pair_settings: PairSettings = DEFAULT_PAIR_SETTINGS
    shares: Array | None = None


def run_scenario(
    scenario: Scenario, starting_point: StartingPoint, inputs: StressInputs, options: ScenarioOptions = DEFAULT_OPTIONS
) -> ScenarioResult:
    """The result of a scenario that follows the starting point. Raise ScenarioError if it is impossible there, and the
    error of a recipe that fails."""
    path, market = path_and_market(scenario, starting_point, options)
    count = len(market.sessions) - len(starting_point.market.sessions)
    last = market.levels.iloc[-count - 1 :]
    return ScenarioResult(
        scenario=scenario,
        sessions=market.sessions[-count:],
        assets={str(role): float(level.iloc[-1] / level.iloc[0] - 1) for role, level in last.items()},
        rules=unstated_rules(starting_point, path),
        missing_roles=tuple(missing_roles(scenario, starting_point)),
        outcomes=recipe_outcomes(market, count, inputs),
    )


def recipe_outcomes(market: Market, count: int, inputs: StressInputs) -> tuple[PathOutcome, ...]:
    """The outcome of each recipe over the market's last `count` sessions. Raise its error if a recipe fails."""
    period = measure_period(_with_legs(market, inputs.pair_settings), inputs.pair_settings)
    outcomes = []
    runs = evaluate_many([(recipe, inputs.execution) for recipe in inputs.recipes], market)
    for place, run in enumerate(runs):
        if isinstance(run, BacktesterError):
            raise run
        shares = np.full(2, np.nan) if inputs.shares is None else inputs.shares[place]
        outcomes.append(_outcome(run, mix_nav(run, shares, period, count), count))
    return tuple(outcomes)


def _with_legs(market: Market, pair_settings: PairSettings) -> Market:
    """The market from the first session on which both legs have a level."""
    return market.since(int(market.levels[list(pair_settings.legs)].notna().all(axis=1).to_numpy().argmax()))


def mix_nav(run: Evaluation, shares: Array, period: Period, count: int) -> Array:
    """The net asset value (N + 1,) over the last N = `count` sessions, from 1, of the run's mix with these shares (2,);
    NaN if they are not finite."""
    if not np.isfinite(shares).all():
        return np.full(count + 1, np.nan)
    kept = keep_mixes(shares[None], mix_trading([run], period), np.zeros(1, np.int64))
    nav = kept.nav.mean(axis=0)[-count - 1 :]
    return np.asarray(nav / nav[0], np.float64)


def _outcome(run: Evaluation, mix: Array, count: int) -> PathOutcome:
    """The outcome of a run over its last N = `count` sessions, beside its mix's net asset value (N + 1,)."""
    own = run.accounts.nav.iloc[-count - 1 :]
    nav = pd.Series(np.divide(own, own.iloc[0]) if own.iloc[0] > 0 else np.full(count + 1, np.nan), own.index)
    values = np.asarray(nav, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        sessions = values[1:] / values[:-1] - 1
    total = float(values[-1] - 1)
    held = run.accounts.weights.iloc[-count - 1 : -1].mean()
    funded = [name for name in held.index if run.book.market.history.is_funded(str(name))]
    weights = {str(name): float(weight) for name, weight in held.items() if abs(weight) > 1e-9}
    return PathOutcome(
        recipe=run.recipe.name,
        nav=nav,
        mix_nav=pd.Series(mix, nav.index),
        total=total,
        deepest_fall=float(underwater(values).min()),
        worst_session=float(np.nanmin(sessions, initial=0.0)),
        days_to_recover=days_to_recover(nav),
        held={**weights, CASH: 1.0 - float(held[funded].sum())},
        payoff=total - float(mix[-1] - 1),
    )


def days_to_recover(nav: "pd.Series[float]") -> float:
    """Calendar days from the peak before the deepest fall to the first close back at the peak; 0 without a fall, NaN if
    it is not reached again."""
    values = np.asarray(nav, np.float64)
    depths = underwater(values)
    if not depths.min() < 0:
        return 0.0
    low = int(depths.argmin())
    peak = int(np.flatnonzero(depths[:low] == 0)[-1])
    back = np.flatnonzero(depths[low:] == 0)
    dates = pd.DatetimeIndex(nav.index)
    return float((dates[low + int(back[0])] - dates[peak]).days) if len(back) else float("nan")
