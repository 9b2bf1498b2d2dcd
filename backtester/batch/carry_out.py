"""Carrying a study out: plan, skip what is done, run the rest, keep rows as they come, join them at the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backtester.analysis.measures import compile_measures
from backtester.batch.jobs import Job, Row, check_strategy, check_window, failed_row, plan_jobs, run_job
from backtester.batch.store import Store
from backtester.batch.study import Study, expand, read_study
from backtester.batch.workers import Answers, Failure, Parcel, open_workers
from backtester.contract.past_only import RULE
from backtester.contract.rules import Finding
from backtester.engine.simulate import warm_up
from backtester.errors import StudyError
from backtester.files import make_folder
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import parse_recipe
from backtester.plugins.strategy import Strategy
from backtester.runs.reads import market_of
from backtester.runs.settings import RunSettings
from backtester.stress.choose import choose

PART_ROWS = 200
PART_SECONDS = 2.0
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Batch:
    """A study carried out: its rows in the study's order, how many were there before, and what checks found."""

    study: Study
    rows: list[Row]
    resumed: int
    findings: list[tuple[str, Finding]]
    path: Path

    @property
    def failed(self) -> int:
        """How many jobs came to nothing."""
        return sum(row["error"] is not None for row in self.rows)

    @property
    def causal(self) -> bool:
        """Whether no strategy was found to look ahead."""
        return all(finding.rule != RULE for _, finding in self.findings)


def run_batch(path: Path, out: Path | None, *, workers: int, timeout: float, progress: Progress) -> Batch:
    """Carry the study in a file out into a folder; `progress` hears how many jobs of how many are done."""
    study = read_study(path)
    settings = study.settings(path.parent)
    choose(settings.stress, settings.history, settings.data)  # a scenario that is none is said before the work
    library = load_library(settings.plugins)
    texts = (settings.reference, *(text for text, _ in expand(study)))
    market = market_of(settings, [parse_recipe(text, library) for text in texts])
    jobs = plan_jobs(study, settings, library, market)
    store = Store(make_folder(out or Path("studies") / study.name))
    kept = store.done()
    rows = {job.key: kept[job.key] for job in jobs if job.key in kept}
    resumed, todo = len(rows), [job for job in jobs if job.key not in rows]
    progress(resumed, len(jobs))
    warm_up()
    compile_measures()
    recipes = _recipes_by_strategy(jobs, settings, library)
    parcel = Parcel(market, settings, tuple((one.name, one.origin, one.source) for one in recipes))
    with open_workers(parcel, workers, timeout) as answers:
        _check_reference(settings, answers)
        rows |= _run(todo, answers, store, lambda done: progress(resumed + done, len(jobs)))
        findings = _check({one.name: recipe for one, recipe in recipes.items()}, answers)  # with nothing to do too
    results = store.finish(jobs, rows)
    return Batch(study, [rows[job.key] for job in jobs], resumed, findings, results)


def _run(jobs: list[Job], answers: Answers, store: Store, progress: Callable[[int], None]) -> dict[str, Row]:
    """The rows by key, each on disk within two seconds or two hundred rows of being done."""
    rows: dict[str, Row] = {}
    held: list[Row] = []
    since = time.monotonic()
    try:
        for job, answer in answers(run_job, jobs):
            row = failed_row(job, answer.message) if isinstance(answer, Failure) else answer
            rows[job.key] = row
            held.append(row)
            progress(len(rows))
            if len(held) >= PART_ROWS or time.monotonic() - since > PART_SECONDS:
                store.add(held)
                held, since = [], time.monotonic()
    finally:
        store.add(held)
    return rows


def _check_reference(settings: RunSettings, answers: Answers) -> None:
    """Raise StudyError if a worker cannot carry the reference out."""
    for _, answer in answers(check_window, [settings.reference]):
        if isinstance(answer, Failure):
            raise StudyError(f"the reference {settings.reference!r} cannot be carried out: {answer.message}")


def _recipes_by_strategy(jobs: list[Job], settings: RunSettings, library: Library) -> dict[Strategy, str]:
    """Every strategy that the jobs use, with the first recipe that has it."""
    first: dict[str, tuple[Strategy, str]] = {}
    for text in (settings.reference, *(job.recipe for job in jobs)):
        for step in parse_recipe(text, library).steps:
            first.setdefault(step.strategy.name, (step.strategy, text))
    return dict(first.values())


def _check(recipes: dict[str, str], answers: Answers) -> list[tuple[str, Finding]]:
    """What the short check finds, once a strategy; in a worker, since a strategy may hang or die."""
    answered = answers(check_strategy, list(recipes.items()))
    found = {task[0]: () if isinstance(answer, Failure) else answer for task, answer in answered}
    return [(name, finding) for name in recipes for finding in found[name]]
