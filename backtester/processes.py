"""Processes of our own: new ones, out of the reach of Ctrl-C, and with standard output for the command alone."""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import connection, resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, TypeAlias

from backtester.errors import Answer, BacktesterError

if sys.platform == "linux":
    from multiprocessing.context import ForkServerContext as Context
    from multiprocessing.context import ForkServerProcess as Process
else:  # Apple's libraries do not bear to be forked, Windows does not fork
    from multiprocessing.context import SpawnContext as Context
    from multiprocessing.context import SpawnProcess as Process

ENDED_WITH_0 = 250  # stands for the exit code 0 of a process that should not have ended
END_TIMEOUT = 3  # seconds for the end of a process that has begun to end
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
InheritedSettings: TypeAlias = tuple[dict[str, str], tuple[int, int, int]]


@dataclass(frozen=True)
class ProcessEnded:
    """A process that ended before it answered."""

    exit_code: int


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """A function under way in a process of its own, which ends with this one at the latest."""

    process: BaseProcess
    pipe: "connection.Connection[None, Answer | BacktesterError]"

    def answer(self) -> Answer | ProcessEnded:
        """The result of the function. Raise the BacktesterError that it raised."""
        try:
            answer = self.pipe.recv()
        except EOFError:
            self.process.join(END_TIMEOUT)
            self.process.kill()  # it may have become another program, which goes on
            self.process.join()
            return ProcessEnded(shown_exit_code(self.process.exitcode or 0))
        if isinstance(answer, BacktesterError):
            raise answer
        return answer


class FreshProcess(Process):
    """A process that ends of itself only before its task is done, and so never with exit code 0.

    pebble takes one with 0 for one that was let go, and waits for its task until the time is up.
    """

    @property
    def exitcode(self) -> int | None:
        """The exit code, `ENDED_WITH_0` in the place of 0, None while it goes on."""
        code = super().exitcode
        return ENDED_WITH_0 if code == 0 else code


class FreshProcesses(Context):
    """The context that starts such processes."""

    Process = FreshProcess


def start_call(function: Callable[..., Answer], *values: Any) -> Call[Answer]:
    """Start a function, which is one of a module's own, in a new process that has imported that module and no plugin,
    with this process' environment and folder as they are now."""
    context = fresh_processes(function.__module__)
    pipe, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, inherited_settings(), function, values), daemon=True)
    with interrupts_deferred():
        process.start()
    theirs.close()
    return Call(process, pipe)


def fresh_processes(module: str) -> FreshProcesses:
    """What starts processes that have imported a module and no plugin, and whose end is never a success.

    On Linux a process that does nothing else imports the first such module once, and each of them is a fork of it. They
    have its environment: `enter_worker` is for the one of now.
    """
    context = FreshProcesses()
    if sys.platform == "linux":
        context.set_forkserver_preload([module])
    return context


def answered_calls(calls: Iterable[Call[Answer]]) -> list[Call[Answer]]:
    """Wait until some of the calls have an answer or have ended: these."""
    by_pipe: dict[Any, Call[Answer]] = {call.pipe: call for call in calls}
    return [by_pipe[pipe] for pipe in connection.wait(by_pipe)]


def _answer(
    pipe: "connection.Connection[Any, None]",
    theirs: InheritedSettings,
    function: Callable[..., Any],
    values: tuple[Any, ...],
) -> None:
    enter_worker(theirs)
    with contextlib.suppress(OSError):  # Windows has other pipes
        os.set_inheritable(pipe.fileno(), False)  # else another program that this process becomes would hold it open
    try:
        answer = function(*values)
    except BacktesterError as error:
        answer = error
    except KeyboardInterrupt:  # a plugin's own: the user's does not reach this process
        os._exit(130)
    pipe.send(answer)


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Start processes in this block: Ctrl-C reaches the command alone, which stops them, and only after the block.

    The processes inherit that SIGINT is blocked. Here it may still reach a thread of some library, so what would raise
    KeyboardInterrupt amid the block does so at its end.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing's own process; starting it later would admit interrupts again
    held: list[int] = []
    kept = [one for one in signal.valid_signals() if signal.getsignal(one) is signal.default_int_handler]
    for number in kept:
        signal.signal(number, lambda received, _: held.append(received))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in kept:
            signal.signal(number, signal.default_int_handler)
        if held:
            raise KeyboardInterrupt


def kill_children(name: str) -> None:
    """Kill the processes of that name which this one has started, and wait `END_TIMEOUT` for their ends."""
    there = [one for one in multiprocessing.active_children() if one.name == name]
    for process in there:
        process.kill()
    connection.wait([process.sentinel for process in there], timeout=END_TIMEOUT)


@contextlib.contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that start in the block compute in one thread each: there is a process a core."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            with contextlib.suppress(KeyError):
                del os.environ[name]
            if value is not None:
                os.environ[name] = value


def inherited_settings() -> InheritedSettings:
    """The settings that started processes take over: the environment, and the thresholds of garbage collection."""
    return dict(os.environ), gc.get_threshold()


def enter_worker(theirs: InheritedSettings) -> None:
    """Prepare a process that executes plugins: it has those surroundings, and nothing that it writes is an answer."""
    os.environ.clear()
    os.environ.update(theirs[0])
    gc.set_threshold(*theirs[1])
    gc.freeze()  # what is there now stays
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def limit_memory(megabytes: float) -> None:
    """Refuse this process more memory than that beyond what it holds now: what asks for more raises MemoryError.

    Only Linux counts what a process holds; elsewhere there is no limit.
    """
    with contextlib.suppress(OSError, ImportError, ValueError, StopIteration):
        import resource  # there is none on Windows

        status = Path("/proc/self/status").read_text()
        held = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:"))
        most = 1024 * held + int(megabytes * 1e6)
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def shown_exit_code(code: int) -> int:
    """The exit code as the process gave it."""
    return 0 if code == ENDED_WITH_0 else code
