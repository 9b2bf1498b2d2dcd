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
    error settings and all `process_settings`. `os._exit` and the functions of os.exec raise SystemExit, which can be
    reported. Raise PluginError if the working folder no longer exists.
    """
    folder = _working_folder()
    streams = contextlib.redirect_stdout(sys.stderr), contextlib.redirect_stderr(sys.stderr)
    with _descriptor_to_stderr(), streams[0], streams[1], np.errstate(), settings_kept(), _process_kept():
        try:
            yield
        finally:
            if folder is not None:
                _return_to(folder)


def _working_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed before the plugin was called
        return None


def _return_to(folder: str) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        raise PluginError(f"the working folder {folder} is gone: {error.strerror}; a strategy keeps it") from error


@contextlib.contextmanager
def _process_kept() -> Iterator[None]:
    """Have `os._exit` and the functions of os.exec raise SystemExit in the block, and do nothing if they are called
    after it, as at exit.

    In a worker process they end the process, which its parent notices. In processes that the plugin forks they work as
    usual; such a process ends with the block.
    """
    really_exit, really_become, really_become_in, own = os._exit, os.execv, os.execve, os.getpid()
    is_worker, inside = multiprocessing.parent_process() is not None, True

    def refuse(what: str, status: int, really: Callable[[], Any]) -> None:
        if os.getpid() != own:
            really()
        if inside and is_worker:
            really_exit(status)
        if inside:
            raise SystemExit(what)

    def end(status: int) -> None:
        refuse(f"os._exit({status})", status, lambda: really_exit(status))

    def become(path: Any, argv: Any) -> None:
        refuse(f"os.execv({path!r})", 0, lambda: really_become(path, argv))

    def become_in(path: Any, argv: Any, env: Any) -> None:
        refuse(f"os.execve({path!r})", 0, lambda: really_become_in(path, argv, env))

    os._exit, os.execv, os.execve = end, become, become_in  # type: ignore[assignment]  # they return as little
    try:
        yield
    finally:
        if os.getpid() != own:  # a fork that would go on as a second run
            really_exit(1)
        inside = False
        os._exit, os.execv, os.execve = really_exit, really_become, really_become_in


@contextlib.contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Point file descriptor 1 to where 2 points, and restore both at the end; buffers are flushed before each."""
    _flush()
    kept = {}
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):  # it is closed
            kept[descriptor] = os.dup(descriptor)
    try:
        if len(kept) == 2:
            os.dup2(2, 1)
        yield
    finally:
        _flush()
        for descriptor, copy in kept.items():
            with contextlib.suppress(OSError):  # the plugin closed the copy: what it left stays
                os.dup2(copy, descriptor)
                os.close(copy)


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
