"""Running a plugin's code so that the process is left as it was found."""

import contextlib
import os
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType

import numpy as np

from backtester.errors import PluginError


@contextlib.contextmanager
def plugin_code() -> Iterator[None]:
    """Run the block, which executes a plugin's code, with standard output pointed at standard error.

    Both `sys.stdout` and file descriptor 1 are pointed there, since standard output is for what the command answers.
    The working folder is put back at the end, so that no path of the caller's moves, and so are both descriptors, the
    rights of new files and numpy's error settings. `os._exit` raises SystemExit, which is reported, as the end of the
    process would not be. Raise PluginError if the folder is gone by then.
    """
    folder = _working_folder()
    streams = contextlib.redirect_stdout(sys.stderr), contextlib.redirect_stderr(sys.stderr)
    with _descriptor_to_stderr(), streams[0], streams[1], np.errstate(), _rights_kept(), _process_kept():
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
def _rights_kept() -> Iterator[None]:
    """Put back what new files may not be (umask), which can be read only by setting it."""
    kept = os.umask(0o077)
    os.umask(kept)
    try:
        yield
    finally:
        os.umask(kept)


@contextlib.contextmanager
def _process_kept() -> Iterator[None]:
    """Have `os._exit` raise SystemExit in the block, and do nothing where it is called later, as at exit.

    Processes that the plugin starts end as they like. A worker's own way to end is kept.
    """
    really_exit, own, inside = os._exit, os.getpid(), True
    if not isinstance(really_exit, BuiltinFunctionType):
        yield
        return

    def refuse(status: int = 0) -> None:
        if os.getpid() != own:
            really_exit(status)
        if inside:
            raise SystemExit(f"os._exit({status})")

    os._exit = refuse  # type: ignore[assignment]  # it returns as little as the other
    try:
        yield
    finally:
        inside, os._exit = False, really_exit


@contextlib.contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Point file descriptor 1 where 2 points, with what is buffered for either written in time; put both back."""
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
            os.dup2(copy, descriptor)
            os.close(copy)


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
