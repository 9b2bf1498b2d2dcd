"""Carrying a study out: plan the jobs, skip those that are done, run the rest, store their rows, write the page."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from backtester.analysis.measures import compile_measures
from backtester.batch.checked import check_key, note_sound, were_sound
from backtester.batch.jobs import Job, check_strategy, check_window, plan_jobs
from backtester.batch.page.index import StudyPage, write_study_page
from backtester.batch.remembered import search_at_hand
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.search import Entrants, Search
from backtester.batch.spent import Meter
from backtester.batch.store import RESULTS, open_store
from backtester.batch.stressed import CountDone, ScenarioReturns, stress_jobs
from backtester.batch.study import Study, expand, read_study
from backtester.batch.tasks import kept, rows_of
from backtester.batch.workers import AnswerTasks, Failure, Parcel, TaskLimits, each, open_workers
from backtester.batch.worlds import World, make_worlds, world_hashes
from backtester.contract.past_only import PAST_ONLY_RULE
from backtester.contract.rules import BrokenRule
from backtester.engine.simulate import compile_kernel
from backtester.errors import StudyError, UnknownStrategyError, did_you_mean
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Step, parse_recipe
from backtester.plugins.strategy import Strategy
from backtester.plugins.travel import sent
from backtester.runs.needed_roles import needed_market
from backtester.runs.settings import RunSettings


class Progress(Protocol):
    """A function that is called as jobs are done."""

    def __call__(self, done: int, total: int, errors: Sequence[str] = (), /) -> None:
        """Show how many jobs of how many are done, and the errors of those that failed since."""


@dataclass(frozen=True, eq=False)
class StudyPlan:
    """A study and what its jobs need: each strategy's first recipe, scenarios by column, why some are left out."""

    study: Study
    settings: RunSettings
    library: Library
    market: Market
    jobs: list[Job]
    recipes: dict[Strategy, str]
    worlds: dict[str, World]
    left_out: list[str]

    def parcel(self) -> Parcel:
        """The data that a worker needs."""
        return Parcel(self.market, self.settings, tuple(map(sent, self.recipes)), self.worlds)


@dataclass(frozen=True)
class Batch:
    """A study carried out. `table` has a row a job, `resumed` of which were there before; `search` says how much of the
    best is luck, None where that cannot be said. `findings` are the rules that strategies broke, `damaged` unreadable
    parts of the folder, `scenarios` titles by column, `failed_scenarios` failed scenarios, `seconds` processor time."""

    study: Study
    table: pa.Table
    search: Search | None
    resumed: int
    findings: list[tuple[str, BrokenRule]]
    damaged: list[str]
    path: Path
    scenarios: dict[str, str]
    failed_scenarios: list[str]
    seconds: dict[str, float]

    @property
    def failed(self) -> int:
        """The number of failed jobs."""
        return len(self.table) - int(self.table["error"].null_count)

    @property
    def looks_ahead(self) -> list[str]:
        """The names of the strategies that were found to look ahead."""
        return [name for name, finding in self.findings if finding.rule == PAST_ONLY_RULE]


def plan_study(path: Path) -> StudyPlan:
    """The study in a file with its jobs; raise BacktesterError if it does not say what to run."""
    return plan_of(read_study(path), path.parent, path)


def plan_of(study: Study, folder: Path, path: Path) -> StudyPlan:
    """The study with its jobs; its paths start from `folder`, and errors name the file `path`."""
    settings = study.settings(folder)
    library = load_library(settings.plugins)
    points, known = expand(study), dict[str, Step]()
    texts = [settings.reference, *(one.recipe for one in points)]
    try:
        recipes = [parse_recipe(text, library, known=known) for text in texts]
    except UnknownStrategyError as error:
        error.add_note(f"in {path}, whose `plugins` can name strategy files of your own")
        raise
    legs = {str(one.swept[name]) for one in points for name in ("stocks_role", "bonds_role") if name in one.swept}
    market = needed_market(settings, recipes, also=legs)
    worlds, left_out = make_worlds(settings, market, recipes, also=legs)
    if study.rank_by not in (columns := [*ROW_FIGURES, *worlds]):
        raise StudyError(f"{path}: [rank_by] no column {study.rank_by!r}; {did_you_mean(study.rank_by, columns)}")
    jobs = plan_jobs(points, recipes, settings, market)
    last_first = {step.strategy: recipe.full for recipe in reversed(recipes) for step in reversed(recipe.steps)}
    return StudyPlan(study, settings, library, market, jobs, dict(reversed(last_first.items())), worlds, left_out)


def folder_of(study: Study, path: Path) -> Path:
    """The default folder of a study in that file."""
    return path.parent / study.out if study.out else Path("studies") / study.name


