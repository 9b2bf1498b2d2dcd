"""Strategies put through scenarios: carried out, and written down as the part `stress` of a document."""

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
    """The results of scenarios: the session that they follow, how they were changed, the result of each, and why others
    were left out."""

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
    """The starting point of the settings' scenarios, with the roles that the recipes read, those in `also`, every
    yield, and the well-known roles that a scenario moves."""
    if (rhythm := settings.rhythm) is not None:
        raise ScenarioError(
            f"a scenario lasts days or weeks and most of its falls lie between the ends of {rhythm}s, which are all "
            f"that --rhythm {rhythm} sees; leave out --rhythm {rhythm}, or the scenarios"
        )
    series = history.series
    besides = {*UNITS, *maturities(history)}
    roles = roles_read(recipes, history, also={*settings.legs, *also})
    known = [role for role in series if role in {*roles, *besides}]
    return make_starting_point(history, roles=known, at=at)


def scenario_results(
    settings: RunSettings,
    starting_point: StartingPoint,
    inputs: StressInputs,
    options: ScenarioOptions,
    report: ReportProgress = no_report,
) -> StressResults:
    """The results of the settings' scenarios. With `all`, a scenario that the history lacks assets for is left
    out and reported; one that was named raises its error."""
    results, left_out = [], []
    may_be_left_out = any(text.lower() == ALL for text in settings.stress)
    scenarios = choose_scenarios(settings.stress, settings.history, settings.data)
    for place, scenario in enumerate(scenarios):
        report(f"Simulating {scenario.title}", place / len(scenarios))
        try:
            results.append(run_scenario(scenario, starting_point, inputs, options))
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            left_out.append(f"{scenario.name}: {error}")
    return StressResults(starting_point.last_session, options, tuple(results), tuple(left_out))


def make_stress_inputs(settings: RunSettings, recipes: Sequence[Recipe], shares: Array) -> StressInputs:
    """The recipes as they are put through scenarios."""
    return StressInputs(recipes, settings.execution, settings, shares)


def stress_document(stressed: StressResults) -> Json:
    """The part `stress` of a document; fractions, ISO dates, what is undefined null."""
    options = stressed.options
    written: Json = clean(
        {
            "at": stressed.at,
            "scale": options.scale,
            "slow": options.slow,
            "fed": options.fed,
            "left_out": stressed.left_out,
            "scenarios": [_scenario(one) for one in stressed.results],
        }
    )
    return written


def _scenario(result: ScenarioResult) -> Json:
    words = ("name", "title", "about", "source", "calibrated_on", "differs", "sha256")
    return {
        **{word: getattr(result.scenario, word) for word in words},
        "start": result.sessions[0],
        "end": result.sessions[-1],
        "sessions": len(result.sessions),
        "assets": result.assets,
        "rules": result.rules,
        "lacking": result.missing_roles,
        "strategies": {one.recipe: _outcome(one) for one in result.outcomes},
    }


def _outcome(one: PathOutcome) -> Json:
    return {
        "return": one.total,
        "deepest_fall": one.deepest_fall,
        "worst_session": one.worst_session,
        "days_to_recover": one.days_to_recover,
        "payoff": one.payoff,
        "held": one.held,
        "nav": np.round(one.nav.to_numpy(), 6).tolist(),
    }


def scenario_hashes(stressed: StressResults) -> dict[str, str]:
    """The hash of each scenario by its name, for a manifest."""
    return {one.scenario.name: one.scenario.sha256 for one in stressed.results}
