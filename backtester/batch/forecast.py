"""What a study would take, before it is carried out: its jobs are counted, and a few of them are timed."""

from dataclasses import dataclass
from pathlib import Path

from backtester.analysis.measures import compile_measures
from backtester.batch.carry_out import StudyPlan, folder_of, plan_study
from backtester.batch.jobs import Job, timed_jobs
from backtester.batch.store import ROWS, open_store
from backtester.batch.workers import Failure, TaskLimits, each, open_workers
from backtester.engine.simulate import warm_up

TIMED = 32  # jobs, evenly spread over those that are left
TASK = 16


@dataclass(frozen=True)
class Forecast:
    """How many jobs a study has, how many were done before, and how many seconds the others would take in all, all
    workers at work: None where none is left, or the timed ones fail."""

    study: str
    jobs: int
    done: int
    seconds: float | None


def forecast(path: Path, out: Path | None, *, workers: int, limits: TaskLimits) -> Forecast:
    """The forecast of the study in a file; nothing is kept of what is timed. A folder that is there must be free."""
    plan = plan_study(path)
    folder, there = out or folder_of(plan.study, path), 0
    todo = plan.jobs
    if (folder / ROWS).exists():
        with open_store(folder, plan.study.name) as store:
            places = store.places(plan.jobs)
            there, todo = len(places), [job for job in plan.jobs if job.key not in places]
    seconds = _seconds_a_job(plan, todo[:: max(1, len(todo) // TIMED)][:TIMED], limits) if todo else None
    return Forecast(plan.study.name, len(plan.jobs), there, seconds and seconds * len(todo) / workers)


def _seconds_a_job(plan: StudyPlan, jobs: list[Job], limits: TaskLimits) -> float | None:
    """What a job takes, of the last task that was timed: the first loads what is compiled."""
    warm_up()
    compile_measures()
    tasks = [tuple(jobs[:1]), *(tuple(jobs[first : first + TASK]) for first in range(0, len(jobs), TASK))]
    took = None
    with open_workers(plan.parcel(), 1, limits) as answers:
        for task, answer in answers(timed_jobs, each(tasks)):
            if not isinstance(answer, Failure):
                took = answer[1] / len(task)
    return took