def run_batch(
    path: Path, out: Path | None, *, workers: int, limits: TaskLimits, progress: Progress, scheduler: str | None = None
) -> Batch:
    """The study of a TOML file carried out, on so many processes or on the workers of a Dask scheduler. Jobs whose
    results are in `out` (None for the study's own folder) are not run again; an interrupted study keeps those that are
    done, and has a page of them. Raise StudyError if the study is not understood."""
    plan, meter = plan_study(path), Meter("jobs")
    with open_store(out or folder_of(plan.study, path), plan.study.name) as store:
        there = store.places(plan.jobs)
        todo = [job for job in plan.jobs if job.key not in there]
        tally = _tally(progress, len(plan.jobs) * (1 + len(plan.worlds)))
        tally(len(there))
        made, table, search, findings, stressed = list[pa.Table](), None, None, [], ScenarioReturns()
        try:
            with _opened(plan.parcel(), scheduler or workers, limits, meter) as answers:
                if todo or plan.worlds:
                    compile_kernel()
                    compile_measures()
                    _check_reference(plan.settings, answers)
                with kept(store.add) as keep:
                    for rows in rows_of(todo, answers):
                        made.append(rows)
                        keep(rows)
                        tally(len(rows), rows["error"].drop_null().to_pylist())
                stress_jobs(_alive(plan.jobs, made), plan.worlds, store, answers, tally, stressed)
                findings = _check(plan, answers, store.folder)  # with nothing to do too
                table = store.view(plan.jobs, made, stressed.totals)
                meter.turn_to("the contest")
                entrants = Entrants(plan.jobs, plan.study.rank_by, answers, workers)
                find = search_at_hand(store, table, plan.market, entrants)
            search = find()  # without workers: it has threads of its own
        finally:
            meter.turn_to("the page")
            if table is None and (made or not todo):
                table = store.view(plan.jobs, made, stressed.totals)
            if table is not None:
                store.gather(made)
                shown = StudyPage(plan.study, plan.jobs, table, search, store.folder, findings)
                write_study_page(shown, plan.market, plan.recipes, world_hashes(plan.worlds))
        assert table is not None
        meter.turn_to("the end")
        titles = {column: world.title for column, world in plan.worlds.items()}
        found = search, len(there), findings, store.damaged, store.folder / RESULTS, titles
        return Batch(plan.study, table, *found, [*plan.left_out, *stressed.failures], meter.seconds)


def _opened(
    parcel: Parcel, place: int | str, limits: TaskLimits, meter: Meter
) -> contextlib.AbstractContextManager[AnswerTasks]:
    """A number of workers on this machine, or those of a scheduler at an address. Raise StudyError without Dask."""
    if isinstance(place, int):
        return open_workers(parcel, place, limits, meter)
    try:
        from backtester.batch.cluster import open_cluster  # Dask is an extra, and takes a second to import
    except ModuleNotFoundError as error:
        raise StudyError(
            f"--scheduler needs the package {error.name!r}; install it with: pip install 'crisis-backtester[cluster]'"
        ) from error
    return open_cluster(parcel, place, limits)


def _tally(progress: Progress, total: int) -> CountDone:
    """A function that counts jobs done, in scenarios too, and reports the progress."""
    done = 0

    def count(more: int, errors: Sequence[str] = (), /) -> None:
        nonlocal done
        done += more
        progress(done, total, errors)

    return count


def _alive(jobs: Sequence[Job], made: Sequence[pa.Table]) -> list[Job]:
    """The jobs that did not fail."""
    failed = {key for rows in made for key in rows.filter(pc.is_valid(rows["error"]))["key"].to_pylist()}
    return [job for job in jobs if job.key not in failed]


def _check_reference(settings: RunSettings, answers: AnswerTasks) -> None:
    """Raise StudyError if a worker cannot carry the reference out."""
    for _, answer in answers(check_window, each([settings.reference])):
        if isinstance(answer, Failure):
            raise StudyError(f"the reference {settings.reference!r} cannot be carried out: {answer.message}")


def _check(plan: StudyPlan, answers: AnswerTasks, folder: Path) -> list[tuple[str, BrokenRule]]:
    """The findings of the short check of each strategy; none if all passed before in this folder, or a worker
    failed."""
    key = check_key(plan.recipes, plan.market, plan.settings.execution.spelled)
    if were_sound(folder, key):
        return []
    tasks = [(one.name, recipe) for one, recipe in plan.recipes.items()]
    found = {task[0]: answer for task, answer in answers(check_strategy, each(tasks))}
    if all(answer == () for answer in found.values()):
        note_sound(folder, key)
    ended = {name: () if isinstance(answer, Failure) else answer for name, answer in found.items()}
    return [(name, finding) for name, _ in tasks for finding in ended[name]]
