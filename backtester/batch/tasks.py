"""Tasks of several jobs each: sized to take about a second, and split into single jobs where a worker dies.

A job is a recipe with its settings, and a task what a worker process is given at once.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from backtester.batch.jobs import Job, WorkerState, failed_rows, run_jobs_timed
from backtester.batch.workers import AnswerTasks, Failure

PART_SECONDS = 2.0  # shortest time between two writes of rows
TASK_SECONDS = 1.0  # the time that a task of several jobs is meant to take
FIRST_TASK = 4  # jobs in a task while no task has been timed
LARGEST_TASK = 64  # jobs in a task at most

JobsFunction = Callable[[Sequence[Job], WorkerState], tuple[pa.Table, float]]  # rows, and the seconds they took
FailedRows = Callable[[Sequence[Job], str], pa.Table]  # the rows of jobs that failed, given the error


@dataclass
class JobQueue:
    """The jobs that wait for a worker, and the number of jobs in the next task.

    Jobs of a task that failed are in `alone`: they come first, and each makes a task of its own.
    """

    waiting: deque[Job]
    alone: deque[Job] = field(default_factory=deque)
    size: int = FIRST_TASK

    def next_task(self) -> tuple[Job, ...] | None:
        """The jobs of the next task, which leave the queue; None if no job waits."""
        if self.alone:
            return (self.alone.popleft(),)
        jobs = tuple(self.waiting.popleft() for _ in range(min(self.size, len(self.waiting))))
        return jobs or None

    def adapt_size(self, jobs: int, seconds: float) -> None:
        """Set the size of the next tasks from the time that a task of `jobs` jobs took.

        The size grows by one and half at most, so that one lucky task does not make the next one far too long.
        """
        fitting = TASK_SECONDS * jobs / max(seconds, 1e-9)
        self.size = max(1, min(LARGEST_TASK, int(fitting), 1 + self.size + self.size // 2))


def rows_of(
    jobs: Sequence[Job],
    answers: AnswerTasks,
    run: JobsFunction = run_jobs_timed,
    failed: FailedRows = failed_rows,
) -> Iterator[pa.Table]:
    """The rows of the jobs, a table for each task that is done, in no particular order.

    The jobs are sorted so that recipes that begin alike share a task, and their common steps are computed once. If a
    task dies or takes too long, its jobs are run one by one, so that only the job at fault gets a row with an error.
    """
    queue = JobQueue(deque(sorted(jobs, key=lambda job: (job.settings_text, job.recipe))))
    for task, answer in answers(run, queue.next_task):
        if not isinstance(answer, Failure):
            rows, seconds = answer
            queue.adapt_size(len(task), seconds)
            yield rows
        elif len(task) > 1:
            queue.alone.extend(task)
        else:
            yield failed(task, answer.message)


@contextmanager
def buffered_rows(add: Callable[[Sequence[pa.Table]], None]) -> Iterator[Callable[[pa.Table], None]]:
    """A function that collects rows and writes them with `add` every two seconds, the rest when the block ends."""
    buffer: list[pa.Table] = []
    last_write = time.monotonic()

    def keep(rows: pa.Table) -> None:
        nonlocal last_write
        buffer.append(rows)
        if time.monotonic() - last_write >= PART_SECONDS:
            add(buffer)
            buffer.clear()
            last_write = time.monotonic()

    try:
        yield keep
    finally:
        add(buffer)
