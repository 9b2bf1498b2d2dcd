"""Worker processes on this machine: new ones, each with the market once; what raises, hangs or dies loses one task.

pebble rather than `concurrent.futures`, whose pool breaks as a whole when one of its processes dies or overruns.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, InvalidStateError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from pebble import ProcessExpired, ProcessPool
from pebble.pool.process import WORKERS_NAME

from backtester import processes
from backtester.batch.jobs import Bench
from backtester.batch.spent import Meter
from backtester.batch.worlds import World
from backtester.errors import Answer, BacktesterError, DataError, first_line
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.travel import Sent, received
from backtester.runs.settings import RunSettings

MOST_POOLS = 20  # of one study, before what kills its processes is to be looked for
TASKS_AHEAD = 2  # tasks handed out per worker, so that none waits for the parent
Task = TypeVar("Task")


@dataclass(frozen=True)
class Parcel:
    """The data that is sent to a worker: market, settings, strategies as `travel.Sent`, and scenarios."""

    market: Market
    settings: RunSettings
    strategies: tuple[Sent, ...]
    worlds: dict[str, World] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskLimits:
    """The limits of a task: seconds and, beyond a worker's memory at its start, megabytes."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Failure:
    """Why a task failed."""

    message: str


@dataclass(frozen=True)
class Answered:
    """A worker's answer, and the seconds of processor time that it took, its start with the first."""

    answer: Any
    seconds: float


_spent = [0.0]  # seconds of processor time of this worker up to its last answer
_parcels: list[tuple[Parcel, TaskLimits]] = []  # one in a worker process, put there by its initializer
_benches: list[Bench] = []  # one in a worker process, put there by its first task


def _receive(surroundings: processes.InheritedSettings, parcel: Parcel, limits: TaskLimits) -> None:
    processes.enter_worker(surroundings)
    _parcels[:] = [(parcel, limits)]


def _bench() -> Bench:
    """The worker's bench, opened by its first task: a strategy that hangs or dies costs that task, not the pool."""
    if not _benches:
        parcel, limits = _parcels[0]
        processes.limit_memory(limits.megabytes)
        strategies = {one.name: received(one) for one in parcel.strategies}
        _benches[:] = [Bench(parcel.market, Library(strategies), parcel.settings, parcel.worlds)]
    return _benches[0]


def _work(function: Callable[[Task, Bench], Answer], task: Task) -> Answered:
    before, answer = _spent[0], _tried(function, task)
    _spent[0] = time.process_time()
    return Answered(answer, _spent[0] - before)


def _tried(function: Callable[[Task, Bench], Answer], task: Task) -> Answer | Failure:
    try:
        return function(task, _bench())
    except BacktesterError as error:
        return Failure("; ".join(error.lines()))
    except BaseException as error:  # whatever it is, it must not pass for the user's own interrupt in the parent
        return Failure(first_line(error))


class AnswerTasks(Protocol):
    """The function that `open_workers` and `open_cluster` yield."""

    def __call__(
        self, function: Callable[[Task, Bench], Answer], following: Callable[[], Task | None]
    ) -> Iterator[tuple[Task, Answer | Failure]]:
        """Each task with the function's answer, in the order in which they are done. The next task is asked for when a
        worker has room, and again after each answer; None where there is none for now."""


def each(tasks: Iterable[Task]) -> Callable[[], Task | None]:
    """A function that returns the tasks one after the other, then None."""
    waiting = iter(tasks)
    return lambda: next(waiting, None)


class Crew:
    """Processes of this machine that answer tasks within the limits.

    pebble gives its pool up when a process is killed that has no task in hand: another pool then takes its place, and
    what the first had waiting is `lost`, to be asked again.
    """

    def __init__(self, parcel: Parcel, count: int, limits: TaskLimits, meter: Meter | None = None) -> None:
        """Processes that start with the first task, what they take to be added to a meter."""
        self.meter, self.limits, self.pools_left = meter, limits, MOST_POOLS
        given, context = (processes.inherited_settings(), parcel, limits), processes.fresh_processes(__name__)
        self.start = partial(ProcessPool, count, context=context, initializer=_receive, initargs=given)
        self.pool, self.waiting, self.turn = self.start(), set[Future[Any]](), threading.Lock()

    def ask(self, function: Callable[[Task, Bench], Answer], task: Task) -> "Future[Answered]":
        """Hand a task to a process that is free, or will be."""
        asked: Future[Answered]
        with self.turn:  # threads of a cluster's worker ask, too
            try:
                asked = self.pool.schedule(_work, args=(function, task), timeout=self.limits.seconds)
            except RuntimeError:
                self._renew()
                asked = self.pool.schedule(_work, args=(function, task), timeout=self.limits.seconds)
            self.waiting.add(asked)
        return asked

    def _renew(self) -> None:
        given_up, self.pool, self.pools_left = self.pool, self.start(), self.pools_left - 1
        if not self.pools_left:
            raise DataError(f"worker processes were killed {MOST_POOLS} times; find what kills them, and go on")
        given_up.stop()
        given_up.join()
        for future in tuple(self.waiting):
            with contextlib.suppress(InvalidStateError):
                future.set_exception(BrokenProcessPool())

    def stop(self) -> None:
        """End the processes first: pebble takes their locks away before, which one that is starting would print."""
        self.pool.stop()
        processes.kill_children(WORKERS_NAME)

    def lost(self, future: "Future[Answered]") -> bool:
        """Whether a task that was asked is to be asked again; waits until that is known."""
        self.waiting.discard(future)
        try:
            return isinstance(future.exception(), BrokenProcessPool)
        except CancelledError:
            return False

    def answer(self, future: "Future[Answered]") -> Any:  # what the task's function answers, or a Failure
        """The answer to a task that was sent, or why it failed."""
        try:
            came = future.result()
        except TimeoutError:
            return Failure(f"took longer than {self.limits.seconds:g} seconds")
        except ProcessExpired as error:
            return Failure(f"its process died with exit code {processes.shown_exit_code(error.exitcode)}")
        except Exception as error:  # our own bug in one task must not lose the others
            return Failure(first_line(error))
        if self.meter is not None:
            self.meter.add(came.seconds)
        return came.answer


@contextmanager
def open_workers(parcel: Parcel, count: int, limits: TaskLimits, meter: Meter | None = None) -> Iterator[AnswerTasks]:
    """A function that has `count` worker processes answer tasks within the limits, each with one thread; what they take
    is added to the meter."""
    with processes.one_thread_each():
        crew = Crew(parcel, count, limits, meter)

        def answers(
            function: Callable[[Task, Bench], Answer], following: Callable[[], Task | None]
        ) -> Iterator[tuple[Task, Answer | Failure]]:
            under_way: dict[Future[Answered], Task] = {}

            def hand_out() -> None:
                while len(under_way) < count * TASKS_AHEAD and (task := following()) is not None:
                    under_way[crew.ask(function, task)] = task

            with processes.interrupts_deferred():  # the first task starts the processes
                hand_out()
            while under_way:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    task = under_way.pop(future)
                    if crew.lost(future):
                        under_way[crew.ask(function, task)] = task
                    else:
                        yield task, crew.answer(future)
                hand_out()

        try:
            yield answers
            crew.pool.close()
        except BaseException:
            crew.stop()
            raise
        finally:
            crew.pool.join()
