"""What `strategies show` prints of a strategy."""

from typing import Any

import pytest

from backtester.cli.actions import strategies


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **changed: Any) -> list[str]:
    """The lines that are printed of a made strategy."""
    made: dict[str, Any] = {
        "name": "made", "kind": "overlay", "label": "Made", "summary": "Do it.", "sections": {"Source": "A book."},
        "reads": ["stocks", "vix"], "optional": ["vix"], "follows_rhythm": True, "settings": [], "file": "made.py",
    }  # fmt: skip
    monkeypatch.setattr(strategies, "_declared", lambda name, plugins: made | changed)
    strategies.show_strategy("made", (), as_json=False)
    return capsys.readouterr().out.splitlines()


def test_an_overlay(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its words, what it reads, whether it follows the rhythm, and a recipe on the reference."""
    assert shown(monkeypatch, capsys) == [
        "made (overlay): Made", "Do it.", "", "Source: A book.", "", "Reads: stocks, vix (if there is one)",
        "Rhythm: reads sessions_a_year, and so can look back over the same time at every rhythm of a history",
        "", "File: made.py", "Try: backtester run 'sixty_forty + made'",
    ]  # fmt: skip


def test_a_base_with_a_setting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its recipe is its name; settings stand in a table; who reads nothing says so."""
    setting = {"name": "size", "default": 0.1, "accepts": "number"}
    lines = shown(monkeypatch, capsys, kind="base", reads=[], follows_rhythm=False, settings=[setting])
    assert lines[5] == "Reads: nothing"
    assert lines[6] == (
        "Rhythm: reads no sessions_a_year; if it counts sessions, their number is the same at every rhythm of a history"
    )
    assert [line.split() for line in lines if line.startswith(("Setting", "size"))] == [
        ["Setting", "Default", "Accepts"], ["size", "0.1", "number"],
    ]  # fmt: skip
    assert lines[-1] == "Try: backtester run 'made'"
