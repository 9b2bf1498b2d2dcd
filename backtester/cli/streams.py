"""Standard output and standard error that work, or fail in one line, wherever they lead to.

They may be closed, lead to a full disk, to a program that has ended, or to a console with an old code page.
"""

import codecs
import contextlib
import errno
import io
import os
import sys
from typing import Any, TextIO

import click

from backtester.errors import OutputError

ASCII_CHARACTERS = {"−": "-", "–": "-", "…": "...", "•": "*"}  # for characters that a code page lacks
PLAIN_CHARACTERS = "backtester.plain_characters"  # the name of the error handler that replaces them
ANSWER = "backtester.answer"  # the key of standard output in click's `meta` of a command


class Output(io.FileIO):
    """Standard output. If the program that reads it has ended, nothing is said; if the disk is full, OutputError is
    raised once."""

    broken = False

    def write(self, data: Any, /) -> int:
        """Write the bytes; once the stream is broken, drop them, so that the command ends with its own exit status."""
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
    """Standard error. If it cannot be written to, nothing is said, as there is nowhere left to say it."""

    def write(self, data: Any, /) -> int:
        """Write all of the bytes, or drop the rest after an error."""
        remaining = memoryview(data).cast("B")
        size = len(remaining)
        with contextlib.suppress(OSError):
            while remaining and (written := super().write(remaining)):
                remaining = remaining[written:]
        return size


class Command(click.Command):
    """A command that has standard output for its answer alone; all that is printed otherwise goes to standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and return its result; `sys.stdout` is standard error from then on."""
        if _is_output(sys.stdout):
            ctx.meta[ANSWER], sys.stdout = sys.stdout, sys.stderr
        returned = super().invoke(ctx)
        answer_stream().flush()
        return returned


class StreamsGroup(click.Group):
    """A group whose commands are of the class `Command`."""

    command_class = Command


def answer_stream() -> TextIO:
    """The stream to which a command writes its answer: standard output, which `Command` has put aside."""
    context = click.get_current_context(silent=True)
    output: TextIO | None = context.meta.get(ANSWER) if context else None
    return output or sys.stdout


def open_streams() -> None:
    """Replace `sys.stdout` and `sys.stderr` by `Output` and `Messages`, with ASCII for what a code page lacks.

    Standard output gets a new descriptor, which no other program inherits, and descriptor 1 leads to standard error
    from then on: a library, or a thread that a strategy left behind, may write there, and that is not the answer.
    """
    codecs.register_error(PLAIN_CHARACTERS, _replace_unencodable)
    for descriptor in (0, 1, 2):
        if _is_closed(descriptor):  # if it stayed so, the next file that is opened would get its number
            os.open(os.devnull, os.O_WRONLY if descriptor == 2 else os.O_RDONLY)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _opened(sys.stdout, Output, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _opened(sys.stderr, Messages, 2)


def end_output() -> None:
    """Point standard output at standard error: what is written while the process ends is not the answer."""
    if _is_output(sys.stdout):
        with contextlib.suppress(OutputError):
            sys.stdout.flush()
        os.dup2(2, sys.stdout.fileno())


def _is_output(stream: object) -> bool:
    """Whether a text stream writes to an `Output`."""
    return isinstance(getattr(getattr(stream, "buffer", None), "raw", None), Output)


def _opened(old: TextIO | None, file_class: type[io.FileIO], descriptor: int) -> TextIO:
    """The stream that replaces an old one, which is None if it was closed; one of a Windows console is kept."""
    buffer = getattr(old, "buffer", None)
    file = getattr(buffer, "raw", buffer)  # with python -u there is no buffer between them
    if isinstance(old, io.TextIOWrapper) and type(file) is not io.FileIO:
        old.reconfigure(errors=PLAIN_CHARACTERS)
        return old
    encoding = "utf-8" if old is None else old.encoding
    if file_class is Output:
        descriptor = os.dup(descriptor)
        os.dup2(2, 1)
    raw = file_class(descriptor, "w", closefd=False)
    # Python aborts if a thread writes to a BufferedWriter while the process ends, so standard error has none
    opened: Any = io.BufferedWriter(raw) if file_class is Output else raw
    return io.TextIOWrapper(opened, encoding=encoding, errors=PLAIN_CHARACTERS, line_buffering=True)


def _is_closed(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError as error:
        return error.errno == errno.EBADF
    return False


def _replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    """The ASCII text for characters that cannot be encoded, and where to go on, as codecs ask of an error handler."""
    assert isinstance(error, UnicodeEncodeError)
    characters = error.object[error.start : error.end]
    return "".join(ASCII_CHARACTERS.get(character, "?") for character in characters), error.end
