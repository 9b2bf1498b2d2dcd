"""Calling the command as a user does, and what it must keep to when it refuses."""

import contextlib
import ctypes
import io
import sys
from pathlib import Path
from unittest import mock

import pytest

from backtester.cli.main import main

BACKTESTER = str(Path(sys.executable).parent / "backtester")


def contents(folder: Path) -> dict[str, bytes | str | None]:
    """What lies below a folder: files with their bytes, links with where they lead, and folders."""
    return {str(path): _content(path) for path in sorted(folder.rglob("*"))}


def _content(path: Path) -> bytes | str | None:
    if path.is_symlink():
        return str(path.readlink())
    return path.read_bytes() if path.is_file() and path.stat().st_size < 10_000_000 else None


def called(folder: Path, *words: str) -> tuple[object, str, str]:
    """The exit status of the command called in a folder, and what it said on stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.object(sys, "argv", ["backtester", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as exit_,
    ):
        main()
    return exit_.value.code, out.getvalue(), err.getvalue()


def refusal(folder: Path, *words: str) -> list[str]:
    """The lines with which the command, called in a folder, refuses: status 2, one or two, nothing changed."""
    before = contents(folder)
    status, out, err = called(folder, *words)
    assert (status, out) == (2, ""), err
    assert contents(folder) == before
    return message(err)


def message(err: str) -> list[str]:
    """The lines of a refusal: the first without `Error:`, no more than two, and nothing for the terminal alone."""
    lines = err.splitlines()
    assert 1 <= len(lines) <= 2
    assert lines[0].startswith("Error: ")
    assert "\x1b" not in err
    return [lines[0].removeprefix("Error: "), *lines[1:]]


def as_anybody() -> None:
    """Give up root's right to write where the mode of a folder forbids it (CAP_DAC_OVERRIDE); nothing for others."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP
