"""The markets of a study's scenarios: the history with a scenario's path after it, for each column stress_NAME.

Such a column of the table of results has the return of each job on the path.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backtester.errors import BacktesterError, StudyError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe
from backtester.runs.settings import RunSettings
from backtester.runs.stress import scenario_start
from backtester.stress.build import ScenarioOptions, path_and_market
from backtester.stress.choose import ALL, choose_scenarios

SCENARIO_PREFIX = "stress_"  # begins the name of each column of returns in a scenario


@dataclass(frozen=True)
class ScenarioMarket:
    """A scenario's title and hash, the market with its path after the history, and the number of sessions of the
    path."""

    title: str
    sha256: str
    market: Market
    sessions: int


def scenario_column(name: str) -> str:
    """The column of results for the scenario of that name, "stress_" and the name with underscores."""
    return SCENARIO_PREFIX + re.sub(r"\W+", "_", name.lower())


def scenario_hashes_by_column(scenario_markets: Mapping[str, ScenarioMarket]) -> dict[str, str]:
    """The hash of each scenario by its column, for a manifest."""
    return {column: scenario.sha256 for column, scenario in scenario_markets.items()}


def make_scenario_markets(
    settings: RunSettings, market: Market, recipes: Sequence[Recipe], *, also: Iterable[str] = ()
) -> tuple[dict[str, ScenarioMarket], list[str]]:
    """The markets of the settings' scenarios by column, and a message on each scenario that was left out.

    The scenarios begin after the market's last session; they also move the series named in `also`, beside those that
    the recipes read. If the settings ask for `all` scenarios, one that the history cannot carry is left out. Raise
    BacktesterError if one that was asked for by name cannot be carried, StudyError if two have the same column.
    """
    made, left_out = dict[str, ScenarioMarket](), list[str]()
    scenarios = choose_scenarios(settings.stress, settings.history, settings.data)
    if not scenarios:
        return made, left_out
    may_be_left_out = any(text.lower() == ALL for text in settings.stress)
    starting_point = scenario_start(settings, market.history, recipes, market.sessions[-1].date(), also=also)
    for scenario in scenarios:
        if (column := scenario_column(scenario.name)) in made:
            raise StudyError(f"two scenarios would make the column {column!r}; give the file of one another name")
        try:
            path, stressed = path_and_market(scenario, starting_point, ScenarioOptions(data=settings.data))
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            left_out.append(f"{scenario.name}: {error}")
        else:
            made[column] = ScenarioMarket(scenario.title, scenario.sha256, stressed, path.sessions)
    return made, left_out
