"""The errors that a user can mend, and how they are reported.

A message reads `<what> <got>; <what is accepted, or the nearest name>`. Whoever raises an error says what is wrong;
callers add where, with `add_note`. The command line prints both without a traceback and exits with status 2.
"""

import difflib
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

MAX_SHOWN = 400  # characters of a message
LONGEST_TRACEBACK = 4000  # characters
NO_MEMORY = (  # parts of messages by which libraries report that memory ran out
    "failed to map segment",
    "Cannot allocate memory",
    "can't start new thread",
    "Failed to launch worker thread",
    "error return without exception set",
    "returned NULL without setting an exception",
)
Answer = TypeVar("Answer")  # what a call returns


class BacktesterError(Exception):
    """The user's mistake, in one or two lines."""

    def lines(self) -> list[str]:
        """The message and its notes, each as `one_line`."""
        return [one_line(text) for text in (str(self), *getattr(self, "__notes__", []))]


class DataError(BacktesterError):
    """A history, manifest or file that cannot be trusted as it is."""


class PluginError(BacktesterError):
    """A strategy that does not load, fails when it is called, or does not return weights that can be traded."""


class MissingRoleError(PluginError):
    """A strategy reads or holds a `role` (the name of a series, such as `bonds`) that the history does not have."""

    def __init__(self, message: str, role: str = "") -> None:
        """Make the error with a message and the missing role."""
        super().__init__(message)
        self.role = role


class UnknownStrategyError(PluginError):
    """A name that no strategy has."""


class RecipeError(BacktesterError):
    """A recipe (a base strategy and its overlays, as text), or terms of trading such as costs, that cannot be used."""


class StudyError(BacktesterError):
    """A study, the file of a batch of recipes, that does not say what to run."""


class ScenarioError(BacktesterError):
    """A scenario that does not say what happens, or cannot happen to the history that it is put on."""


class OutputError(BacktesterError):
    """A folder or file that results cannot be written to."""


def result_or_error(call: Callable[[], Answer]) -> "Answer | BacktesterError":
    """The result of a call, or the BacktesterError that it raises: so one error among many calls does not end all."""
    try:
        return call()
    except BacktesterError as error:
        return error


def lacks_memory(error: BaseException | None) -> bool:
    """Whether the exception, or one that caused it, reports that memory ran out."""
    while error is not None:
        if isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def traceback_text(error: BacktesterError) -> str | None:
    """The traceback of the exception that caused the error, as Python prints it, its last 4,000 characters; None if
    there is none."""
    if error.__cause__ is None:
        return None
    try:
        text = "".join(traceback.format_exception(error.__cause__))
    except BaseException:  # a plugin's own exception: its __str__ may raise anything
        text = "".join(traceback.format_tb(error.__cause__.__traceback__))
    return printable(text[-LONGEST_TRACEBACK:])


def printable(text: str) -> str:
    """The text with control characters and marks of writing direction escaped; line breaks stay."""
    signs = (sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode() for sign in text)
    return "".join(signs)


def one_line(text: str) -> str:
    """The text on one line, `printable`, and cut after `MAX_SHOWN` characters."""
    line = printable(text).replace("\n", "\\n")
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


def first_line(error: BaseException) -> str:
    """The class of an exception and the first line of its message, even if that cannot be obtained."""
    try:
        message = str(error).partition("\n")[0]
    except BaseException:  # a plugin's own exception: its __str__ may raise anything
        message = "(says nothing)"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def did_you_mean(got: str, known: Iterable[str]) -> str:
    """The second half of a message about an unknown name: the nearest known one as a question, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(got, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(names)}" if names else "none is known"
