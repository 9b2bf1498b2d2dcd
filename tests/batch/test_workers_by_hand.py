"""How tasks are handed to workers, and what becomes of their answers, by a made-up crew."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pebble import ProcessExpired

from backtester.batch import workers
from backtester.batch.processor_time import ProcessorMeter
from backtester.batch.workers import Failure, TaskLimits, TimedAnswer, WorkerData, WorkerPool, open_workers
from backtester.errors import DataError, PluginError

LIMITS = TaskLimits(60, 4000)


class Asked:
    """The answer to a task that was asked, or its error."""

    def __init__(self, answer: object) -> None:
        """With what it holds."""
        self.answer = answer

    def result(self) -> object:
        """What it holds."""
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(("count", "ahead"), [(1, 2), (3, 6)])
def test_two_tasks_a_worker_are_under_way(count: int, ahead: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that none waits for the parent; what is lost is asked again, and the pool is closed at the end."""
    heard: list[Any] = []
    lost = iter([True])

    class Made:
        """A crew that answers with ten times the task, and loses the first."""

        def __init__(self, *given: object) -> None:
            """With a pool that notes what it is told."""
            self.pool = SimpleNamespace(close=lambda: heard.append("closed"), join=lambda: heard.append("joined"))

        def submit(self, function: object, task: int) -> Asked:
            """The task, asked."""
            heard.append(task)
            return Asked(10 * task)

        def must_be_repeated(self, one: Asked) -> bool:
            """Whether it is the first."""
            return next(lost, False)

        def answer(self, one: Asked) -> object:
            """Its answer."""
            heard.append("answered")
            return one.result()

    monkeypatch.setattr(workers, "WorkerPool", Made)
    monkeypatch.setattr(workers, "wait", lambda under_way, return_when: (list(under_way)[:1], None))
    waiting: Iterator[int] = iter(range(1, 9))
    with open_workers(cast(WorkerData, None), count, LIMITS) as answers:
        found = dict(answers(cast(Any, None), lambda: next(waiting, None)))
    assert found == {task: 10 * task for task in range(1, 9)}
    assert heard[: ahead + 2] == [*range(1, ahead + 1), 1, "answered"], "the first was lost"
    assert heard[-2:] == ["closed", "joined"]


@pytest.mark.parametrize(
    ("came", "answer", "seconds"),
    [
        (TimedAnswer("rows", 1.5), "rows", 1.5),
        (TimeoutError(), Failure("took longer than 60 seconds"), 0.0),
        (ProcessExpired("gone", code=3), Failure("its process died with exit code 3"), 0.0),
        (ValueError("no\nmore"), Failure("ValueError: no"), 0.0),
    ],
)
def test_what_becomes_of_an_answer(came: object, answer: object, seconds: float) -> None:
    """Its seconds are added to the meter; whatever kept it from coming is a failure of the task."""
    meter = ProcessorMeter("jobs")
    crew = cast(WorkerPool, SimpleNamespace(limits=LIMITS, meter=meter))
    assert WorkerPool.answer(crew, cast(Any, Asked(came))) == answer
    assert meter.seconds == {"jobs": seconds}
    assert (
        WorkerPool.answer(cast(WorkerPool, SimpleNamespace(limits=LIMITS, meter=None)), cast(Any, Asked(came)))
        == answer
    )


def test_a_task_takes_what_passed_since_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """In seconds of processor time, the worker's start with the first."""
    clock = iter([2.0, 2.75])
    monkeypatch.setattr(workers, "_seconds_at_last_answer", [0.0])
    monkeypatch.setattr(workers, "_worker", lambda: "the bench")
    monkeypatch.setattr(workers.time, "process_time", lambda: next(clock))

    def twice(task: str, bench: object) -> str:
        return f"{task} on {bench}"

    found = [workers._timed_answer(cast(Any, twice), task) for task in "ab"]
    assert found == [TimedAnswer("a on the bench", 2.0), TimedAnswer("b on the bench", 0.75)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PluginError("it broke"), "it broke"),
        (KeyboardInterrupt("now"), "KeyboardInterrupt: now"),
        (OSError("x"), "OSError: x"),
    ],
)
def test_whatever_a_task_raises_is_its_failure(
    error: BaseException, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours in its own words, others with their kind."""
    monkeypatch.setattr(workers, "_worker", lambda: None)

    def broken(task: object, bench: object) -> object:
        raise error

    assert workers._answer_or_failure(cast(Any, broken), None) == Failure(said)


def test_a_bench_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the first task, within the worker's memory."""
    limited: list[int] = []
    monkeypatch.setattr(workers, "_workers", [])
    monkeypatch.setattr(
        workers, "_worker_data", [(SimpleNamespace(market=1, settings=2, scenario_markets=3, strategies=()), LIMITS)]
    )
    monkeypatch.setattr(workers.processes, "limit_memory", limited.append)
    monkeypatch.setattr(workers, "WorkerState", lambda *given: given)
    first, again = workers._worker(), workers._worker()
    assert first is again
    assert cast(Any, first)[::2] == (1, 2)
    assert limited == [4000]


def test_pools_that_are_given_up_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the twentieth that is killed, what kills them is to be looked for; what waited is lost each time."""
    heard: list[str] = []
    old = SimpleNamespace(stop=lambda: heard.append("stopped"), join=lambda: heard.append("joined"))
    waiting = SimpleNamespace(set_exception=lambda error: heard.append(type(error).__name__))
    crew = SimpleNamespace(pool=old, start=lambda: "another", pools_left=2, unanswered=[waiting])
    WorkerPool._replace_pool(cast(WorkerPool, crew))
    assert (crew.pool, crew.pools_left, heard) == ("another", 1, ["stopped", "joined", "BrokenProcessPool"])
    with pytest.raises(DataError, match="worker processes were killed 20 times; find what kills them, and go on"):
        WorkerPool._replace_pool(cast(WorkerPool, crew))
