"""Running a plugin's code so that the process is left as it was found."""

import contextlib
import os
import sys
from collections.abc import Iterator

import numpy as np

from backtester.errors import PluginError


@contextlib.contextmanager
def plugin_code() -> Iterator[None]:
    """Run the block, which executes a plugin's code, with standard output pointed at standard error.

    Both `sys.stdout` and file descriptor 1 are pointed there, since standard output is for what the command answers.
    The working folder is put back at the end, so that no path of the caller's moves, and so are numpy's error settings.
    Raise PluginError if the folder is gone by then.
    """
    folder = _working_folder()
    streams = contextlib.redirect_stdout(sys.stderr), contextlib.redirect_stderr(sys.stderr)
    with _descriptor_to_stderr(), streams[0], streams[1], np.errstate():
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
def _descriptor_to_stderr() -> Iterator[None]:
    """Point file descriptor 1 where 2 points, with what is buffered for either written in time."""
    _flush()
    try:
        kept = os.dup(1)
    except OSError:  # it is closed
        yield
        return
    try:
        with contextlib.suppress(OSError):
            os.dup2(2, 1)
        yield
    finally:
        _flush()
        os.dup2(kept, 1)
        os.close(kept)


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
