"""Carrying a study out: plan the jobs, skip those that are done, run the rest, store their rows, write the page."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from backtester.analysis.measures import compile_measures
from backtester.batch.jobs import Job, check_reference_window, check_strategy
from backtester.batch.page.index import StudyPage, write_study_page
from backtester.batch.passed_checks import check_key, has_passed, record_pass
from backtester.batch.processor_time import ProcessorMeter
from backtester.batch.scenario_markets import scenario_hashes_by_column
from backtester.batch.scenario_returns import CountDone, ScenarioReturns, stress_jobs
from backtester.batch.search import ContestInputs, Search
from backtester.batch.store import RESULTS, open_store
from backtester.batch.stored_search import stored_or_new_search
from backtester.batch.study import Study
from backtester.batch.study_plan import StudyPlan, folder_of, plan_study
from backtester.batch.tasks import buffered_rows, rows_of
from backtester.batch.workers import AnswerTasks, Failure, TaskLimits, WorkerData, one_by_one, open_workers
from backtester.contract.past_only import PAST_ONLY_RULE
from backtester.contract.rules import BrokenRule
from backtester.engine.simulate import compile_kernel
from backtester.errors import StudyError
from backtester.runs.settings import RunSettings


class Progress(Protocol):
    """A function that is called as jobs are done."""

    def __call__(self, done: int, total: int, errors: Sequence[str] = (), /) -> None:
        """Show how many of all jobs are done, and the errors of those that failed since the last call."""


@dataclass(frozen=True)
class Batch:
    """A study that was carried out.

    `table` has a row for each job, a recipe with its settings, `resumed` of which were stored before; `search` says how
    much of the best result is luck, None where that cannot be said. `findings` are the rules that strategies broke, by
    their names; `damaged` names parts of the folder that could not be read; `path` is the file of results. `scenarios`
    has the title of each scenario by its column in the table, `failed_scenarios` a line on each that was left out or in
    which jobs failed; `seconds` is processor time by stage.
    """

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


def run_batch(
    path: Path, out: Path | None, *, workers: int, limits: TaskLimits, progress: Progress, scheduler: str | None = None
) -> Batch:
    """Carry out the study in a TOML file, with `workers` processes or the workers of a Dask scheduler.

    Jobs whose results are in `out` (None for the study's own folder) are not run again. If it is interrupted, the
    results of the jobs that are done are kept, with a page of them. Raise StudyError if the study is not understood."""
    plan, meter = plan_study(path), ProcessorMeter("jobs")
    with open_store(out or folder_of(plan.study, path), plan.study.name) as store:
        stored = store.row_numbers(plan.jobs)
        todo = [job for job in plan.jobs if job.key not in stored]
        tally = _tally(progress, len(plan.jobs) * (1 + len(plan.scenario_markets)))
        tally(len(stored))
        new_rows, table, search, findings, returns = list[pa.Table](), None, None, [], ScenarioReturns()
        try:
            with _opened(plan.worker_data(), scheduler or workers, limits, meter) as answers:
                if todo or plan.scenario_markets:
                    compile_kernel()
                    compile_measures()
                    _check_reference(plan.settings, answers)
                with buffered_rows(store.add) as keep:
                    for rows in rows_of(todo, answers):
                        new_rows.append(rows)
                        keep(rows)
                        tally(len(rows), rows["error"].drop_null().to_pylist())
                stress_jobs(_sound(plan.jobs, new_rows), plan.scenario_markets, store, answers, tally, returns)
                findings = _check(plan, answers, store.folder)  # also when no job was left to run
                table = store.write_results(plan.jobs, new_rows, returns.totals)
                meter.start_stage("the contest")
                entrants = ContestInputs(plan.jobs, plan.study.rank_by, answers, workers)
                find_search = stored_or_new_search(store, table, plan.market, entrants)
            search = find_search()  # after the workers have ended, since it has threads of its own
        finally:
            meter.start_stage("the page")
            if table is None and (new_rows or not todo):  # interrupted: the page shows what is done, if anything is
                table = store.write_results(plan.jobs, new_rows, returns.totals)
            if table is not None:
                store.merge_parts(new_rows)
                _write_page(plan, StudyPage(plan.study, plan.jobs, table, search, store.folder, findings))
        assert table is not None
        meter.start_stage("the end")
        titles = {column: scenario.title for column, scenario in plan.scenario_markets.items()}
        failed = [*plan.left_out, *returns.failures]
        damaged_and_path = store.damaged, store.folder / RESULTS
        return Batch(plan.study, table, search, len(stored), findings, *damaged_and_path, titles, failed, meter.seconds)


def _write_page(plan: StudyPlan, page: StudyPage) -> None:
    write_study_page(page, plan.market, plan.recipes, scenario_hashes_by_column(plan.scenario_markets))


def _opened(
    data: WorkerData, workers: int | str, limits: TaskLimits, meter: ProcessorMeter
) -> contextlib.AbstractContextManager[AnswerTasks]:
    """A number of workers on this machine, or those of a scheduler at an address. Raise StudyError without Dask."""
    if isinstance(workers, int):
        return open_workers(data, workers, limits, meter)
    try:
        from backtester.batch.cluster import open_cluster  # Dask is an extra, and takes a second to import
    except ModuleNotFoundError as error:
        raise StudyError(
            f"--scheduler needs the package {error.name!r}; install it with: pip install 'crisis-backtester[cluster]'"
        ) from error
    return open_cluster(data, workers, limits)


def _tally(progress: Progress, total: int) -> CountDone:
    """A function that counts the jobs that are done, and again in each scenario, and reports the progress."""
    done = 0

    def count(more: int, errors: Sequence[str] = (), /) -> None:
        nonlocal done
        done += more
        progress(done, total, errors)

    return count


def _sound(jobs: Sequence[Job], new_rows: Sequence[pa.Table]) -> list[Job]:
    """The jobs without an error in the new rows."""
    failed = {key for rows in new_rows for key in rows.filter(pc.is_valid(rows["error"]))["key"].to_pylist()}
    return [job for job in jobs if job.key not in failed]


def _check_reference(settings: RunSettings, answers: AnswerTasks) -> None:
    """Raise StudyError if a worker cannot carry the reference out."""
    for _, answer in answers(check_reference_window, one_by_one([settings.reference])):
        if isinstance(answer, Failure):
            raise StudyError(f"the reference {settings.reference!r} cannot be carried out: {answer.message}")


def _check(plan: StudyPlan, answers: AnswerTasks, folder: Path) -> list[tuple[str, BrokenRule]]:
    """The rules that each strategy broke, by name, in a check at a few cuts of the history; none if all passed before.

    A strategy whose worker failed has none either: its jobs have failed too."""
    key = check_key(plan.recipes, plan.market, plan.settings.execution.spelled)
    if has_passed(folder, key):
        return []
    tasks = [(strategy.name, recipe) for strategy, recipe in plan.recipes.items()]
    found = {task[0]: answer for task, answer in answers(check_strategy, one_by_one(tasks))}
    if all(answer == () for answer in found.values()):
        record_pass(folder, key)
    findings = {name: () if isinstance(answer, Failure) else answer for name, answer in found.items()}
    return [(name, finding) for name, _ in tasks for finding in findings[name]]
