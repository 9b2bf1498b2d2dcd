"""Worker processes on this machine: spawned, each with the market once; what raises, hangs or dies loses one task.

pebble rather than `concurrent.futures`, whose pool breaks as a whole when one of its processes dies or overruns.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

from pebble import ProcessExpired, ProcessPool

from backtester.batch.jobs import Bench, make_bench
from backtester.errors import BacktesterError, first_line
from backtester.histories.market import Market
from backtester.plugins.loader import Library, load_strategy
from backtester.processes import enter_worker, interrupts_held, shown_exit_code
from backtester.runs.settings import RunSettings

AHEAD = 4  # tasks handed out per worker, so that none waits for the parent
Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Parcel:
    """What travels to a worker: data and settings as they are, strategies as name, origin and bytes."""

    market: Market
    settings: RunSettings
    strategies: tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True)
class Failure:
    """Why a task came to nothing."""

    message: str


_parcels: list[Parcel] = []  # one in a worker process, put there by its initializer
_benches: list[Bench] = []  # one in a worker process, put there by its first task


def _receive(parcel: Parcel) -> None:
    enter_worker()
    _parcels[:] = [parcel]


def _bench() -> Bench:
    """The worker's bench, opened by its first task: a strategy that hangs or dies costs that task, not the pool."""
    if not _benches:
        strategies = {name: load_strategy(name, origin, source) for name, origin, source in _parcels[0].strategies}
        _benches[:] = [make_bench(_parcels[0].market, Library(strategies), _parcels[0].settings)]
    return _benches[0]


def _work(function: Callable[[Task, Bench], Answer], task: Task) -> Answer | Failure:
    try:
        return function(task, _bench())
    except BacktesterError as error:
        return Failure("; ".join(error.lines()))
    except BaseException as error:  # whatever it is, it must not pass for the user's own interrupt in the parent
        return Failure(first_line(error))


class Answers(Protocol):
    """What `open_workers` gives."""

    def __call__(
        self, function: Callable[[Task, Bench], Answer], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Answer | Failure]]:
        """Each task with the function's answer, in the order in which they are done."""


@contextmanager
def open_workers(parcel: Parcel, count: int, timeout: float) -> Iterator[Answers]:
    """A function that has `count` worker processes answer tasks, each of which may take `timeout` seconds."""
    context = multiprocessing.get_context("spawn")
    with ProcessPool(count, context=context, initializer=_receive, initargs=(parcel,)) as pool:

        def answers(
            function: Callable[[Task, Bench], Answer], tasks: Iterable[Task]
        ) -> Iterator[tuple[Task, Answer | Failure]]:
            waiting = iter(tasks)
            under_way: dict[Future[Answer | Failure], Task] = {}

            def hand_out(number: int) -> None:
                for task in islice(waiting, number):
                    under_way[pool.schedule(_work, args=(function, task), timeout=timeout)] = task

            with interrupts_held():  # the first task starts the processes
                hand_out(count * AHEAD)
            while under_way:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield under_way.pop(future), _answer(future, timeout)
                hand_out(len(done))

        try:
            yield answers
        except BaseException:
            pool.stop()
            raise


def _answer(future: "Future[Answer | Failure]", timeout: float) -> Answer | Failure:
    try:
        return future.result()
    except TimeoutError:
        return Failure(f"took longer than {timeout:g} seconds")
    except ProcessExpired as error:
        return Failure(f"its process died with exit code {shown_exit_code(error.exitcode)}")
    except Exception as error:  # our own bug in one task must not lose the others
        return Failure(first_line(error))
