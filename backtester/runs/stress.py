"""Simulating strategies in stress scenarios, and turning the results into the part `stress` of a document.

A mix is the fixed shares of stocks, bonds and bills that moved as a strategy did; a role, the name of a series; a
recipe, a base strategy and its overlays.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import BacktesterError, ScenarioError
from backtester.histories.manifest import History
from backtester.plugins.recipes import Recipe
from backtester.runs.needed_roles import roles_read
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.values import Json, clean
from backtester.stress.build import ScenarioOptions
from backtester.stress.choose import ALL, choose_scenarios
from backtester.stress.outcomes import PathOutcome, ScenarioResult, StressInputs, run_scenario
from backtester.stress.scenario import UNITS
from backtester.stress.starting_point import StartingPoint, make_starting_point
from backtester.stress.yields import maturities


@dataclass(frozen=True, eq=False)
class StressResults:
    """The results of scenarios that follow the session `at`.

    `options` say how the scenarios were changed, such as their scale. `left_out` says which scenarios the history lacks
    assets for.
    """

    at: pd.Timestamp
    options: ScenarioOptions
    results: tuple[ScenarioResult, ...]
    left_out: tuple[str, ...]


def scenario_start(
    settings: RunSettings,
    history: History,
    recipes: Sequence[Recipe],
    at: datetime.date | None,
    *,
    also: Iterable[str] = (),
) -> StartingPoint:
    """The history cut where the settings' scenarios start, after the session `at` or, if that is None, the last one.

    It has the roles that the recipes need, those in `also`, every yield, and the roles that scenarios can move. Raise
    ScenarioError if the settings measure at the ends of weeks or longer spans.
    """
    if (rhythm := settings.rhythm) is not None:
        raise ScenarioError(
            f"a scenario lasts days or weeks and most of its falls lie between the ends of {rhythm}s, which are all "
            f"that --rhythm {rhythm} sees; leave out --rhythm {rhythm}, or the scenarios"
        )
    series = history.series
    moved_roles = {*UNITS, *maturities(history)}
    roles = roles_read(recipes, history, also={*settings.legs, *also})
    roles_in_order = [role for role in series if role in {*roles, *moved_roles}]
    return make_starting_point(history, roles=roles_in_order, at=at)


def scenario_results(
    settings: RunSettings,
    starting_point: StartingPoint,
    inputs: StressInputs,
    options: ScenarioOptions,
    report: ReportProgress = no_report,
) -> StressResults:
    """The results of the settings' scenarios.

    If the settings say "all", a scenario that cannot be simulated, as the history lacks assets, is left out; the error
    of a scenario that they name is raised.
    """
    results, left_out = [], []
    may_be_left_out = any(text.lower() == ALL for text in settings.stress)
    scenarios = choose_scenarios(settings.stress, settings.history, settings.data)
    for index, scenario in enumerate(scenarios):
        report(f"Simulating {scenario.title}", index / len(scenarios))
        try:
            results.append(run_scenario(scenario, starting_point, inputs, options))
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            left_out.append(f"{scenario.name}: {error}")
    return StressResults(starting_point.last_session, options, tuple(results), tuple(left_out))


def make_stress_inputs(settings: RunSettings, recipes: Sequence[Recipe], shares: Array) -> StressInputs:
    """The recipes as they are put through scenarios; `shares` (recipes x 2) are those of the legs in their mixes."""
    return StressInputs(recipes, settings.execution, settings, shares)


def stress_document(stressed: StressResults) -> Json:
    """The part `stress` of a document: fractions, dates as ISO text, undefined values null."""
    options = stressed.options
    written: Json = clean(
        {
            "at": stressed.at,
            "scale": options.scale,
            "slow": options.slow,
            "fed": options.fed,
            "left_out": stressed.left_out,
            "scenarios": [_scenario_entry(result) for result in stressed.results],
        }
    )
    return written


def _scenario_entry(result: ScenarioResult) -> Json:
    """The document's entry of one scenario."""
    copied = ("name", "title", "about", "source", "calibrated_on", "differs", "sha256")
    return {
        **{key: getattr(result.scenario, key) for key in copied},
        "start": result.sessions[0],
        "end": result.sessions[-1],
        "sessions": len(result.sessions),
        "assets": result.assets,
        "rules": result.rules,
        "lacking": result.missing_roles,
        "strategies": {outcome.recipe: _outcome_entry(outcome) for outcome in result.outcomes},
    }


def _outcome_entry(outcome: PathOutcome) -> Json:
    """The document's entry of one strategy in one scenario."""
    return {
        "return": outcome.total,
        "deepest_fall": outcome.deepest_fall,
        "worst_session": outcome.worst_session,
        "days_to_recover": outcome.days_to_recover,
        "payoff": outcome.payoff,
        "held": outcome.held,
        "nav": np.round(outcome.nav.to_numpy(), 6).tolist(),
    }


def scenario_hashes(stressed: StressResults) -> dict[str, str]:
    """The hash of each scenario's file by the scenario's name, for a manifest."""
    return {result.scenario.name: result.scenario.sha256 for result in stressed.results}
