"""Worlds: the study's history with the path of a scenario after it, one for each column stress_NAME of results."""

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

SCENARIO = "stress_"  # in front of a column's name


@dataclass(frozen=True, eq=False)
class World:
    """A scenario put on a study's history: its title and hash, the market that it makes, and how many sessions its path
    has."""

    title: str
    sha256: str
    market: Market
    sessions: int


def column(name: str) -> str:
    """The name of a scenario's column."""
    return SCENARIO + re.sub(r"\W+", "_", name.lower())


def world_hashes(worlds: Mapping[str, World]) -> dict[str, str]:
    """The hash of each scenario by its column, for a manifest."""
    return {name: world.sha256 for name, world in worlds.items()}


def make_worlds(
    settings: RunSettings, market: Market, recipes: Sequence[Recipe], *, also: Iterable[str] = ()
) -> tuple[dict[str, World], list[str]]:
    """The worlds of the settings' scenarios by column, after the market's last session, and why others were left out:
    of `all` those that cannot happen to the history. One that was named raises its error; so do two of one column."""
    made, left_out = dict[str, World](), list[str]()
    scenarios = choose_scenarios(settings.stress, settings.history, settings.data)
    if not scenarios:
        return made, left_out
    may_be_left_out = any(text.lower() == ALL for text in settings.stress)
    starting_point = scenario_start(settings, market.history, recipes, market.sessions[-1].date(), also=also)
    for scenario in scenarios:
        if (name := column(scenario.name)) in made:
            raise StudyError(f"two scenarios would make the column {name!r}; give the file of one another name")
        try:
            path, stressed = path_and_market(scenario, starting_point, ScenarioOptions(data=settings.data))
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            left_out.append(f"{scenario.name}: {error}")
        else:
            made[name] = World(scenario.title, scenario.sha256, stressed, path.sessions)
    return made, left_out
