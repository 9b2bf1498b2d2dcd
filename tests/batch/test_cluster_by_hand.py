"""What a scheduler is handed, how much at a time, and what is done when workers are lost; by a made-up client."""

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.batch import cluster
from backtester.batch.cluster import KilledWorker, open_cluster
from backtester.batch.workers import Failure, TaskLimits, WorkerData


class Promise:
    """An answer that is there, an error, or that of a worker that was lost."""

    def __init__(self, answer: object) -> None:
        """With what it holds; None is lost."""
        self.answer = answer

    def cancelled(self) -> bool:
        """Whether it is lost."""
        return self.answer is None

    def result(self) -> object:
        """What it holds."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answers_of(
    tasks: list[Any], threads: list[int], answer: Callable[[Any], object], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Any], list[Any]]:
    """The answers to the tasks by workers with so many threads, and what the client was asked."""
    asked: list[Any] = []

    def submit(function: object, station: object, work: object, task: object, **words: object) -> Promise:
        asked.append(("submit", task, words))
        return Promise(answer(task))

    def scatter(station: object, **words: object) -> Promise:
        asked.append(("scatter", words))
        return Promise(None)

    client = SimpleNamespace(
        submit=submit,
        scatter=scatter,
        nthreads=lambda: dict(enumerate(threads)),
        as_current=contextlib.nullcontext,
    )

    def wait(promises: list[Promise], *, return_when: str) -> SimpleNamespace:
        asked.append(("wait", len(promises), return_when))
        return SimpleNamespace(done=promises[:1])

    monkeypatch.setattr(cluster, "_client", lambda address: contextlib.nullcontext(client))
    monkeypatch.setattr(cluster, "_refuse_unfit_workers", lambda client, address: None)
    monkeypatch.setattr(cluster, "wait", wait)
    waiting: Iterator[Any] = iter(tasks)
    with open_cluster(cast(WorkerData, None), "tcp://here", TaskLimits(1, 2)) as answers:
        found = list(answers(cast(Any, None), lambda: next(waiting, None)))
    return found, asked


@pytest.mark.parametrize(("threads", "ahead"), [([1], 2), ([2, 1], 6), ([], 1)])
def test_two_tasks_a_thread_are_under_way(threads: list[int], ahead: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that none waits; one where nobody is there yet. The station is sent to all once, and nothing is taken for an
    answer to the same task before."""
    found, asked = answers_of(list(range(9)), threads, lambda task: 10 + task, monkeypatch)
    assert found == [(task, 10 + task) for task in range(9)]
    assert asked[0] == ("scatter", {"broadcast": True, "hash": False})
    assert [kind for kind, *_ in asked[1 : ahead + 2]] == ["submit"] * ahead + ["wait"]
    waits = [one for one in asked if one[0] == "wait"]
    assert waits == [("wait", min(ahead, 9 - place), "FIRST_COMPLETED") for place in range(9)]
    assert {tuple(words.items()) for kind, *_, words in asked if kind == "submit"} == {(("pure", False),)}


def test_what_is_lost_is_handed_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The station too, since whoever comes lacks it; an error of a task is its answer."""
    lost = iter([True, False, False])
    found, asked = answers_of(["a"], [1], lambda task: None if next(lost) else "done", monkeypatch)
    assert found == [("a", "done")]
    assert [one[0] for one in asked] == ["scatter", "submit", "wait", "scatter", "submit", "wait"]


def test_errors_are_answers() -> None:
    """One of ours in a task in its first line, and that workers were lost one after the other."""
    killed = KilledWorker("task", cast(Any, None), 3)
    assert cluster._result(cast(Any, Promise(killed))) == Failure(
        "the workers that it was given to were lost, one after the other"
    )
    assert cluster._result(cast(Any, Promise(ValueError("no\nmore")))) == Failure("ValueError: no")


@pytest.mark.parametrize("daemon", [False, True])
def test_what_a_process_has(daemon: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its versions, twelve signs of its files' hash, and whether it is of a nanny."""
    monkeypatch.setattr(cluster, "versions", lambda: {"numpy": "1"})
    monkeypatch.setattr(cluster, "code_hash", lambda: "0123456789abcdef")
    monkeypatch.setattr(cluster.multiprocessing, "current_process", lambda: SimpleNamespace(daemon=daemon))
    nanny = {"nanny": "yes"} if daemon else {}
    assert cluster._worker_versions() == {"numpy": "1", "the program's files": "0123456789ab", **nanny}
