"""Where the pages of runs are put, and what is said of files that were edited."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backtester.cli.actions import report
from backtester.tearsheet.publish import Pages


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Pages]:
    """The pages that were asked for, in order; a run in a folder `edited` was."""
    asked: list[Pages] = []

    def read(path: Path) -> Any:
        return SimpleNamespace(path=path, edited=("result.json",) if path.name == "edited" else ())

    monkeypatch.setattr(report, "read_run", read)
    monkeypatch.setattr(report, "write_tearsheet", lambda run, pages: asked.append(pages))
    return asked


def reported(*names: str, plotly: str | None = None, as_json: bool = False) -> bool:
    """Whether all files are as the runs wrote them."""
    return report.report_runs(tuple(map(Path, names)), plotly, classic=False, full=True, as_json=as_json)


@pytest.mark.parametrize(
    ("names", "plotly", "places"),
    [
        (("a",), None, [None]),
        (("a",), "beside", ["a"]),
        (("a", "b"), None, ["", ""]),
        (("a", "b"), "inside", [None, None]),
        (("x/a", "x/b"), "beside", ["x", "x"]),
        (("x/a", "y/b"), None, ["x/a", "y/b"]),
        (("x/a", "x/a"), None, [None]),
    ],
)
def test_where_plotly_lies(
    written: list[Pages], names: tuple[str, ...], plotly: str | None, places: list[str | None]
) -> None:
    """Inside the page of one run; beside those of several, in the folder that all lie in, else in each one's own."""
    assert reported(*names, plotly=plotly)
    found = [None if one.plotly is None else one.plotly.resolve() for one in written]
    assert found == [None if place is None else Path(place).resolve() for place in places]
    assert all(one.full and not one.classic for one in written)


@pytest.mark.parametrize("as_json", [False, True])
def test_edited_files_are_told(written: list[Pages], capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    """The pages are written all the same."""
    assert not reported("a", "edited", as_json=as_json)
    assert len(written) == 2
    out, err = capsys.readouterr()
    assert err == "Warning: edited: result.json was changed after the run, by the hashes in its manifest\n"
    if as_json:
        assert [(one["run"], one["edited"]) for one in json.loads(out)["reports"]] == [
            ("a", []), ("edited", ["result.json"]),
        ]  # fmt: skip
    else:
        assert out == "Tearsheet: a/tearsheet.html\nTearsheet: edited/tearsheet.html\n"
