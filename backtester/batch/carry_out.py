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
from backtester.batch.jobs import Job, check_strategy, check_window, failed_rows, plan_jobs, timed_jobs
from backtester.batch.page.index import Subject, write_pages
from backtester.batch.remembered import search_at_hand
from backtester.batch.search import Entrants, Search
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
    """A study with all that its jobs need."""

    study: Study
    settings: RunSettings
    library: Library
    market: Market
    jobs: list[Job]

    def parcel(self) -> Parcel:
        """What a worker needs of it."""
        used = [(one.name, one.origin, one.source) for one in self.recipes]
        return Parcel(self.market, self.settings, tuple(used))

    @property
    def recipes(self) -> dict[Strategy, str]:
        """Every strategy that the jobs use, with the first recipe that has it."""
        first: dict[str, tuple[Strategy, str]] = {}
        known: dict[str, Step] = {}
        for text in (self.settings.reference, *(job.recipe for job in self.jobs)):
            for step in parse_recipe(text, self.library, known=known).steps:
                first.setdefault(step.strategy.name, (step.strategy, text))
        return dict(first.values())


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
    return Plan(study, settings, library, market, plan_jobs(study, settings, library, market))


def folder_of(study: Study, path: Path) -> Path:
    """The folder of a study in that file, where no other is named."""
    return path.parent / study.out if study.out else Path("studies") / study.name


def run_batch(path: Path, out: Path | None, *, workers: int, limits: Limits, progress: Progress) -> Batch:
    """Carry the study in a file out into a folder; the same again does what is left. Interrupted, it leaves what is
    done in the folder, with its table and its page."""
    plan = plan_study(path)
    with open_store(out or folder_of(plan.study, path), plan.study.name) as store:
        there = store.places(plan.jobs)
        todo = [job for job in plan.jobs if job.key not in there]
        progress(len(there), len(plan.jobs))
        made: list[pa.Table] = []
        table, search, findings = None, None, []
        warm_up()
        compile_measures()
        try:
            with open_workers(plan.parcel(), workers, limits) as answers:
                _check_reference(plan.settings, answers)
                with _kept(store) as keep:
                    for rows in rows_of(todo, answers):
                        made.append(rows)
                        keep(rows)
                        errors = rows["error"].drop_null().to_pylist()
                        progress(len(there) + sum(map(len, made)), len(plan.jobs), errors)
                findings = _check(plan, answers)  # with nothing to do too
                table = store.view(plan.jobs, made)
                find = search_at_hand(store, table, plan.market, Entrants(plan.jobs, plan.study.rank_by, answers))
            search = find()  # without workers: it has threads of its own
        finally:
            if table is None and (made or not todo):
                table = store.view(plan.jobs, made)
            if table is not None:
                write_pages(Subject(plan.study, plan.jobs, table, search, store.folder), plan.market, plan.recipes)
        assert table is not None
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


def _check(plan: Plan, answers: Answers) -> list[tuple[str, Finding]]:
    """What the short check finds, once a strategy; in a worker, since a strategy may hang or die."""
    tasks = [(one.name, recipe) for one, recipe in plan.recipes.items()]
    found = {
        task[0]: () if isinstance(answer, Failure) else answer for task, answer in answers(check_strategy, each(tasks))
    }
    return [(name, finding) for name, _ in tasks for finding in found[name]]
