"""Carrying a study out: plan, skip what is done, run the rest, keep rows as they come, show them at the end."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from backtester.analysis.measures import compile_measures
from backtester.batch.checked import check_key, note_sound, were_sound
from backtester.batch.jobs import Job, check_strategy, check_window, failed_rows, plan_jobs, timed_jobs
from backtester.batch.search import Search, search_of
from backtester.batch.store import RESULTS, Store, open_store
from backtester.batch.study import Study, expand, read_study
from backtester.batch.workers import Answers, Failure, Limits, Parcel, each, open_workers
from backtester.contract.past_only import RULE
from backtester.contract.rules import Finding
from backtester.engine.simulate import warm_up
from backtester.errors import StudyError
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Step, parse_recipe
from backtester.plugins.strategy import Strategy
from backtester.runs.needed_roles import market_of
from backtester.runs.settings import RunSettings
from backtester.stress.choose import choose

PART_SECONDS = 2.0  # between parts, at least
TASK_SECONDS = 1.0  # what a task of several jobs is to take
FIRST_TASK = 4  # jobs, while nobody knows how long one takes
LARGEST_TASK = 64


class Progress(Protocol):
    """What hears how many jobs of how many are done, and the errors of those that came to nothing since."""

    def __call__(self, done: int, total: int, errors: Sequence[str] = (), /) -> None:
        """Show it."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A study with all that its jobs need; `recipes` has each strategy's first."""

    study: Study
    settings: RunSettings
    library: Library
    market: Market
    jobs: list[Job]
    recipes: dict[Strategy, str]

    def parcel(self) -> Parcel:
        """What a worker needs of it."""
        used = [(one.name, one.origin, one.source) for one in self.recipes]
        return Parcel(self.market, self.settings, tuple(used))


@dataclass(frozen=True, eq=False)
class Batch:
    """A study carried out: its rows in the study's order, how many were there before, what checks found, and which
    parts of its folder were damaged; what its search flatters, None where that cannot be said."""

    study: Study
    table: pa.Table
    search: Search | None
    resumed: int
    findings: list[tuple[str, Finding]]
    damaged: list[str]
    path: Path

    @property
    def failed(self) -> int:
        """How many jobs came to nothing."""
        return len(self.table) - int(self.table["error"].null_count)

    @property
    def causal(self) -> bool:
        """Whether no strategy was found to look ahead."""
        return all(finding.rule != RULE for _, finding in self.findings)


def plan_study(path: Path) -> Plan:
    """The study in a file with its jobs; raise BacktesterError if it does not say what to run."""
    study = read_study(path)
    settings = study.settings(path.parent)
    choose(settings.stress, settings.history, settings.data)  # a scenario that is none is said before the work
    library = load_library(settings.plugins)
    known: dict[str, Step] = {}
    points = expand(study)
    recipes = [
        parse_recipe(text, library, known=known) for text in (settings.reference, *(one.recipe for one in points))
    ]
    legs = {str(one.swept[name]) for one in points for name in ("stocks_role", "bonds_role") if name in one.swept}
    market = market_of(settings, recipes, also=legs)
    jobs = plan_jobs(points, recipes, settings, market)
    last_first = {step.strategy: recipe.full for recipe in reversed(recipes) for step in reversed(recipe.steps)}
    return Plan(study, settings, library, market, jobs, dict(reversed(last_first.items())))


def folder_of(study: Study, path: Path) -> Path:
    """The folder of a study in that file, where no other is named."""
    return path.parent / study.out if study.out else Path("studies") / study.name


