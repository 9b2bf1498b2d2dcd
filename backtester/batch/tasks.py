"""Tasks of several jobs: as long as one is to take, and split until only the culprit is lost where one dies."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from backtester.batch.jobs import Bench, Job, failed_rows, timed_jobs
from backtester.batch.workers import AnswerTasks, Failure

PART_SECONDS = 2.0  # between parts, at least
TASK_SECONDS = 1.0  # what a task of several jobs is to take
FIRST_TASK = 4  # jobs, while nobody knows how long one takes
LARGEST_TASK = 64

Work = Callable[[Sequence[Job], Bench], tuple[pa.Table, float]]  # rows, and how many seconds they took
Lost = Callable[[Sequence[Job], str], pa.Table]  # the rows of jobs that failed


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


def rows_of(
    jobs: Sequence[Job], answers: AnswerTasks, work: Work = timed_jobs, lost: Lost = failed_rows
) -> Iterator[pa.Table]:
    """The rows of the jobs, some at a time. Jobs whose recipes begin alike share a task, and so their layers; those of
    a task that dies or overruns are carried out one by one, so that only the culprit is lost."""
    queue = Queue(deque(sorted(jobs, key=lambda job: (job.terms, job.recipe))))
    for task, answer in answers(work, queue.following):
        if not isinstance(answer, Failure):
            rows, seconds = answer
            queue.learn(len(task), seconds)
            yield rows
        elif len(task) > 1:
            queue.alone.extend(task)
        else:
            yield lost(task, answer.message)


@contextmanager
def kept(add: Callable[[Sequence[pa.Table]], None]) -> Iterator[Callable[[pa.Table], None]]:
    """A function that stores rows: they are on disk within two seconds, and at the end of the block in any case."""
    held: list[pa.Table] = []
    since = time.monotonic()

    def keep(rows: pa.Table) -> None:
        nonlocal since
        held.append(rows)
        if time.monotonic() - since >= PART_SECONDS:
            add(held)
            held.clear()
            since = time.monotonic()

    try:
        yield keep
    finally:
        add(held)
