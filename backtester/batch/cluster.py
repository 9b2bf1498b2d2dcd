"""Tasks on a Dask cluster: each Dask worker runs a pool of processes of its own, as this machine would.

1. `_refuse_unfit_workers` checks that every Dask worker has the versions that this process has.
2. `open_cluster` sends the market, the settings and the strategies once, as a `RemotePool`.
3. A Dask worker passes its tasks on to the processes of the `RemotePool`, one for each of its threads: a strategy that
   hangs, dies or takes too much memory costs its task, and never the Dask worker.
4. If a Dask worker is lost, Dask gives its tasks to the others.
"""

import multiprocessing
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client, Future, KilledWorker, get_worker, wait

from backtester.batch.jobs import WorkerState
from backtester.batch.workers import TASKS_AHEAD, AnswerTasks, Failure, Task, TaskLimits, WorkerData, WorkerPool
from backtester.batch.written_files import code_hash
from backtester.errors import Answer, StudyError, first_line
from backtester.processes import THREADS
from backtester.runs.manifest import versions

SCHEDULER_SECONDS = 10  # a scheduler must answer within this time
NANNY = "nanny"  # key of `_worker_versions`: the process is a child of Dask's nanny, a watchdog, and may start none
ClusterFuture = Future[Any]  # data or a task that was sent to the cluster


class RemotePool:
    """A pool of processes in a Dask worker, which answers tasks.

    It is pickled as the data and the limits. The processes start with the first task, and end when the cluster drops
    the object.
    """

    def __init__(self, data: WorkerData, limits: TaskLimits) -> None:
        """A pool without processes."""
        self.data, self.limits = data, limits
        self._pool: WorkerPool | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type["RemotePool"], tuple[WorkerData, TaskLimits]]:
        """The pickled form, without processes and lock."""
        return RemotePool, (self.data, self.limits)

    def answer(self, function: Callable[[Task, WorkerState], Answer], task: Task) -> Answer | Failure:
        """The function's answer to a task, from one of the processes."""
        with self._lock:
            if self._pool is None:
                os.environ.update(dict.fromkeys(THREADS, "1"))  # one process for each thread of the Dask worker
                self._pool = WorkerPool(self.data, get_worker().state.nthreads, self.limits)
                weakref.finalize(self, self._pool.stop)
        while self._pool.must_be_repeated(future := self._pool.submit(function, task)):
            pass
        answer: Answer | Failure = self._pool.answer(future)
        return answer


def _answer(remote_pool: RemotePool, function: Callable[[Task, WorkerState], Answer], task: Task) -> Answer | Failure:
    """The pool's answer to a task; Dask runs this in a worker, with the pool in place of the future of it."""
    return remote_pool.answer(function, task)


@contextmanager
def open_cluster(data: WorkerData, address: str, limits: TaskLimits) -> Iterator[AnswerTasks]:
    """A function that has the workers of a Dask scheduler answer tasks within the limits.

    Raise StudyError if no scheduler answers at the address, it has no workers, or one of them has other versions.
    """
    with _client(address) as client:
        _refuse_unfit_workers(client, address)

        def send() -> ClusterFuture:
            sent: ClusterFuture = client.scatter(RemotePool(data, limits), broadcast=True, hash=False)
            return sent

        remote_pool = send()

        def answers(
            function: Callable[[Task, WorkerState], Answer], next_task: Callable[[], Task | None]
        ) -> Iterator[tuple[Task, Answer | Failure]]:
            nonlocal remote_pool
            under_way: dict[ClusterFuture, Task] = {}

            def submit(task: Task) -> None:
                under_way[client.submit(_answer, remote_pool, function, task, pure=False)] = task

            def hand_out() -> None:
                capacity = max(1, sum(client.nthreads().values()) * TASKS_AHEAD)
                while len(under_way) < capacity and (task := next_task()) is not None:
                    submit(task)

            hand_out()
            while under_way:
                with client.as_current():
                    done = wait(list(under_way), return_when="FIRST_COMPLETED").done
                for future in done:
                    task = under_way.pop(future)
                    if future.cancelled():
                        if remote_pool.cancelled():  # every worker that had it is gone: send it to those that join
                            remote_pool = send()
                        submit(task)
                    else:
                        yield task, _result(future)
                hand_out()

        yield answers


@contextmanager
def _client(address: str) -> Iterator[Client]:
    """A client of the scheduler; raise StudyError if none answers."""
    try:
        client = Client(address, timeout=f"{SCHEDULER_SECONDS}s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {address} ({first_line(error)}); start one with 'dask scheduler', and "
            f"workers with 'dask worker {address} --no-nanny'"
        ) from error
    with client:
        yield client


def _refuse_unfit_workers(client: Client, address: str) -> None:
    """Raise StudyError if the scheduler has no workers, or one whose results could differ from this machine's."""
    versions_here, start = _own_versions(), f"start it with 'dask worker {address} --no-nanny'"
    found = client.run(_worker_versions, on_error="return")
    if not found:
        raise StudyError(f"the scheduler at {address} has no workers; {start.replace('it', 'one', 1)}")
    for worker, versions_there in found.items():
        if isinstance(versions_there, BaseException):
            reason = first_line(versions_there)
            raise StudyError(f"worker {worker} cannot load this program: {reason}; install the same version there")
        if versions_there.pop(NANNY, None):
            raise StudyError(f"worker {worker} is one of Dask's nanny and may start no processes; {start}")
        for name, version in versions_here.items():
            if versions_there.get(name) != version:
                other = versions_there.get(name, "of another version")
                text = f"worker {worker} has {name} {other}, this machine {version}"
                raise StudyError(f"{text}; install the same there")


def _own_versions() -> dict[str, str]:
    """The versions of this process."""
    return _worker_versions()


def _worker_versions() -> dict[str, str]:
    """The versions of the process that runs this, the hash of this program's files, and whether it has a nanny."""
    nanny = {NANNY: "yes"} if multiprocessing.current_process().daemon else {}
    return {**versions(), "the program's files": code_hash()[:12], **nanny}


def _result(future: ClusterFuture) -> Any:
    """The answer to a task, or a Failure."""
    try:
        return future.result()
    except KilledWorker:
        return Failure("the workers that it was given to were lost, one after the other")
    except Exception as error:  # our own bug in one task must not lose the others
        return Failure(first_line(error))
