"""Carrying out `stress run`: recipes in stress scenarios that follow a session, without the other results of a run.

A recipe is a base strategy and its overlays.
"""

import datetime
from collections.abc import Sequence

from backtester.analysis.analyse import analyse
from backtester.analysis.period import measure_period
from backtester.plugins.recipes import Recipe, recipe_labels
from backtester.runs.common_period import common_start, first_with_pair
from backtester.runs.evaluations import evaluations_of
from backtester.runs.inputs import read_inputs
from backtester.runs.manifest import versions
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.stress import (
    make_stress_inputs,
    scenario_hashes,
    scenario_results,
    scenario_start,
    stress_document,
)
from backtester.runs.values import Json
from backtester.stress.build import ScenarioOptions
from backtester.stress.outcomes import StressInputs
from backtester.stress.starting_point import StartingPoint

STRESS_SCHEMA = 1


def prepare_stress(
    settings: RunSettings, at: datetime.date | None, report: ReportProgress = no_report
) -> tuple[StartingPoint, StressInputs, tuple[str, ...]]:
    """What all stress commands begin with: the market after a session, the recipes, and why recipes were left out.

    The mixes, fixed shares of stocks, bonds and bills that moved as a recipe did, are fitted up to that session.
    """
    report("Reading the history")
    inputs = read_inputs(settings)
    starting_point = scenario_start(settings, inputs.history, inputs.recipes, at)
    runs, left_out = evaluations_of(settings, inputs.recipes, starting_point.market, report)
    report("Measuring against mixes")
    period = measure_period(
        starting_point.market.since(
            common_start(starting_point.market, runs, first_with_pair(starting_point.market, settings))
        ),
        settings,
    )
    shares = analyse(runs, runs[0], period).shares
    return starting_point, make_stress_inputs(settings, [run.recipe for run in runs], shares), tuple(left_out)


def stress_run(
    settings: RunSettings,
    at: datetime.date | None = None,
    options: ScenarioOptions | None = None,
    report: ReportProgress = no_report,
) -> Json:
    """The document of `stress run`: the results of the strategies in the settings' scenarios, and a manifest.

    `at` is the session that the scenarios follow, None for the last.
    """
    starting_point, inputs, left_out = prepare_stress(settings, at, report)
    stressed = scenario_results(
        settings, starting_point, inputs, options=options or ScenarioOptions(data=settings.data), report=report
    )
    return {
        "schema": STRESS_SCHEMA,
        "history": {"name": starting_point.history.name, "title": starting_point.history.table.title},
        "strategies": stressed_recipes(inputs.recipes),
        "left_out": list(left_out),
        "stress": stress_document(stressed),
        "manifest": {
            "data": {"history": starting_point.history.name, "sha256": starting_point.market.sha256},
            "scenarios": scenario_hashes(stressed),
            "plugins": {step.strategy.name: step.strategy.sha256 for recipe in inputs.recipes for step in recipe.steps},
            "versions": versions(),
        },
    }


def stressed_recipes(recipes: Sequence[Recipe]) -> list[Json]:
    """Each recipe's name, label and full text, the reference first."""
    labels = recipe_labels(recipes)
    return [
        {"name": recipe.name, "label": label, "recipe": recipe.full}
        for recipe, label in zip(recipes, labels, strict=True)
    ]