def run_batch(path: Path, out: Path | None, *, workers: int, limits: Limits, progress: Progress) -> Batch:
    """Carry the study in a file out into a folder; the same again does what is left.

    Interrupted, it leaves what is done in the folder, `results.parquet` too.
    """
    plan = plan_study(path)
    with open_store(out or folder_of(plan.study, path), plan.study.name) as store:
        there = store.places(plan.jobs)
        todo = [job for job in plan.jobs if job.key not in there]
        progress(len(there), len(plan.jobs))
        made: list[pa.Table] = []
        try:
            with open_workers(plan.parcel(), workers, limits) as answers:
                if todo:
                    warm_up()
                    compile_measures()
                    _check_reference(plan.settings, answers)
                with _kept(store) as keep:
                    for rows in rows_of(todo, answers):
                        made.append(rows)
                        keep(rows)
                        done = len(there) + sum(map(len, made))
                        progress(done, len(plan.jobs), rows["error"].drop_null().to_pylist())
                findings = _check(plan, answers, store.folder)  # with nothing to do too
        finally:
            table = store.view(plan.jobs, made) if made or not todo else None
        assert table is not None
        search = search_of(table, plan.market)
        return Batch(plan.study, table, search, len(there), findings, store.damaged, store.folder / RESULTS)


@dataclass
class Queue:
    """The jobs that wait, those first that came back from a task that failed: each of them alone."""

    waiting: deque[Job]
    alone: deque[Job] = field(default_factory=deque)
    size: int = FIRST_TASK

    def following(self) -> tuple[Job, ...] | None:
        """The jobs of the next task."""
        if self.alone:
            return (self.alone.popleft(),)
        jobs = tuple(self.waiting.popleft() for _ in range(min(self.size, len(self.waiting))))
        return jobs or None

    def learn(self, jobs: int, seconds: float) -> None:
        """Make tasks as long as they are to be, given what one took; not longer by more than half at once."""
        fitting = TASK_SECONDS * jobs / max(seconds, 1e-9)
        self.size = max(1, min(LARGEST_TASK, int(fitting), 1 + self.size + self.size // 2))


def rows_of(jobs: Sequence[Job], answers: Answers) -> Iterator[pa.Table]:
    """The rows of the jobs, some at a time. Jobs whose recipes begin alike share a task, and so their layers; those of
    a task that dies or overruns are carried out one by one, so that only the culprit is lost."""
    queue = Queue(deque(sorted(jobs, key=lambda job: (job.terms, job.recipe))))
    for task, answer in answers(timed_jobs, queue.following):
        if not isinstance(answer, Failure):
            rows, seconds = answer
            queue.learn(len(task), seconds)
            yield rows
        elif len(task) > 1:
            queue.alone.extend(task)
        else:
            yield failed_rows(task, answer.message)


@contextmanager
def _kept(store: Store) -> Iterator[Callable[[pa.Table], None]]:
    """What keeps rows: they are on disk within two seconds, or at the end of the block, whatever ends it."""
    held: list[pa.Table] = []
    since = time.monotonic()

    def keep(rows: pa.Table) -> None:
        nonlocal since
        held.append(rows)
        if time.monotonic() - since >= PART_SECONDS:
            store.add(held)
            held.clear()
            since = time.monotonic()

    try:
        yield keep
    finally:
        store.add(held)


def _check_reference(settings: RunSettings, answers: Answers) -> None:
    """Raise StudyError if a worker cannot carry the reference out."""
    for _, answer in answers(check_window, each([settings.reference])):
        if isinstance(answer, Failure):
            raise StudyError(f"the reference {settings.reference!r} cannot be carried out: {answer.message}")


def _check(plan: Plan, answers: Answers, folder: Path) -> list[tuple[str, Finding]]:
    """What the short check finds, once a strategy; in a worker, since a strategy may hang or die. Where the folder has
    seen just these pass, none is asked."""
    key = check_key(plan.recipes, plan.market, plan.settings.execution.spelled)
    if were_sound(folder, key):
        return []
    tasks = [(one.name, recipe) for one, recipe in plan.recipes.items()]
    found = {task[0]: answer for task, answer in answers(check_strategy, each(tasks))}
    if all(answer == () for answer in found.values()):
        note_sound(folder, key)
    ended = {name: () if isinstance(answer, Failure) else answer for name, answer in found.items()}
    return [(name, finding) for name, _ in tasks for finding in ended[name]]
