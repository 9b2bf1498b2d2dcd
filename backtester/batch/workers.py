"""Worker processes on this machine: freshly started, each with the market once; a task that fails costs only itself.

pebble is used, since a pool of `concurrent.futures` breaks as a whole when one of its processes dies or overruns.
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
from backtester.batch.jobs import WorkerState
from backtester.batch.processor_time import ProcessorMeter
from backtester.batch.scenario_markets import ScenarioMarket
from backtester.errors import Answer, BacktesterError, DataError, first_line
from backtester.histories.market import Market
from backtester.plugins.loader import Library
from backtester.plugins.packing import PackedStrategy, unpack_strategy
from backtester.runs.settings import RunSettings

MOST_POOLS = 20  # pools that a study may use up; after so many, something outside keeps killing the processes
TASKS_AHEAD = 2  # tasks handed out per worker, so that none waits for the parent
Task = TypeVar("Task")


@dataclass(frozen=True)
class WorkerData:
    """The data that a worker is sent: market, settings, strategies, and scenarios by their column in the results."""

    market: Market
    settings: RunSettings
    strategies: tuple[PackedStrategy, ...]
    scenario_markets: dict[str, ScenarioMarket] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskLimits:
    """The limits of a task: seconds, and megabytes beyond what the worker has at its start."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Failure:
    """The reason why a task failed, in place of its answer."""

    message: str


@dataclass(frozen=True)
class TimedAnswer:
    """A worker's answer, and the processor seconds since its answer before, or since the worker's start."""

    answer: Any
    seconds: float


# the state of a worker process, each a list of at most one item
_seconds_at_last_answer = [0.0]  # processor time of this worker up to then
_worker_data: list[tuple[WorkerData, TaskLimits]] = []  # set when the process starts
_workers: list[WorkerState] = []  # set by the process's first task


def _initialize(inherited_settings: processes.InheritedSettings, worker_data: WorkerData, limits: TaskLimits) -> None:
    processes.enter_worker(inherited_settings)
    _worker_data[:] = [(worker_data, limits)]


def _worker() -> WorkerState:
    """The state of this process, made by its first task: a strategy that dies while it loads costs that task alone."""
    if not _workers:
        data, limits = _worker_data[0]
        processes.limit_memory(limits.megabytes)
        library = Library({packed.name: unpack_strategy(packed) for packed in data.strategies})
        _workers[:] = [WorkerState(data.market, library, data.settings, data.scenario_markets)]
    return _workers[0]


def _timed_answer(function: Callable[[Task, WorkerState], Answer], task: Task) -> TimedAnswer:
    before, answer = _seconds_at_last_answer[0], _answer_or_failure(function, task)
    _seconds_at_last_answer[0] = time.process_time()
    return TimedAnswer(answer, _seconds_at_last_answer[0] - before)


def _answer_or_failure(function: Callable[[Task, WorkerState], Answer], task: Task) -> Answer | Failure:
    try:
        return function(task, _worker())
    except BacktesterError as error:
        return Failure("; ".join(error.lines()))
    except BaseException as error:  # in the parent a KeyboardInterrupt from here would look like the user's own
        return Failure(first_line(error))


class AnswerTasks(Protocol):
    """The function that `open_workers` and `open_cluster` yield."""

    def __call__(
        self, function: Callable[[Task, WorkerState], Answer], next_task: Callable[[], Task | None]
    ) -> Iterator[tuple[Task, Answer | Failure]]:
        """Yield each task with the function's answer, in the order in which they are done. `next_task` is called when
        a worker has room, and again after each answer: it may return None, and a task later."""


def one_by_one(tasks: Iterable[Task]) -> Callable[[], Task | None]:
    """A function that returns the next of the tasks at each call, and None when all have been returned."""
    remaining = iter(tasks)
    return lambda: next(remaining, None)


