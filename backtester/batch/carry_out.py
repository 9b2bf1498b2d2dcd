"""Carrying a study out: plan, skip what is done, run the rest, keep rows as they come, show them at the end."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from backtester.analysis.measures import compile_measures
from backtester.batch.jobs import Job, check_strategy, check_window, plan_jobs
from backtester.batch.rows import FIGURES
from backtester.batch.search import Search, search_of
from backtester.batch.store import RESULTS, open_store
from backtester.batch.stressed import Lived, put_through
from backtester.batch.study import Study, expand, read_study
from backtester.batch.tasks import kept, rows_of
from backtester.batch.workers import Answers, Failure, Limits, Parcel, each, open_workers
from backtester.batch.worlds import World, make_worlds
from backtester.contract.past_only import RULE
from backtester.contract.rules import Finding
from backtester.engine.simulate import warm_up
from backtester.errors import StudyError, did_you_mean
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import Step, parse_recipe
from backtester.plugins.strategy import Strategy
from backtester.runs.needed_roles import market_of
from backtester.runs.settings import RunSettings


class Progress(Protocol):
    """What hears how many jobs of how many are done, and the errors of those that came to nothing since."""

    def __call__(self, done: int, total: int, errors: Sequence[str] = (), /) -> None:
        """Show it."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A study with all that its jobs need, its scenarios put on the history by column, and those left out and why."""

    study: Study
    settings: RunSettings
    library: Library
    market: Market
    jobs: list[Job]
    worlds: dict[str, World]
    left_out: list[str]

    def parcel(self) -> Parcel:
        """What a worker needs of it."""
        used = [(one.name, one.origin, one.source) for one in self.recipes]
        return Parcel(self.market, self.settings, tuple(used), self.worlds)

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
    """A study carried out: its rows in the study's order, how many were there before, what checks found, which parts
    of its folder were damaged, and what came to nothing of its scenarios, whose titles are there by column; what its
    search flatters, None where that cannot be said."""

    study: Study
    table: pa.Table
    search: Search | None
    resumed: int
    findings: list[tuple[str, Finding]]
    damaged: list[str]
    path: Path
    scenarios: dict[str, str]
    unlived: list[str]

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
    library = load_library(settings.plugins)
    known: dict[str, Step] = {}
    points = expand(study)
    recipes = [
        parse_recipe(text, library, known=known) for text in (settings.reference, *(one.recipe for one in points))
    ]
    legs = {str(one.swept[name]) for one in points for name in ("stocks_role", "bonds_role") if name in one.swept}
    market = market_of(settings, recipes, also=legs)
    worlds, left_out = make_worlds(settings, market, recipes, also=legs)
    if study.rank_by not in (columns := [*FIGURES, *worlds]):
        raise StudyError(f"{path}: [rank_by] no column {study.rank_by!r}; {did_you_mean(study.rank_by, columns)}")
    return Plan(study, settings, library, market, plan_jobs(study, settings, library, market), worlds, left_out)


def folder_of(study: Study, path: Path) -> Path:
    """The folder of a study in that file, where no other is named."""
    return path.parent / study.out if study.out else Path("studies") / study.name


def run_batch(
    path: Path, out: Path | None, *, workers: int, limits: Limits, progress: Progress, scheduler: str | None = None
) -> Batch:
    """Carry the study in a file out into a folder; the same again does what is left.

    It runs on so many processes of this machine, or on the workers of the Dask scheduler at an address. Interrupted, it
    leaves what is done in the folder, `results.parquet` too.
    """
    plan = plan_study(path)
    with open_store(out or folder_of(plan.study, path), plan.study.name) as store:
        there = store.places(plan.jobs)
        todo = [job for job in plan.jobs if job.key not in there]
        tally = _Tally(progress, len(plan.jobs) * (1 + len(plan.worlds)))
        tally(len(there))
        made: list[pa.Table] = []
        lived = Lived()
        warm_up()
        compile_measures()
        try:
            with _opened(plan.parcel(), workers, scheduler, limits) as answers:
                _check_reference(plan.settings, answers)
                with kept(store.add) as keep:
                    for rows in rows_of(todo, answers):
                        made.append(rows)
                        keep(rows)
                        tally(len(rows), rows["error"].drop_null().to_pylist())
                failed = {key for rows in made for key in rows.filter(pc.is_valid(rows["error"]))["key"].to_pylist()}
                alive = [job for job in plan.jobs if job.key not in failed]
                put_through(alive, plan.worlds, store, answers, tally, lived)
                findings = _check(plan, answers)  # with nothing to do too
        finally:
            table = store.view(plan.jobs, made, lived.totals) if made or not todo else None
        assert table is not None
        return Batch(
            study=plan.study,
            table=table,
            search=search_of(table, plan.market),
            resumed=len(there),
            findings=findings,
            damaged=store.damaged,
            path=store.folder / RESULTS,
            scenarios={column: world.title for column, world in plan.worlds.items()},
            unlived=[*plan.left_out, *lived.failures],
        )


def _opened(
    parcel: Parcel, workers: int, scheduler: str | None, limits: Limits
) -> contextlib.AbstractContextManager[Answers]:
    """The workers of this machine, or those of a cluster; raise StudyError where Dask is not installed."""
    if scheduler is None:
        return open_workers(parcel, workers, limits)
    try:
        from backtester.batch.cluster import open_cluster  # Dask is an extra, and takes a second to import
    except ModuleNotFoundError as error:
        raise StudyError(
            f"--scheduler needs the package {error.name!r}; install it with: pip install 'crisis-backtester[cluster]'"
        ) from error
    return open_cluster(parcel, scheduler, limits)


@dataclass
class _Tally:
    """Counts what is done of jobs, and of jobs in scenarios, and says so."""

    progress: Progress
    total: int
    done: int = 0

    def __call__(self, more: int, errors: Sequence[str] = ()) -> None:
        """Count more."""
        self.done += more
        self.progress(self.done, self.total, errors)


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
