"""Processes of our own: spawned, out of the reach of Ctrl-C, and with standard output for the command alone."""

import contextlib
import os
import signal
from collections.abc import Iterator

ENDED_WITH_0 = 250  # stands for the exit code 0 of a process that should not have ended


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Start processes in this block: Ctrl-C reaches the command alone, which stops them, and only after the block."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def enter_worker() -> None:
    """Prepare a process that executes plugins: nothing that it writes is an answer, and its end is never a success.

    pebble takes a process that ends with exit code 0 for one that was let go, and waits for its task until the time is
    up; so `os._exit(0)` ends it with `ENDED_WITH_0`.
    """
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    really_exit = os._exit

    def exit_noticed(status: int = 0) -> None:
        really_exit(status or ENDED_WITH_0)

    os._exit = exit_noticed  # type: ignore[assignment]  # it returns as little as the other


def shown_exit_code(code: int) -> int:
    """The exit code as the process gave it."""
    return 0 if code == ENDED_WITH_0 else code
