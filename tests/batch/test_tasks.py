"""Tasks of several jobs, and rows that are kept as they come."""

from collections import deque
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from backtester.batch import tasks
from backtester.batch.jobs import Job
from backtester.batch.workers import AnswerTasks, Failure


@pytest.mark.parametrize(("pause", "parts"), [(0.0, [[1], [2], []]), (3600.0, [[1, 2]])])
def test_rows_are_kept_once_whatever_ends_the_block(
    pause: float, parts: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows go to the disk as soon as the pause is over, each once, the rest at the end, after an error too."""
    monkeypatch.setattr(tasks, "PART_SECONDS", pause)
    added: list[list[int]] = []

    def add(rows: Sequence[pa.Table]) -> None:
        added.append([value for one in rows for value in one["n"].to_pylist()])

    def interrupted() -> None:
        with tasks.buffered_rows(add) as keep:
            keep(pa.table({"n": [1]}))
            keep(pa.table({"n": [2]}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert added == parts


def a_job(recipe: str) -> Job:
    """As much of a job as its place in the queue hangs on."""
    return cast("Job", SimpleNamespace(settings_text="same", recipe=recipe))


@pytest.mark.parametrize(
    ("size", "jobs", "seconds", "after"),
    [(4, 4, 8.0, 1), (4, 4, 2.0, 2), (4, 4, 0.01, 7), (1, 1, 0.01, 2), (60, 60, 0.1, 64), (10, 6, 0.5, 12)],
)
def test_tasks_take_a_second(size: int, jobs: int, seconds: float, after: int) -> None:
    """By what the last one took: not above 64 jobs, at least one, and not more than half as many again at once."""
    queue = tasks.JobQueue(deque(), size=size)
    queue.adapt_size(jobs, seconds)
    assert queue.size == after


def test_jobs_wait_in_tasks_of_four() -> None:
    """Until it is known how long they take; those that come back go first, each alone."""
    jobs = [a_job(f"{place}") for place in range(6)]
    queue = tasks.JobQueue(deque(jobs))
    assert queue.next_task() == tuple(jobs[:4])
    queue.alone.extend(jobs[:2])
    assert [queue.next_task() for _ in range(4)] == [(jobs[0],), (jobs[1],), tuple(jobs[4:]), None]


def test_rows_are_kept_every_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once two have passed since the last part, and not before."""
    clock = iter([0.0, 1.9, 2.0, 2.0, 3.9, 4.0, 4.0])
    monkeypatch.setattr(tasks.time, "monotonic", lambda: next(clock))
    added: list[int] = []
    with tasks.buffered_rows(lambda rows: added.append(len(rows))) as keep:
        for _ in range(4):
            keep(pa.table({"n": [1]}))
    assert added == [2, 2, 0]


def test_of_two_one_is_lost() -> None:
    """A task of two is split as well."""
    assert lost_of("ba") == (["ab", "a", "b"], [["a: it died"], ["b"]])


def test_only_the_culprit_is_lost() -> None:
    """Of four jobs in a task that dies three come out when each is carried out alone."""
    assert lost_of("dcba", "c") == (["abcd", "a", "b", "c", "d"], [["a"], ["b"], ["c: it died"], ["d"]])


def lost_of(names: str, culprit: str = "a") -> tuple[list[str], list[list[str]]]:
    """What was asked for jobs of those names, and what came of it: of the culprit no task returns."""
    jobs = [a_job(name) for name in names]
    asked: list[str] = []

    def answers(work: Any, next_task: Any) -> Iterator[tuple[tuple[Job, ...], Any]]:
        while task := next_task():
            asked.append("".join(job.recipe for job in task))
            dies = culprit in asked[-1]
            yield task, Failure("it died") if dies else (pa.table({"n": [asked[-1]]}), 1.0)

    def lost(task: Sequence[Job], message: str) -> pa.Table:
        return pa.table({"n": [f"{task[0].recipe}: {message}"]})

    found = [one["n"].to_pylist() for one in tasks.rows_of(jobs, cast(AnswerTasks, answers), failed=lost)]
    return asked, found
