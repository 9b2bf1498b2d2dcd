"""The errors that a user can mend, and how they are reported.

A message reads `<what> <got>; <what is accepted, or the nearest name>`. Whoever raises says what; whoever calls adds
where, with `add_note`. The command line prints both without a traceback and exits with status 2.
"""

import difflib
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

MAX_SHOWN = 400
LONGEST_TRACEBACK = 4000
NO_MEMORY = (  # as libraries say it
    "failed to map segment",
    "Cannot allocate memory",
    "can't start new thread",
    "Failed to launch worker thread",
    "error return without exception set",
    "returned NULL without setting an exception",
)
Answer = TypeVar("Answer")


class BacktesterError(Exception):
    """The user's mistake, in one or two lines."""

    def lines(self) -> list[str]:
        """The message and its notes, one line each, of a length that can be read and without control characters."""
        return [one_line(text) for text in (str(self), *getattr(self, "__notes__", []))]


class DataError(BacktesterError):
    """A history, manifest or file that cannot be trusted as it is."""


class PluginError(BacktesterError):
    """A strategy that does not load, or does not answer with weights."""


class MissingRoleError(PluginError):
    """A strategy reads or holds a `role` that the history does not have."""

    def __init__(self, message: str, role: str = "") -> None:
        """The message, and the role."""
        super().__init__(message)
        self.role = role


class UnknownStrategyError(PluginError):
    """A name that no strategy has."""


class RecipeError(BacktesterError):
    """A recipe that names no strategy, or gives it settings it does not take."""


class StudyError(BacktesterError):
    """A study file that does not say what to run."""


class ScenarioError(BacktesterError):
    """A scenario that does not say what happens, or cannot happen to the history that it is put on."""


class OutputError(BacktesterError):
    """A place that results cannot be written to."""


def result_or_error(call: Callable[[], Answer]) -> "Answer | BacktesterError":
    """The result of a call, or the BacktesterError that it raises, so that one of many does not end the others."""
    try:
        return call()
    except BacktesterError as error:
        return error


def lacks_memory(error: BaseException | None) -> bool:
    """Whether the exception, or one that led to it, says that no memory, or no room for a library, was left."""
    while error is not None:
        if isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def traceback_text(error: BacktesterError) -> str | None:
    """The traceback of what a strategy or a library raised, as Python prints it, its last 4,000 characters; None where
    the mistake is not from there."""
    if error.__cause__ is None:
        return None
    try:
        text = "".join(traceback.format_exception(error.__cause__))
    except BaseException:  # a plugin's own exception: its __str__ may raise anything
        text = "".join(traceback.format_tb(error.__cause__.__traceback__))
    return printable(text[-LONGEST_TRACEBACK:])


def printable(text: str) -> str:
    """The text with what would command a terminal, or turn its writing round, escaped; line breaks stay."""
    known = (sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode() for sign in text)
    return "".join(known)


def one_line(text: str) -> str:
    """The text on one line of at most so many characters, what cannot be printed escaped."""
    line = printable(text).replace("\n", "\\n")
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


def first_line(error: BaseException) -> str:
    """The kind of an exception and the first line of what it says, even where saying it fails."""
    try:
        said = str(error).partition("\n")[0]
    except BaseException:  # a plugin's own exception: its __str__ may raise anything
        said = "(says nothing)"
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def did_you_mean(got: str, known: Iterable[str]) -> str:
    """The nearest known name as a question, or the list of all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(got, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(names)}" if names else "none is known"
