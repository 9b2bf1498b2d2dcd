"""Standard output and standard error, whatever they lead to: closed, full, a reader that has gone, an old code page."""

import codecs
import contextlib
import errno
import io
import os
import sys
from typing import Any, TextIO

from backtester.errors import OutputError

PLAIN = {"−": "-", "–": "-", "…": "...", "•": "*"}  # instead of signs that a code page lacks
PLAIN_SIGNS = "backtester.plain_signs"  # the name under which codecs know the replacement


class Output(io.FileIO):
    """Standard output. A reader that has gone is no mistake; raise OutputError once if it cannot be written to."""

    broken = False

    def write(self, data: Any, /) -> int:
        """Write the bytes, or drop them once the stream is broken, so that the command ends with its own status."""
        size = memoryview(data).nbytes
        if self.broken:
            return size
        try:
            return super().write(data)
        except BrokenPipeError:
            self.broken = True
            return size
        except OSError as error:
            self.broken = True
            raise OutputError(f"cannot write to standard output: {error.strerror}; lead it elsewhere") from error


class Messages(io.FileIO):
    """Standard error. There is nowhere left to say that it cannot be written to."""

    def write(self, data: Any, /) -> int:
        """Write the bytes, or drop them."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def open_streams() -> None:
    """Put streams in place of the process's own that fail in a line or not at all, and that know plain signs."""
    codecs.register_error(PLAIN_SIGNS, _plain)
    for descriptor in (0, 1, 2):
        if _is_closed(descriptor):  # else the next file that is opened would get its number
            os.open(os.devnull, os.O_WRONLY if descriptor == 2 else os.O_RDONLY)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _opened(sys.stdout, Output, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _opened(sys.stderr, Messages, 2)


def end_output() -> None:
    """Lead standard output to standard error: what is written when the process ends is no answer."""
    if isinstance(getattr(getattr(sys.stdout, "buffer", None), "raw", None), Output):
        with contextlib.suppress(OutputError):
            sys.stdout.flush()
        os.dup2(2, 1)


def _opened(old: TextIO | None, kind: type[io.FileIO], descriptor: int) -> TextIO:
    """The stream in place of an old one, which is None where it was closed; a console of Windows keeps its own."""
    buffer = getattr(old, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # under python -u there is no buffer between
    if isinstance(old, io.TextIOWrapper) and type(raw) is not io.FileIO:
        old.reconfigure(errors=PLAIN_SIGNS)
        return old
    encoding = "utf-8" if old is None else old.encoding
    opened = io.BufferedWriter(kind(descriptor, "w", closefd=False))
    return io.TextIOWrapper(opened, encoding=encoding, errors=PLAIN_SIGNS, line_buffering=True)


def _is_closed(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError as error:
        return error.errno == errno.EBADF
    return False


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    signs = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in signs), error.end
