"""What a study would take, before it is carried out: its jobs, and what they return in its scenarios, are counted, and
a few of either are timed."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backtester.analysis.measures import compile_measures
from backtester.batch.carry_out import StudyPlan, folder_of, plan_study
from backtester.batch.jobs import Job, timed_jobs
from backtester.batch.store import ROWS_FOLDER, open_store
from backtester.batch.stressed import keys_in, known_totals, live_jobs
from backtester.batch.tasks import Work
from backtester.batch.workers import AnswerTasks, Failure, TaskLimits, each, open_workers
from backtester.engine.simulate import compile_kernel

TIMED = 32  # jobs, evenly spread over those that are left
TASK = 16

Todo = dict[str | None, list[Job]]  # what is left on the history (None), and in each scenario by its column


@dataclass(frozen=True)
class Forecast:
    """The numbers of a study's jobs, of returns of jobs in its scenarios, and of those of either done before; and the
    seconds that the others would take, all workers at work: None where none is left, or the timed ones fail."""

    study: str
    jobs: int
    done: int
    returns: int
    returns_done: int
    seconds: float | None


def forecast(path: Path, out: Path | None, *, workers: int, limits: TaskLimits) -> Forecast:
    """The forecast of the study in a file; nothing is kept of what is timed. A folder that is there must be free."""
    plan = plan_study(path)
    folder = out or folder_of(plan.study, path)
    todo: Todo = {None: plan.jobs} | dict.fromkeys(plan.worlds, plan.jobs)
    if (folder / ROWS_FOLDER).exists():
        with open_store(folder, plan.study.name) as store:
            places, known = store.places(plan.jobs), known_totals(store)
        todo[None] = [job for job in plan.jobs if job.key not in places]
        for column, world in plan.worlds.items():
            keys = keys_in(world, plan.jobs)
            todo[column] = [job for job in plan.jobs if keys[job.key] not in known]
    left, returns = len(todo[None]), sum(len(jobs) for column, jobs in todo.items() if column)
    seconds = _seconds(plan, {column: jobs for column, jobs in todo.items() if jobs}, limits)
    every = len(plan.jobs) * len(plan.worlds)
    return Forecast(
        study=plan.study.name,
        jobs=len(plan.jobs),
        done=len(plan.jobs) - left,
        returns=every,
        returns_done=every - returns,
        seconds=seconds and seconds / workers,
    )


def _seconds(plan: StudyPlan, todo: Todo, limits: TaskLimits) -> float | None:
    """What all of it would take one worker, by those that are timed; None where any of it fails."""
    if not todo:
        return None
    compile_kernel()
    compile_measures()
    with open_workers(plan.parcel(), 1, limits) as answers:
        took = {column: _seconds_a_job(jobs, column, answers) for column, jobs in todo.items()}
    parts = [None if one is None else one * len(todo[column]) for column, one in took.items()]
    return None if None in parts else sum(part for part in parts if part)


def _seconds_a_job(jobs: list[Job], column: str | None, answers: AnswerTasks) -> float | None:
    """What a job takes on the history or in a scenario, of the last task that was timed: the first loads what is
    compiled."""
    timed = jobs[:: max(1, len(jobs) // TIMED)][:TIMED]
    tasks = [tuple(timed[:1]), *(tuple(timed[first : first + TASK]) for first in range(0, len(timed), TASK))]
    work: Work = timed_jobs if column is None else partial(live_jobs, column=column)
    took = None
    for task, answer in answers(work, each(tasks)):
        if not isinstance(answer, Failure):
            took = answer[1] / len(task)
    return took
