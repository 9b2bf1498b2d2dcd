"""What `compare` writes of runs, and where, by hand."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import pytest

from backtester.cli.actions import compare as actions
from backtester.files import sha256, to_json


@dataclass(frozen=True)
class Run:
    """As much of a run's folder as is asked of it."""

    path: Path
    edited: tuple[str, ...] = ()
    manifest: dict[str, Any] = field(default_factory=lambda: {"runs": ["a", "b"]})
    document: str = "the document"


def compared(
    folders: list[str], out: Path | None, monkeypatch: pytest.MonkeyPatch, *, beside: bool = True, edited: str = ""
) -> tuple[bool, list[Any]]:
    """Whether all files are as they were written, and what was done."""
    seen: list[Any] = []
    monkeypatch.setattr(actions, "check_run_place", lambda place: seen.append(("checked", place)))
    monkeypatch.setattr(actions, "read_run", lambda path: Run(path, ("run.json",) if path.name == edited else ()))
    monkeypatch.setattr(
        actions, "combined_run", lambda runs: seen.append([run.path.name for run in runs]) or Run(Path())
    )
    monkeypatch.setattr(actions, "summary", lambda document: f"summary of {document}")
    monkeypatch.setattr(actions, "print_summary", seen.append)
    monkeypatch.setattr(actions, "warn_of_edits", lambda run: not run.edited)
    files = {"files": {"tearsheet": "tearsheet.html"}}
    monkeypatch.setattr(actions, "publish", lambda write, folder, pages: seen.append((folder, pages.plotly)) or files)
    return actions.compare_runs(tuple(map(Path, folders)), out, beside=beside, classic=False, as_json=False), seen


def test_two_runs_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is named twice is one."""
    for folders in (["x/a"], ["x/a", "x/a"]):
        with pytest.raises(click.UsageError, match="one run alone; name two or more"):
            compared(folders, None, monkeypatch)


@pytest.mark.parametrize("out", [None, Path("there")])
@pytest.mark.parametrize("beside", [True, False])
def test_where_a_comparison_goes(
    out: Path | None, beside: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into the folder that is named, which is tried before any work, or one named by eight signs of what it is of."""
    sound, seen = compared(["x/a", "x/b", "x/a"], out, monkeypatch, beside=beside)
    assert sound
    folder = out or Path("runs") / f"compare-{sha256(to_json(['a', 'b']).encode())[:8]}"
    tried = [("checked", out)] if out else []
    assert seen == [*tried, ["a", "b"], (folder, folder if beside else None), "summary of the document"]
    assert capsys.readouterr().out == f"\nTearsheet: {folder / 'tearsheet.html'}\n"


@pytest.mark.parametrize("edited", ["a", "b"])
def test_one_edited_run_is_enough(edited: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the answer, whichever it is."""
    assert compared(["x/a", "x/b"], None, monkeypatch, edited=edited)[0] is False