class WorkerPool:
    """Processes of this machine that answer tasks within the limits.

    pebble abandons its pool if a process is killed that has no task. Another pool then takes its place, and
    `must_be_repeated` is true of the tasks that the first had not answered."""

    def __init__(self, data: WorkerData, count: int, limits: TaskLimits, meter: ProcessorMeter | None = None) -> None:
        """A pool whose processes start with the first task; their processor time is added to the meter."""
        self.meter, self.limits, self.pools_left = meter, limits, MOST_POOLS
        context, arguments = processes.fresh_processes(__name__), (processes.inherited_settings(), data, limits)
        self.start = partial(ProcessPool, count, context=context, initializer=_initialize, initargs=arguments)
        self.pool, self.unanswered, self.lock = self.start(), set[Future[Any]](), threading.Lock()

    def submit(self, function: Callable[[Task, WorkerState], Answer], task: Task) -> "Future[TimedAnswer]":
        """Hand a task to the next process that is free. Raise DataError if pools were abandoned too often."""
        future: Future[TimedAnswer]
        with self.lock:  # on a cluster several threads of a Dask worker submit tasks
            try:
                future = self.pool.schedule(_timed_answer, args=(function, task), timeout=self.limits.seconds)
            except RuntimeError:  # the pool was abandoned
                self._replace_pool()
                future = self.pool.schedule(_timed_answer, args=(function, task), timeout=self.limits.seconds)
            self.unanswered.add(future)
        return future

    def _replace_pool(self) -> None:
        abandoned, self.pool, self.pools_left = self.pool, self.start(), self.pools_left - 1
        if not self.pools_left:
            raise DataError(f"worker processes were killed {MOST_POOLS} times; find what kills them, and go on")
        abandoned.stop()
        abandoned.join()
        for future in tuple(self.unanswered):
            with contextlib.suppress(InvalidStateError):  # it has its answer already
                future.set_exception(BrokenProcessPool())

    def stop(self) -> None:
        """Stop the pool, and kill processes that still start: they would print that pebble's locks are missing."""
        self.pool.stop()
        processes.kill_children(WORKERS_NAME)

    def must_be_repeated(self, future: "Future[TimedAnswer]") -> bool:
        """Wait for a task to end, forget it as unanswered, and return whether its pool was abandoned before."""
        self.unanswered.discard(future)
        try:
            return isinstance(future.exception(), BrokenProcessPool)
        except CancelledError:
            return False

    def answer(self, future: "Future[TimedAnswer]") -> Any:
        """What the function of a submitted task returned, or a Failure."""
        try:
            timed = future.result()
        except TimeoutError:
            return Failure(f"took longer than {self.limits.seconds:g} seconds")
        except ProcessExpired as error:
            return Failure(f"its process died with exit code {processes.shown_exit_code(error.exitcode)}")
        except Exception as error:  # our own bug in one task must not lose the others
            return Failure(first_line(error))
        if self.meter is not None:
            self.meter.add(timed.seconds)
        return timed.answer


@contextmanager
def open_workers(
    worker_data: WorkerData, count: int, limits: TaskLimits, meter: ProcessorMeter | None = None
) -> Iterator[AnswerTasks]:
    """A function that has `count` worker processes answer tasks within the limits, each with one thread; their
    processor time is added to the meter."""
    with processes.one_thread_each():
        workers = WorkerPool(worker_data, count, limits, meter)

        def answers(
            function: Callable[[Task, WorkerState], Answer], next_task: Callable[[], Task | None]
        ) -> Iterator[tuple[Task, Answer | Failure]]:
            under_way: dict[Future[TimedAnswer], Task] = {}

            def hand_out() -> None:
                while len(under_way) < count * TASKS_AHEAD and (task := next_task()) is not None:
                    under_way[workers.submit(function, task)] = task

            with processes.interrupts_deferred():  # the first task starts the processes
                hand_out()
            while under_way:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    task = under_way.pop(future)
                    if workers.must_be_repeated(future):
                        under_way[workers.submit(function, task)] = task
                    else:
                        yield task, workers.answer(future)
                hand_out()

        try:
            yield answers
            workers.pool.close()
        except BaseException:
            workers.stop()
            raise
        finally:
            workers.pool.join()
