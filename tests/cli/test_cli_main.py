"""The command `backtester` itself: how what went wrong is said, with which status, and what is set before all else."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
from click.testing import CliRunner

from backtester.cli import main as command
from backtester.cli.main import COMMANDS, LIBRARY_SETTINGS, cli
from backtester.errors import DataError


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Streams, signals and Python's search for cycles stay as they are; settings of libraries are not there."""
    thresholds, handlers = gc.get_threshold(), {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)}
    for name in ("open_streams", "end_output"):
        monkeypatch.setattr(command, name, lambda: None)
    for name in LIBRARY_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "argv", ["backtester"])
    yield
    gc.set_threshold(*thresholds)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def ended(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> int:
    """The status of a command that does something."""

    def called(prog_name: str, standalone_mode: bool) -> object:
        assert (prog_name, standalone_mode) == ("backtester", False)
        return does()

    monkeypatch.setattr(cli, "main", called)
    with pytest.raises(SystemExit) as caught:
        command.main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


def failed(error: BaseException) -> Callable[[], object]:
    """What raises an error."""

    def fail() -> object:
        raise error

    return fail


def noted(error: BaseException, note: str) -> BaseException:
    """An error that says where."""
    error.add_note(note)
    return error


def after(cause: BaseException, *, is_context: bool = False) -> BaseException:
    """An error that another led to."""
    error = ValueError("x")
    if is_context:
        error.__context__ = cause
    else:
        error.__cause__ = cause
    return error


MEMORY = "Error: out of memory; allow this process more of it, or ask for less\n"
CONTEXT = click.Context(click.Command("run"), info_name="backtester run")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (DataError("no file"), 2, "Error: no file\n"),
        (noted(noted(DataError("no file"), "in a"), "in b"), 2, "Error: no file\n  in a; in b\n"),
        (click.UsageError("no such option", CONTEXT), 2, "Error: no such option\n  see 'backtester run --help'\n"),
        (click.UsageError("no such option"), 2, "Error: no such option\n  see 'backtester --help'\n"),
        (click.ClickException("no"), 2, "Error: no\n"),
        (click.Abort(), 130, "Error: stopped\n"),
        (KeyboardInterrupt(), 130, "Error: stopped\n"),
        (MemoryError(), 2, MEMORY),
        (after(MemoryError()), 2, MEMORY),
        (after(MemoryError(), is_context=True), 2, MEMORY),
        (OSError("cannot: failed to map segment from shared object"), 2, MEMORY),
        (RuntimeError("can't start new thread"), 2, MEMORY),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), 2, MEMORY),
        (OSError(errno.EACCES, "Permission denied", "a"), 2,
         "Error: cannot use a: Permission denied; name another file or folder\n"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "b"), 2,
         "Error: cannot use b: File name too long; name another file or folder\n"),
    ],
)  # fmt: skip
def test_what_went_wrong(
    error: BaseException, status: int, words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """One or two lines and status 2 for the user's mistake, 130 where it was stopped."""
    monkeypatch.setattr(os, "_exit", sys.exit)  # where memory is short
    assert ended(monkeypatch, failed(error)) == status
    assert capfd.readouterr() == ("", words)


@pytest.mark.parametrize(
    "error", [ValueError("ours"), OSError(errno.EIO, "Input/output error", "a"), after(KeyError("a"))]
)
def test_our_mistake_is_a_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is raised as it is."""
    monkeypatch.setattr(cli, "main", lambda **words: failed(error)())
    with pytest.raises(type(error)):
        command.main()


@pytest.mark.parametrize(("answer", "status"), [(None, 0), (0, 0), (1, 1)])
def test_the_command_s_own_status(answer: int | None, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is 0; what libraries read is set, unless the user set it; cycles are looked for seldom."""
    seen: dict[str, Any] = {}

    def done() -> int | None:
        seen.update(os.environ, threshold=gc.get_threshold()[0], handler=signal.getsignal(signal.SIGTERM))
        return answer

    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "mimalloc")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert ended(monkeypatch, done) == status
    assert (seen["OPENBLAS_NUM_THREADS"], seen["ARROW_DEFAULT_MEMORY_POOL"]) == ("1", "mimalloc")
    assert (seen["threshold"], seen["handler"]) == (1_000_000, signal.default_int_handler)
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def test_words_that_are_no_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A word, or the folder of the environment, that is not UTF-8 is refused before anything is done."""
    monkeypatch.setattr(sys, "argv", ["\udcff", "run", "a\udcff"])
    assert ended(monkeypatch, lambda: pytest.fail("called")) == 2
    words = r"Error: 'a\udcff' is not UTF-8; give the file or folder another name" + "\n  see 'backtester --help'\n"
    assert capsys.readouterr().err == words
    monkeypatch.setattr(sys, "argv", ["\udcff", "run"])
    assert ended(monkeypatch, lambda: 0) == 0


def test_commands_and_their_lines() -> None:
    """In the order of use; an unknown one is answered with the nearest."""
    found = CliRunner().invoke(cli, ["-h"])
    places = [found.stdout.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert cli.list_commands(CONTEXT) == list(COMMANDS)
    assert cli.get_command(CONTEXT, "runs") is None
    unknown = CliRunner().invoke(cli, ["runs"])
    assert (unknown.exit_code, "unknown command 'runs'; did you mean 'run'?" in unknown.stderr) == (2, True)
    option = CliRunner().invoke(cli, ["--nothing"])
    assert "No such option" in option.stderr
    version = CliRunner().invoke(cli, ["--version", "runs"])
    assert (version.exit_code, version.stdout.split()[0], len(version.stdout.split())) == (0, "backtester", 2)
