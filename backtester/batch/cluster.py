"""The same tasks on a Dask cluster: each of its workers keeps processes of its own, as this machine would.

1. `_refuse_others` looks whether every worker has the versions that this process has.
2. `open_cluster` sends the market, the settings and the strategies once, as a `Station`.
3. A Dask worker hands each task that it is given to the station's processes, one for each of its threads: a strategy
   that hangs, dies or takes too much memory there costs its task, and never the Dask worker.
4. Dask gives the tasks of a worker that is lost to the others.
"""

import multiprocessing
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client, Future, KilledWorker, get_worker, wait

from backtester.batch.jobs import Bench
from backtester.batch.workers import TASKS_AHEAD, AnswerTasks, Crew, Failure, Parcel, Task, TaskLimits
from backtester.batch.written import code_hash
from backtester.errors import Answer, StudyError, first_line
from backtester.processes import THREADS
from backtester.runs.manifest import versions

SECONDS = 10  # until a scheduler must have answered
NANNY = "nanny"
Given = Future[Any]  # what the cluster was given: data, or a task


class Station:
    """What a Dask worker answers tasks with. It travels as the parcel and the limits; its processes start with the
    first task, and end when the cluster lets go of it."""

    def __init__(self, parcel: Parcel, limits: TaskLimits) -> None:
        """A station without processes."""
        self.parcel, self.limits = parcel, limits
        self._crew: Crew | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type["Station"], tuple[Parcel, TaskLimits]]:
        """The state in which it is sent."""
        return Station, (self.parcel, self.limits)

    def answer(self, function: Callable[[Task, Bench], Answer], task: Task) -> Answer | Failure:
        """The function's answer to a task, by one of the station's processes."""
        with self._lock:
            if self._crew is None:
                os.environ.update(dict.fromkeys(THREADS, "1"))  # of the processes: there is one a thread of the worker
                self._crew = Crew(self.parcel, get_worker().state.nthreads, self.limits)
                weakref.finalize(self, self._crew.stop)
        while self._crew.lost(asked := self._crew.ask(function, task)):
            pass
        answer: Answer | Failure = self._crew.answer(asked)
        return answer


def _answer(station: Station, function: Callable[[Task, Bench], Answer], task: Task) -> Answer | Failure:
    return station.answer(function, task)


@contextmanager
def open_cluster(parcel: Parcel, address: str, limits: TaskLimits) -> Iterator[AnswerTasks]:
    """A function that has the workers of a Dask scheduler answer tasks within the limits.

    Raise StudyError if no scheduler answers there, it has no workers, or one of them has other versions.
    """
    with _client(address) as client:
        _refuse_others(client, address)

        def send() -> Given:
            sent: Given = client.scatter(Station(parcel, limits), broadcast=True, hash=False)
            return sent

        station = send()

        def answers(
            function: Callable[[Task, Bench], Answer], following: Callable[[], Task | None]
        ) -> Iterator[tuple[Task, Answer | Failure]]:
            nonlocal station
            under_way: dict[Given, Task] = {}

            def submit(task: Task) -> None:
                under_way[client.submit(_answer, station, function, task, pure=False)] = task

            def hand_out() -> None:
                capacity = max(1, sum(client.nthreads().values()) * TASKS_AHEAD)
                while len(under_way) < capacity and (task := following()) is not None:
                    submit(task)

            hand_out()
            while under_way:
                with client.as_current():
                    done = wait(list(under_way), return_when="FIRST_COMPLETED").done
                for future in done:
                    task = under_way.pop(future)
                    if future.cancelled():  # every worker that had the station is gone: whoever comes needs it again
                        if station.cancelled():
                            station = send()
                        submit(task)
                    else:
                        yield task, _came(future)
                hand_out()

        yield answers


@contextmanager
def _client(address: str) -> Iterator[Client]:
    """A client of the scheduler."""
    try:
        client = Client(address, timeout=f"{SECONDS}s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {address} ({first_line(error)}); start one with 'dask scheduler', and "
            f"workers with 'dask worker {address} --no-nanny'"
        ) from error
    with client:
        yield client


def _refuse_others(client: Client, address: str) -> None:
    """Raise StudyError if the scheduler has no workers, or one whose results could differ from those of here."""
    own, start = _own(), f"start it with 'dask worker {address} --no-nanny'"
    found = client.run(_has, on_error="return")
    if not found:
        raise StudyError(f"the scheduler at {address} has no workers; {start.replace('it', 'one', 1)}")
    for worker, theirs in found.items():
        if isinstance(theirs, BaseException):
            text = f"worker {worker} cannot load this program: {first_line(theirs)}; install the same version there"
            raise StudyError(text)
        if theirs.pop(NANNY, None):
            raise StudyError(f"worker {worker} is one of Dask's nanny and may start no processes; {start}")
        for name, version in own.items():
            if theirs.get(name) != version:
                text = f"worker {worker} has {name} {theirs.get(name, 'of another version')}, this machine {version}"
                raise StudyError(f"{text}; install the same there")


def _own() -> dict[str, str]:
    """The versions of this process."""
    return _has()


def _has() -> dict[str, str]:
    """The versions of a process, the hash of this program's files, and whether it may have no processes of its own."""
    nanny = {NANNY: "yes"} if multiprocessing.current_process().daemon else {}
    return {**versions(), "the program's files": code_hash()[:12], **nanny}


def _came(future: Given) -> Any:
    """The answer to a task, or why it failed."""
    try:
        return future.result()
    except KilledWorker:
        return Failure("the workers that it was given to were lost, one after the other")
    except Exception as error:  # our own bug in one task must not lose the others
        return Failure(first_line(error))
