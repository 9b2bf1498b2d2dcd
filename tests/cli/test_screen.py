"""What the screen shows while something is being done."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from backtester.cli.actions import run_screen, screen


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
    ("columns", "is_terminal", "width"),
    [(None, False, 160), (None, True, 80), ("100", True, 100), ("40", False, 40), ("39", False, 40), ("0", False, 160)],
)
def test_how_wide_a_screen_is(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, is_terminal: bool, width: int
) -> None:
    """As COLUMNS says, 40 at least; else 80 on a terminal that does not say, and 160 elsewhere."""
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    for name in ("stdout", "__stdout__"):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda: is_terminal, raising=False)
        monkeypatch.setattr(sys, name, stream)
    assert screen.console().width == width


def test_figures_keep_their_width() -> None:
    """A column of figures is as wide as the widest, its heading included; texts may fold."""
    made = screen.table({"Name": "left", "Long\nheading": "right", "x": "right"}, [["a", "1", "12345"]], title="T")
    assert [(column.justify, column.min_width) for column in made.columns] == [
        ("left", None), ("right", 7), ("right", 5),
    ]  # fmt: skip
    assert (made.title, made.row_count) == ("T", 1)
