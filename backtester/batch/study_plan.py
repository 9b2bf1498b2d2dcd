"""The plan of a study: its settings, its market, its jobs, the strategies that they use, and its scenarios' markets."""

from dataclasses import dataclass
from pathlib import Path

from backtester.batch.jobs import Job, plan_jobs
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.scenario_markets import ScenarioMarket, make_scenario_markets
from backtester.batch.study import Study, expand, read_study
from backtester.batch.workers import WorkerData
from backtester.errors import StudyError, UnknownStrategyError, did_you_mean
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.packing import pack_strategy
from backtester.plugins.recipes import Step, parse_recipe
from backtester.plugins.strategy import Strategy
from backtester.runs.needed_roles import needed_market
from backtester.runs.settings import RunSettings


@dataclass(frozen=True)
class StudyPlan:
    """A study and what its jobs (recipes with their settings) need; `library` has all strategies, `recipes` the first
    recipe of each, `scenario_markets` the scenarios by their column in the results, and `left_out` a message on each
    scenario that the history cannot carry."""

    study: Study
    settings: RunSettings
    library: Library
    market: Market
    jobs: list[Job]
    recipes: dict[Strategy, str]
    scenario_markets: dict[str, ScenarioMarket]
    left_out: list[str]

    def worker_data(self) -> WorkerData:
        """The data that a worker needs."""
        return WorkerData(self.market, self.settings, tuple(map(pack_strategy, self.recipes)), self.scenario_markets)


def plan_study(path: Path) -> StudyPlan:
    """The study in a file with its jobs; raise BacktesterError if it does not say what to run."""
    return plan_of(read_study(path), path.parent, path)


def plan_of(study: Study, folder: Path, path: Path) -> StudyPlan:
    """The study with its jobs; its relative paths start from `folder`, and errors name the file `path`."""
    settings = study.settings(folder)
    library = load_library(settings.plugins)
    points, known = expand(study), dict[str, Step]()  # parsed steps by their text
    texts = [settings.reference, *(point.recipe for point in points)]
    try:
        recipes = [parse_recipe(text, library, known=known) for text in texts]
    except UnknownStrategyError as error:
        error.add_note(f"in {path}, whose `plugins` can name strategy files of your own")
        raise
    legs = {str(point.swept[name]) for point in points for name in ("stocks_role", "bonds_role") if name in point.swept}
    market = needed_market(settings, recipes, also=legs)  # legs are the pair's stocks and bonds
    scenario_markets, left_out = make_scenario_markets(settings, market, recipes, also=legs)
    if study.rank_by not in (columns := [*ROW_FIGURES, *scenario_markets]):
        raise StudyError(f"{path}: [rank_by] no column {study.rank_by!r}; {did_you_mean(study.rank_by, columns)}")
    jobs = plan_jobs(points, recipes, settings, market)
    first_recipes: dict[Strategy, str] = {}
    for recipe in recipes:
        for step in recipe.steps:
            first_recipes.setdefault(step.strategy, recipe.full)
    return StudyPlan(
        study=study,
        settings=settings,
        library=library,
        market=market,
        jobs=jobs,
        recipes=first_recipes,
        scenario_markets=scenario_markets,
        left_out=left_out,
    )


def folder_of(study: Study, path: Path) -> Path:
    """The default folder of the study in that file."""
    return path.parent / study.out if study.out else Path("studies") / study.name
