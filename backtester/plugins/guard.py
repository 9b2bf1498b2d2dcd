"""Running a plugin's code without lasting effects on the process."""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from backtester.errors import PluginError
from backtester.plugins.process_settings import settings_kept


@contextlib.contextmanager
def plugin_code() -> Iterator[None]:
    """Run the block, which executes a plugin's code, with standard output pointed at standard error.

    Both `sys.stdout` and file descriptor 1 are pointed there, since standard output is for the command's own output. At
    the end the working folder is restored, so that relative paths stay valid, and so are both descriptors, numpy's
    error settings and all `process_settings`. In the block, `os._exit` and the functions of os.exec raise SystemExit,
    which can be reported. Raise PluginError if the working folder no longer exists.
    """
    folder = _working_folder()
    to_stderr = contextlib.redirect_stdout(sys.stderr)
    stderr_restored = contextlib.redirect_stderr(sys.stderr)
    with _descriptor_to_stderr(), to_stderr, stderr_restored, np.errstate(), settings_kept(), _process_kept():
        try:
            yield
        finally:
            if folder is not None:
                _return_to(folder)


def _working_folder() -> str | None:
    """The working folder; None if it was removed before the plugin was called."""
    try:
        return os.getcwd()
    except OSError:
        return None


def _return_to(folder: str) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        raise PluginError(f"the working folder {folder} is gone: {error.strerror}; a strategy keeps it") from error


@contextlib.contextmanager
def _process_kept() -> Iterator[None]:
    """Replace `os._exit` and the functions of os.exec in the block by functions that raise SystemExit.

    A plugin may keep a replacement and call it after the block, as at exit: it then does nothing. In a worker process
    the replacements end the process, which its parent notices. In a process that the plugin forks they work as usual,
    and the process ends with the block, where it would go on as a second run.
    """
    real_exit, real_execv, real_execve, this_process = os._exit, os.execv, os.execve, os.getpid()
    is_worker, in_block = multiprocessing.parent_process() is not None, True

    def refuse(call: str, status: int, real_call: Callable[[], Any]) -> None:
        if os.getpid() != this_process:
            real_call()
        if in_block and is_worker:
            real_exit(status)
        if in_block:
            raise SystemExit(call)

    def refuse_exit(status: int) -> None:
        refuse(f"os._exit({status})", status, lambda: real_exit(status))

    def refuse_execv(path: Any, argv: Any) -> None:
        refuse(f"os.execv({path!r})", 0, lambda: real_execv(path, argv))

    def refuse_execve(path: Any, argv: Any, env: Any) -> None:
        refuse(f"os.execve({path!r})", 0, lambda: real_execve(path, argv, env))

    os._exit = refuse_exit  # type: ignore[assignment]  # the real one never returns
    os.execv, os.execve = refuse_execv, refuse_execve  # type: ignore[assignment]  # nor do these
    try:
        yield
    finally:
        if os.getpid() != this_process:
            real_exit(1)
        in_block = False
        os._exit, os.execv, os.execve = real_exit, real_execv, real_execve


@contextlib.contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Point file descriptor 1 to where 2 points, and restore both at the end.

    Buffers are flushed before each change, so that their content goes where it was meant to go.
    """
    _flush()
    copies = {}
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):  # it is closed
            copies[descriptor] = os.dup(descriptor)
    try:
        if len(copies) == 2:
            os.dup2(2, 1)
        yield
    finally:
        _flush()
        for descriptor, copy in copies.items():
            with contextlib.suppress(OSError):  # the plugin closed the copy: the descriptor cannot be restored
                os.dup2(copy, descriptor)
                os.close(copy)


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
