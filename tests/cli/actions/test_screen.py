"""What the screen shows while something is being done."""

import io
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rich.console import Console

from backtester.cli.actions import run_screen, screen
from backtester.files import to_json


def last_shown(monkeypatch: pytest.MonkeyPatch, message: str, share: float | None) -> str:
    """All that a terminal without colours was sent, when this was the last that was told."""
    written = io.StringIO()
    terminal = Console(file=written, force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(run_screen, "console", lambda *, stderr: terminal)
    with run_screen.shown_progress() as tell:
        tell("Reading the history")
        tell(message, share)
    return written.getvalue()


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is being done stands there as it was told, brackets and all."""
    assert "Simulating [red]60/40[/red] ━━━━" in last_shown(monkeypatch, "Simulating [red]60/40[/red]", None)


@pytest.mark.parametrize(("share", "full"), [(0.25, 10), (0.5, 20), (1.0, 40)])
def test_the_bar_is_as_full_as_the_share(monkeypatch: pytest.MonkeyPatch, share: float, full: int) -> None:
    """Half of what is to be done is half of a bar of forty."""
    bar = last_shown(monkeypatch, "Resampling", share).rpartition("Resampling ")[2]
    assert bar.startswith("━" * full)
    assert not bar.startswith("━" * (full + 1))


def test_nothing_is_shown_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    """Into a file or a pipe neither message nor bar is written."""
    with run_screen.shown_progress() as tell:
        tell("Resampling", 0.5)
    assert capfd.readouterr() == ("", "")


def test_what_a_stranger_wrote_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape sequences and marks that turn writing round are shown as text."""
    screen.say("a note\x1b]0;owned\x07 \u202egnp.exe")
    assert capsys.readouterr().out == "a note\\x1b]0;owned\\x07 \\u202egnp.exe\n"


def test_a_strangers_docstring_commands_no_terminal(tmp_path: Path) -> None:
    """`strategies show` prints what a plugin says of itself escaped."""
    doc = "Hold.\n\nHypothesis: a.\nFails when: \x9b2J never.\nSource: b."
    (tmp_path / "odd.py").write_text(f"{doc!r}\n\ndef weights(stocks):\n    return {{'stocks': 1.0}}\n")
    words = [sys.executable, "-m", "backtester", "strategies", "show", "odd", "--plugins", str(tmp_path)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "\\x9b2J never" in told
    assert "\x9b" not in told


@pytest.mark.parametrize(
    ("columns", "own", "width"),
    [
        *((None, 55, 55), ("0", 55, 55), ("-5", 55, 55), ("abc", 55, 55)),
        *(("90", 55, 90), ("3", 55, 40), ("1", 55, 40), (None, 0, 80), (None, 40, 40), (None, 39, 40)),
    ],
)
def test_tables_are_as_wide_as_their_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, own: int, width: int
) -> None:
    """The answer's own terminal counts, wherever standard error leads; COLUMNS only if it makes sense; 80 where the
    terminal does not know."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, own))
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    with os.fdopen(ours), os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        assert screen.console().width == width


def test_a_reader_that_is_no_terminal_has_wide_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """160 columns, and whole lines."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    made = screen.console()
    assert (made.width, made.soft_wrap) == (160, False)
    assert made.file is sys.stdout
    assert screen.console(stderr=True).file is sys.stderr


@pytest.mark.parametrize(
    ("width", "parts"),
    [
        (21, [[0, 1, 2, 3]]),
        (20, [[0, 1, 2], [0, 3]]),
        (14, [[0, 1, 2], [0, 3]]),
        (13, [[0, 1], [0, 2], [0, 3]]),
        (9, [[0, 1], [0, 2], [0, 3]]),
        (1, [[0, 1], [0, 2], [0, 3]]),
    ],
)
def test_columns_that_stand_beside_each_other(width: int, parts: list[list[int]]) -> None:
    """Of 3, 4, 3 and 5 signs, two between them: 21 in all. Each table has the first column and another at least."""
    columns = {"A": "left", "B": "right", "C": "right", "D": "right"}
    rows = [["ab abc", "1234", "12", "1\n12345"], ["ab", "1", "1 3", ""]]
    assert screen.fitting(columns, rows, width) == parts


@pytest.mark.parametrize(
    ("cells", "side", "least"),
    [
        (["ab abcd"], "left", 4), (["ab abcd"], "right", 7), (["ab\nabc"], "right", 3), ([""], "left", 0),
        (["a" * 24], "left", 24), (["a" * 25], "left", 24), (["1" * 40], "right", 40), (["1" * 41], "right", 40),
    ],
)  # fmt: skip
def test_what_a_column_needs(cells: list[str], side: str, least: int) -> None:
    """Of words the longest, up to 24 signs; of figures all, up to 40."""
    assert screen._narrowest(cells, side) == least


def test_the_looks_of_a_table() -> None:
    """Words stand on the left and are folded, figures on the right and never."""
    made = screen._table({"Words": "left", "Figures": "right"}, [["ab abcd", "1 2345678"]])
    assert [(one.justify, one.overflow, one.min_width, one.no_wrap) for one in made.columns] == [
        ("left", "fold", 5, False), ("right", "fold", 9, True)
    ]  # fmt: skip
    assert (made.box, made.pad_edge) == (None, False)


def test_a_title_stands_over_the_first_part(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty line parts it from the next."""
    monkeypatch.setenv("COLUMNS", "40")
    screen.print_table({"A": "left", "B": "right", "C": "right"}, [["a", "1" * 20, "2" * 20]], title="Of all")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["Of", "all"], ["A", "B"], ["a", "1" * 20], [], ["A", "C"], ["a", "2" * 20]]


def test_a_document_is_all_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """With the one line end that it has."""
    screen.print_json({"a": 1})
    assert capsys.readouterr().out == to_json({"a": 1})


def test_warnings_and_notes_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """They go to standard error; on a terminal their first word is bold, and that of a warning yellow."""
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(screen.click, "echo", lambda text, *, err: said.append((text, err)))
    screen.warn("a")
    screen.note("b")
    assert said == [("\x1b[33m\x1b[1mWarning:\x1b[0m a", True), ("\x1b[1mNote:\x1b[0m b", True)]


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    """The lines of a table of two strategies and three figures on a screen of that width."""
    monkeypatch.setenv("COLUMNS", str(width))
    columns = {"Strategy": "left"} | dict.fromkeys(("Final wealth", "Deepest fall", "Paths"), "right")
    rows = [
        ["Gold 10%, financed", "6.37 (2.78 to 11.48)", "-27.9", "100"],
        ["60/40", "5.21 (2.61 to 9.68)", "-27.5", "7"],
    ]
    screen.print_table(columns, rows)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_a_table_that_fits_is_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a wide screen all columns stand in one row."""
    assert printed(capsys, monkeypatch, 70)[0].split() == ["Strategy", "Final", "wealth", "Deepest", "fall", "Paths"]


def test_no_column_is_cut_off(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow screen a table is printed in parts, each with the first column, and holds every figure whole."""
    lines = printed(capsys, monkeypatch, 44)
    assert all(len(line) <= 44 for line in lines)
    assert [line.split() for line in lines if line.startswith("Strategy")] == [
        ["Strategy", "Final", "wealth", "Deepest", "fall"],
        ["Strategy", "Paths"],
    ]
    assert [line.split()[-1] for line in lines if line.startswith("60/40")] == ["-27.5", "7"]
    assert "6.37 (2.78 to 11.48)" in "\n".join(lines)


def test_words_are_folded_before_a_table_is_parted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels take two lines where that lets all figures stand beside each other."""
    lines = printed(capsys, monkeypatch, 60)
    assert "Paths" in lines[0]
    assert lines[2] == "financed"
