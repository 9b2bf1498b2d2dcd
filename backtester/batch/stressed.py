"""What a study's ranked recipes return in the scenarios that it names: a column a scenario, `stress_` and its name.

Only what is shown is put through them, so that rows and keys of jobs do not hang on scenarios.
"""

import re
from collections.abc import Sequence

from backtester.batch.rows import Row
from backtester.engine.evaluate import evaluate
from backtester.errors import BacktesterError
from backtester.histories.manifest import find_history
from backtester.plugins.loader import load_library
from backtester.plugins.recipes import parse_recipe
from backtester.runs.settings import RunSettings
from backtester.runs.stress import scenario_ground
from backtester.stress.build import Ways, put_on
from backtester.stress.choose import choose


def column(name: str) -> str:
    """The name of a scenario's column."""
    return "stress_" + re.sub(r"\W+", "_", name.lower())


def scenario_columns(settings: RunSettings) -> dict[str, str]:
    """The title of each scenario that the settings name, by its column."""
    return {column(one.name): one.title for one in choose(settings.stress, settings.history, settings.data)}


def with_scenarios(rows: Sequence[Row], settings: RunSettings) -> list[Row]:
    """The rows with a column for each of the settings' scenarios: what the recipe returns on its path after the last
    session, None where it cannot be carried out there."""
    if not settings.stress or not rows:
        return list(rows)
    library, history = load_library(settings.plugins), find_history(settings.history, settings.data)
    recipes = [parse_recipe(str(row["recipe"]), library) for row in rows]
    ground = scenario_ground(settings, history, recipes, settings.end)
    found: list[Row] = [dict(row) for row in rows]
    for scenario in choose(settings.stress, settings.history, settings.data):
        path, market = put_on(scenario, ground, Ways(data=settings.data))
        for row, recipe in zip(found, recipes, strict=True):
            try:
                nav = evaluate(recipe, market, settings.execution).accounts.nav
                row[column(scenario.name)] = float(nav.iloc[-1] / nav.iloc[-path.sessions - 1] - 1)
            except BacktesterError:
                row[column(scenario.name)] = None
    return found
