"""A forecast of how long a study takes: its jobs and their returns in scenarios are counted, and a sample is timed."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backtester.analysis.measures import compile_measures
from backtester.batch.jobs import Job, run_jobs_timed
from backtester.batch.scenario_returns import return_keys, run_jobs_in_scenario, stored_returns
from backtester.batch.store import ROWS_FOLDER, open_store
from backtester.batch.study_plan import StudyPlan, folder_of, plan_study
from backtester.batch.tasks import JobsFunction
from backtester.batch.workers import AnswerTasks, Failure, TaskLimits, one_by_one, open_workers
from backtester.engine.simulate import compile_kernel

TIMED_JOBS = 32  # jobs that are timed, evenly spread over those that are left
JOBS_PER_TASK = 16  # of those that are timed; a task is what a worker process is given at once

Remaining = dict[str | None, list[Job]]  # jobs left on the history, key None, and by scenario's column


@dataclass(frozen=True)
class Forecast:
    """The number of a study's jobs, and of their `returns` in scenarios, with how many of each are done already.

    `seconds` is the time that the others would take with all workers, None if none is left or the sample fails.
    """

    study: str
    jobs: int
    done: int
    returns: int
    returns_done: int
    seconds: float | None


def forecast(path: Path, out: Path | None, *, workers: int, limits: TaskLimits) -> Forecast:
    """The forecast of the study in a file; the results of the sample are not stored.

    Raise BacktesterError if the study is not understood, or another process holds its folder.
    """
    plan = plan_study(path)
    folder = out or folder_of(plan.study, path)
    remaining: Remaining = {None: plan.jobs} | dict.fromkeys(plan.scenario_markets, plan.jobs)
    if (folder / ROWS_FOLDER).exists():
        with open_store(folder, plan.study.name) as store:
            stored_jobs, stored = store.row_numbers(plan.jobs), stored_returns(store)
        remaining[None] = [job for job in plan.jobs if job.key not in stored_jobs]
        for column, scenario in plan.scenario_markets.items():
            keys = return_keys(scenario, plan.jobs)
            remaining[column] = [job for job in plan.jobs if keys[job.key] not in stored]
    jobs_left = len(remaining[None])
    returns_left = sum(len(jobs) for column, jobs in remaining.items() if column)
    returns = len(plan.jobs) * len(plan.scenario_markets)
    seconds = _seconds(plan, {column: jobs for column, jobs in remaining.items() if jobs}, limits)
    return Forecast(
        study=plan.study.name,
        jobs=len(plan.jobs),
        done=len(plan.jobs) - jobs_left,
        returns=returns,
        returns_done=returns - returns_left,
        seconds=None if seconds is None else seconds / workers,
    )


def _seconds(plan: StudyPlan, remaining: Remaining, limits: TaskLimits) -> float | None:
    """The seconds that one worker would take for all that remains; None if nothing does, or a sample fails."""
    if not remaining:
        return None
    compile_kernel()
    compile_measures()
    with open_workers(plan.worker_data(), 1, limits) as answers:
        per_job = {column: _seconds_per_job(jobs, column, answers) for column, jobs in remaining.items()}
    parts = [None if seconds is None else seconds * len(remaining[column]) for column, seconds in per_job.items()]
    return None if None in parts else sum(part for part in parts if part)


def _seconds_per_job(jobs: list[Job], column: str | None, answers: AnswerTasks) -> float | None:
    """The seconds that a job takes on the history, or in the scenario of a column, by the last task of the sample.

    The first task, of one job, also loads compiled code, and so would take too long.
    """
    sample = jobs[:: max(1, len(jobs) // TIMED_JOBS)][:TIMED_JOBS]
    rest = (tuple(sample[first : first + JOBS_PER_TASK]) for first in range(0, len(sample), JOBS_PER_TASK))
    tasks = [tuple(sample[:1]), *rest]
    run: JobsFunction = run_jobs_timed if column is None else partial(run_jobs_in_scenario, column=column)
    seconds = None
    for task, answer in answers(run, one_by_one(tasks)):
        if not isinstance(answer, Failure):
            seconds = answer[1] / len(task)
    return seconds
