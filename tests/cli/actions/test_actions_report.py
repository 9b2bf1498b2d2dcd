"""What `report` writes of runs, and where, by hand."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.cli.actions import report
from backtester.runs.folder import RunFolder


def reported(
    folders: list[str],
    plotly: str | None,
    monkeypatch: pytest.MonkeyPatch,
    *,
    edited: tuple[str, ...] = (),
    as_json: bool = False,
) -> tuple[bool, list[Any]]:
    """Whether files are as they were written, and the pages that were."""
    pages: list[Any] = []
    monkeypatch.setattr(
        report, "read_run", lambda path: SimpleNamespace(path=path, edited=edited if path.name == "b" else ())
    )
    monkeypatch.setattr(report, "write_tearsheet", lambda run, page: pages.append((run.path.name, page)))
    monkeypatch.setattr(report, "changed_since", lambda run: "it was edited")
    paths = tuple(map(Path, folders))
    return report.report_runs(paths, plotly, classic=False, full=True, as_json=as_json), pages


@pytest.mark.parametrize(
    ("folders", "plotly", "beside"),
    [
        (["x/a"], None, [None]),
        (["x/a"], "beside", ["x/a"]),
        (["x/a"], "inside", [None]),
        (["x/a", "x/b"], None, ["x", "x"]),
        (["x/a", "x/b"], "inside", [None, None]),
        (["x/a", "y/b"], None, ["x/a", "y/b"]),
        (["x/a", "x/b", "x/a"], None, ["x", "x"]),
    ],
)
def test_where_plotly_lies(
    folders: list[str], plotly: str | None, beside: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside one page; once beside several, in the folder that they share, else in each; a run counts once."""
    sound, pages = reported(folders, plotly, monkeypatch)
    assert sound
    found = [page.plotly for _, page in pages]
    assert [one and Path(one).resolve() for one in found] == [one and Path(one).resolve() for one in beside]


@pytest.mark.parametrize("edited", [(), ("run.json",)])
def test_a_file_that_was_edited(
    edited: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run of several is enough for a warning and the answer; the page of each is named."""
    sound, _ = reported(["x/a", "x/b"], None, monkeypatch, edited=edited)
    out, err = capsys.readouterr()
    assert sound is not bool(edited)
    assert err == ("Warning: x/b: it was edited\n" if edited else "")
    assert out == "Tearsheet: x/a/tearsheet.html\nTearsheet: x/b/tearsheet.html\n"
    sound, _ = reported(["x/b"], None, monkeypatch, edited=edited, as_json=True)
    assert sound is not bool(edited)
    [found] = json.loads(capsys.readouterr().out)["reports"]
    assert found == {"run": "x/b", "files": {"tearsheet": "tearsheet.html"}, "edited": list(edited)}
    assert report.warn_of_edits(cast(RunFolder, SimpleNamespace(path=Path("b"), edited=()))) is True
