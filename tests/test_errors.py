"""Mistakes as they are shown: of a length that can be read, on one line, with a name that may have been meant."""

import pytest

from backtester.errors import (
    BacktesterError,
    DataError,
    MissingRoleError,
    did_you_mean,
    first_line,
    one_line,
    printable,
    result_or_error,
    traceback_text,
)


class SilentError(Exception):
    """One that cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class LeavingError(Exception):
    """One that ends the program rather than say what it is."""

    def __str__(self) -> str:
        raise SystemExit("no words")


def test_a_message_is_cut_after_400_characters() -> None:
    """400 are shown whole; of more the first 400, and a sign that there was more."""
    assert one_line("x" * 400) == "x" * 400
    assert one_line("x" * 401) == "x" * 400 + "…"


def test_what_cannot_be_printed_is_escaped() -> None:
    """Terminal commands and signs that turn writing round are spelled; line breaks stay but in a line."""
    assert printable("a\x1b[2J\nb\u202ec") == "a\\x1b[2J\nb\\u202ec"
    assert one_line("a\nb") == "a\\nb"


def test_a_mistake_and_its_notes_are_lines() -> None:
    """The message comes first, then each note."""
    error = DataError("no file")
    assert error.lines() == ["no file"]
    error.add_note("name\nanother")
    assert error.lines() == ["no file", "name\\nanother"]


def test_a_missing_role_is_named() -> None:
    """It has the role beside its message; none unless given."""
    assert (MissingRoleError("why", "vix").role, MissingRoleError("why").role) == ("vix", "")


def test_only_the_user_s_mistakes_are_caught() -> None:
    """What is returned is returned, a mistake of the user's is too, and all else is raised."""
    mistake = DataError("no file")

    def fail(error: Exception) -> int:
        raise error

    assert result_or_error(lambda: 3) == 3
    assert result_or_error(lambda: fail(mistake)) is mistake
    with pytest.raises(ZeroDivisionError):
        result_or_error(lambda: fail(ZeroDivisionError()))


def test_the_end_of_a_traceback_is_kept() -> None:
    """Of what was the cause, the last 4,000 characters; nothing where the mistake is its own."""
    error = BacktesterError("it failed")
    assert traceback_text(error) is None
    error.__cause__ = ValueError("x" * 5000)
    text = traceback_text(error)
    assert text == "x" * 3999 + "\n"
    error.__cause__ = SilentError()
    assert "SilentError: <exception str() failed>" in str(traceback_text(error))
    error.__cause__ = LeavingError()
    assert "LeavingError: <exception str() failed>" in str(traceback_text(error))


def test_the_first_line_of_what_was_raised() -> None:
    """With its kind; where it cannot say anything, that is said."""
    assert first_line(ValueError("one\ntwo")) == "ValueError: one"
    assert first_line(MemoryError()) == "MemoryError"
    assert first_line(SilentError()) == "SilentError: (says nothing)"
    assert first_line(LeavingError()) == "LeavingError: (says nothing)"


def test_the_nearest_name_is_asked_about() -> None:
    """All are listed in order where none is near, and it is said where there is none at all."""
    assert did_you_mean("golds", ["vix", "gold"]) == "did you mean 'gold'?"
    assert did_you_mean("zzz", ["vix", "gold"]) == "known: gold, vix"
    assert did_you_mean("zzz", []) == "none is known"
