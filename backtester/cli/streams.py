"""Standard output and standard error, whatever they lead to: closed, full, a reader that has gone, an old code page."""

import codecs
import contextlib
import errno
import io
import os
import sys
from typing import Any, TextIO

import click

from backtester.errors import OutputError

ASCII_SIGNS = {"−": "-", "–": "-", "…": "...", "•": "*"}  # instead of signs that a code page lacks
PLAIN_SIGNS = "backtester.plain_signs"  # the name under which codecs know the replacement
ANSWER = "backtester.answer"  # the stream for it among what click keeps for a command


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
        """Write all of the bytes, or drop them."""
        left = memoryview(data).cast("B")
        size = len(left)
        with contextlib.suppress(OSError):
            while left and (written := super().write(left)):
                left = left[written:]
        return size


class Command(click.Command):
    """A command whose answer alone reaches standard output: what else prints meanwhile goes to standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke the command and return its result; `sys.stdout` is standard error from then on."""
        if _is_ours(sys.stdout):
            ctx.meta[ANSWER], sys.stdout = sys.stdout, sys.stderr
        returned = super().invoke(ctx)
        answer_stream().flush()
        return returned


class StreamsGroup(click.Group):
    """A group of such commands."""

    command_class = Command


def answer_stream() -> TextIO:
    """The stream to which a command writes its answer."""
    context = click.get_current_context(silent=True)
    kept: TextIO | None = context.meta.get(ANSWER) if context else None
    return kept or sys.stdout


def open_streams() -> None:
    """Put streams in place of the process's own that fail in a line or not at all, and that know plain signs.

    Standard output gets a descriptor of its own, which no other program inherits, and descriptor 1 leads to standard
    error from then on: what a library, or a strategy's thread long after its call, writes there is no answer.
    """
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
    if _is_ours(sys.stdout):
        with contextlib.suppress(OutputError):
            sys.stdout.flush()
        os.dup2(2, sys.stdout.fileno())


def _is_ours(stream: object) -> bool:
    return isinstance(getattr(getattr(stream, "buffer", None), "raw", None), Output)


def _opened(old: TextIO | None, kind: type[io.FileIO], descriptor: int) -> TextIO:
    """The stream in place of an old one, which is None where it was closed; a console of Windows keeps its own."""
    buffer = getattr(old, "buffer", None)
    file = getattr(buffer, "raw", buffer)  # under python -u there is no buffer between
    if isinstance(old, io.TextIOWrapper) and type(file) is not io.FileIO:
        old.reconfigure(errors=PLAIN_SIGNS)
        return old
    encoding = "utf-8" if old is None else old.encoding
    if kind is Output:
        descriptor = os.dup(descriptor)
        os.dup2(2, 1)
    raw = kind(descriptor, "w", closefd=False)
    # Python aborts if a thread still writes to a buffer when the process ends, so messages have none but the text's own
    opened: Any = io.BufferedWriter(raw) if kind is Output else raw
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
    return "".join(ASCII_SIGNS.get(sign, "?") for sign in signs), error.end
