"""Carrying out `stress run`: recipes put through scenarios after a session, without the rest of a run."""

import datetime
from collections.abc import Sequence

from backtester.analysis.analyse import analyse
from backtester.analysis.period import measure_period
from backtester.plugins.recipes import Recipe, recipe_labels
from backtester.runs.evaluations import evaluations_of
from backtester.runs.inputs import read_inputs
from backtester.runs.manifest import versions
from backtester.runs.measured import common_start, opening_of
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.stress import make_trial, scenario_ground, scenario_hashes, scenario_results, stress_document
from backtester.runs.values import Json
from backtester.stress.build import Ways
from backtester.stress.outcomes import Trial
from backtester.stress.starting_point import StartingPoint

STRESS_SCHEMA = 1


def prepare(
    settings: RunSettings, at: datetime.date | None, report: ReportProgress = no_report
) -> tuple[StartingPoint, Trial, tuple[str, ...]]:
    """The ground after a session, the recipes with the shares of their mixes fitted on what came before it, and what
    was left out of them because this history cannot carry it out."""
    report("Reading the history")
    inputs = read_inputs(settings)
    ground = scenario_ground(settings, inputs.history, inputs.recipes, at)
    runs, left_out = evaluations_of(settings, inputs.recipes, ground.market, report)
    report("Measuring against mixes")
    period = measure_period(
        ground.market.since(common_start(ground.market, runs, opening_of(ground.market, settings))), settings
    )
    shares = analyse(runs, runs[0], period).shares
    return ground, make_trial(settings, [run.recipe for run in runs], shares), tuple(left_out)


def stress_run(
    settings: RunSettings, at: datetime.date | None = None, ways: Ways | None = None, report: ReportProgress = no_report
) -> Json:
    """The document of strategies put through the settings' scenarios."""
    ground, trial, left_out = prepare(settings, at, report)
    stressed = scenario_results(settings, ground, trial, ways or Ways(data=settings.data), report)
    return {
        "schema": STRESS_SCHEMA,
        "history": {"name": ground.history.name, "title": ground.history.table.title},
        "strategies": stressed_recipes(trial.recipes),
        "left_out": list(left_out),
        "stress": stress_document(stressed),
        "manifest": {
            "data": {"history": ground.history.name, "sha256": ground.market.sha256},
            "scenarios": scenario_hashes(stressed),
            "plugins": {step.strategy.name: step.strategy.sha256 for recipe in trial.recipes for step in recipe.steps},
            "versions": versions(),
        },
    }


def stressed_recipes(recipes: Sequence[Recipe]) -> list[Json]:
    """Each recipe's name, label and full text, the reference first."""
    labels = recipe_labels(recipes)
    return [{"name": one.name, "label": label, "recipe": one.full} for one, label in zip(recipes, labels, strict=True)]
