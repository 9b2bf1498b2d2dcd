"""Processes: starting new ones that Ctrl-C does not reach and that cannot write to standard output, and their limits.

Plugins, the files of strategies, are run in such processes, since they may end, hang, write, or change the
environment.
"""

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
else:  # Apple's libraries break in a forked process, and Windows cannot fork
    from multiprocessing.context import SpawnContext as Context
    from multiprocessing.context import SpawnProcess as Process

ENDED_WITH_0 = 250  # replaces the exit code 0 of a process that should not have ended
END_TIMEOUT = 3  # seconds to wait until a process that is ending has ended
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
InheritedSettings: TypeAlias = tuple[dict[str, str], tuple[int, int, int]]  # see `inherited_settings`


@dataclass(frozen=True)
class ProcessEnded:
    """A process that ended before it answered, and its exit code, as `shown_exit_code` returns it."""

    exit_code: int


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """A call of a function in a process of its own, which ends when this process ends, if not before.

    The result, or the error that was raised, comes through `pipe`.
    """

    process: BaseProcess
    pipe: "connection.Connection[None, Answer | BacktesterError]"

    def answer(self) -> Answer | ProcessEnded:
        """Wait for the result of the function and return it, or `ProcessEnded`. Raise the BacktesterError that it
        raised."""
        try:
            answer = self.pipe.recv()
        except EOFError:
            self.process.join(END_TIMEOUT)
            self.process.kill()  # it may have replaced itself by another program, which still runs
            self.process.join()
            return ProcessEnded(shown_exit_code(self.process.exitcode or 0))
        if isinstance(answer, BacktesterError):
            raise answer
        return answer


class FreshProcess(Process):
    """A process that never shows exit code 0: it is stopped from outside, so if it ends by itself, it has failed.

    pebble, whose pool has the workers of a batch, takes exit code 0 for a worker that was dismissed, and would wait for
    its task until the time-out.
    """

    @property
    def exitcode(self) -> int | None:
        """The exit code, but `ENDED_WITH_0` instead of 0; None while the process runs."""
        code = super().exitcode
        return ENDED_WITH_0 if code == 0 else code


class FreshProcesses(Context):
    """A multiprocessing context that starts processes of the class `FreshProcess`."""

    Process = FreshProcess


def start_call(function: Callable[..., Answer], *values: Any) -> Call[Answer]:
    """Call a module-level function in a new process that has imported its module and no plugin, with the environment
    and the working folder that this process has now."""
    context = fresh_processes(function.__module__)
    pipe, sending_end = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sending_end, inherited_settings(), function, values), daemon=True)
    with interrupts_deferred():
        process.start()
    sending_end.close()  # this process' copy: the pipe then ends when the other process does
    return Call(process, pipe)


def fresh_processes(module: str) -> FreshProcesses:
    """A context that starts processes which have imported a module and no plugin.

    On Linux a server process imports the module once, and each process is a fork of it. These have the server's
    environment; `enter_worker` gives them the current one.
    """
    context = FreshProcesses()
    if sys.platform == "linux":
        context.set_forkserver_preload([module])
    return context


def answered_calls(calls: Iterable[Call[Answer]]) -> list[Call[Answer]]:
    """The calls that have an answer or have ended; wait until there is at least one."""
    by_pipe: dict[Any, Call[Answer]] = {call.pipe: call for call in calls}
    return [by_pipe[pipe] for pipe in connection.wait(by_pipe)]


def _answer(
    pipe: "connection.Connection[Any, None]",
    settings: InheritedSettings,
    function: Callable[..., Any],
    values: tuple[Any, ...],
) -> None:
    """Call the function, in the new process, and send its result, or the BacktesterError that it raised."""
    enter_worker(settings)
    with contextlib.suppress(OSError):  # Windows has other pipes
        os.set_inheritable(pipe.fileno(), False)  # else a program that replaces this process would keep it open
    try:
        answer = function(*values)
    except BacktesterError as error:
        answer = error
    except KeyboardInterrupt:  # raised by a plugin: Ctrl-C does not reach this process
        os._exit(130)
    pipe.send(answer)


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Defer Ctrl-C to the end of the block, and keep it for good from processes that start in the block.

    They inherit that SIGINT is blocked; the command stops them itself. In this process SIGINT may still reach a thread
    of a library, so handlers that would raise KeyboardInterrupt are replaced, and it is raised at the end of the block.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # multiprocessing's own process: starting it later would unblock SIGINT
    received: list[int] = []
    replaced = [number for number in signal.valid_signals() if signal.getsignal(number) is signal.default_int_handler]
    for number in replaced:
        signal.signal(number, lambda signum, _: received.append(signum))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in replaced:
            signal.signal(number, signal.default_int_handler)
        if received:
            raise KeyboardInterrupt


def kill_children(name: str) -> None:
    """Kill the child processes of that name, and wait at most `END_TIMEOUT` for one of them to end."""
    children = [process for process in multiprocessing.active_children() if process.name == name]
    for process in children:
        process.kill()
    connection.wait([process.sentinel for process in children], timeout=END_TIMEOUT)


@contextlib.contextmanager
def one_thread_each() -> Iterator[None]:
    """Have processes that start in the block compute in one thread each, so that many do not share a core."""
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
    """The settings that new processes take over: this process' environment and thresholds of garbage collection."""
    return dict(os.environ), gc.get_threshold()


def enter_worker(settings: InheritedSettings) -> None:
    """Prepare this process for executing plugins: give it the settings, and send what it prints to standard error."""
    environment, thresholds = settings
    os.environ.clear()
    os.environ.update(environment)
    gc.set_threshold(*thresholds)
    gc.freeze()  # what exists now is never garbage
    with contextlib.suppress(OSError):
        os.dup2(2, 1)


def limit_memory(megabytes: float) -> None:
    """Limit this process to so much memory beyond what it has now; more raises MemoryError. Only on Linux: elsewhere
    nothing is limited."""
    with contextlib.suppress(OSError, ImportError, ValueError, StopIteration):
        import resource  # there is none on Windows

        status = Path("/proc/self/status").read_text()
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:"))
        most = 1024 * kilobytes + int(megabytes * 1e6)
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def shown_exit_code(code: int) -> int:
    """The exit code that a `FreshProcess` ended with: 0 for `ENDED_WITH_0`."""
    return 0 if code == ENDED_WITH_0 else code
