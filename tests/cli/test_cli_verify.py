"""`verify` at the terminal: what it says, and its status."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from backtester.cli.actions import report
from backtester.cli.actions import verify as actions
from backtester.cli.main import cli
from backtester.runs import folder as folders
from backtester.runs.verify import NOT_COMPARABLE, Difference
from backtester.tearsheet.publish import Pages
from interface import taken, written


def verify(folder: Path, data: Path) -> Result:
    return CliRunner().invoke(cli, ["verify", str(folder), "--data", str(data)], catch_exceptions=False)


@pytest.fixture(scope="module")
def made(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verified") / "run"
    words = ["run", "sixty_forty", "--history", "small", "--data", str(small), "--resamples", "0", "--out", str(folder)]
    assert CliRunner().invoke(cli, words, catch_exceptions=False).exit_code == 0
    return folder


def test_the_same_figures_by_the_same_versions(made: Path, small: Path) -> None:
    """One line, and no note."""
    answer = verify(made, small)
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, "Every figure is the same, to the last bit\n", "")


def test_another_version_is_noted(made: Path, small: Path, tmp_path: Path) -> None:
    """Only what differs is noted, with both versions; equal figures are equal by whatever made them."""
    folder = Path(shutil.copytree(made, tmp_path / "run"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    now = manifest["versions"]["numpy"]
    manifest["versions"]["numpy"] = "1.0"
    manifest["files"] = folders._hashes(folder, manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    answer = verify(folder, small)
    assert answer.exit_code == 0
    assert answer.stderr == f"Note: the run was made with numpy 1.0; this is {now}\n"


def test_a_file_written_again_with_the_same_figures(made: Path, small: Path, tmp_path: Path) -> None:
    """It is not as the run wrote it, and the status is 1, though no figure differs."""
    folder = Path(shutil.copytree(made, tmp_path / "run"))
    pd.read_parquet(folder / "levels.parquet").to_parquet(folder / "levels.parquet", index=False)
    answer = verify(folder, small)
    assert (answer.exit_code, answer.stdout) == (1, "Every figure is the same, to the last bit\n")
    assert "levels.parquet was changed after the run" in answer.stderr


@pytest.mark.parametrize("command", ["verify"])
def test_what_it_takes(command: str) -> None:
    """Every option with its type, bounds and default, as scripts depend on it: `interface.txt`."""
    assert taken(command) == written(command)


def test_settings_that_were_changed_in_the_manifest(made: Path, small: Path, tmp_path: Path) -> None:
    """They are not those of the command that the manifest says: the largest difference, and status 1."""
    folder = Path(shutil.copytree(made, tmp_path / "run"))
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"stocks_fall": -0.05', '"stocks_fall": -0.15'))
    answer = verify(folder, small)
    assert answer.exit_code == 1
    assert "manifest.json: settings: stocks_fall is -0.15 in the folder and -0.05 now" in answer.output


@pytest.mark.parametrize(
    ("size", "equal", "written", "words"),
    [
        (0.0, True, 0.0, "Every figure is the same, to the last bit"),
        (1e-9, True, 1e-9, "The largest difference of any figure: nav is 1 in the folder and 2 now, 1e-09 apart, which "
         "rounding explains"),
        (2e-9, False, 2e-9, "The largest difference of any figure: nav is 1 in the folder and 2 now, 2e-09 apart"),
        (NOT_COMPARABLE, False, None, "The largest difference of any figure: nav is 1 in the folder and 2 now"),
    ],
)  # fmt: skip
def test_how_large_a_difference_is(
    capsys: pytest.CaptureFixture[str], size: float, equal: bool, written: float | None, words: str
) -> None:
    """A billionth is rounding; what is missing has no number."""
    found = Difference(size, "nav", 1, 2)
    assert actions._document(found) == {"equal": equal, "largest_difference": written, "at": "nav"}
    actions._print(found)
    assert capsys.readouterr().out == f"{words}\n"


def test_other_versions_are_noted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that differ alone."""
    monkeypatch.setattr(actions, "versions", lambda: {"numpy": "2.0", "pandas": "3.0"})
    actions._note_versions({"versions": {"numpy": "2.0", "pandas": "2.9"}}, "run")
    assert capsys.readouterr().err == "Note: the run was made with pandas 2.9; this is 3.0\n"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[Pages]:
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
    pages: list[Pages], names: tuple[str, ...], plotly: str | None, places: list[str | None]
) -> None:
    """Inside the page of one run; beside those of several, in the folder that all lie in, else in each one's own."""
    assert reported(*names, plotly=plotly)
    found = [None if one.plotly is None else one.plotly.resolve() for one in pages]
    assert found == [None if place is None else Path(place).resolve() for place in places]
    assert all(one.full and not one.classic for one in pages)


@pytest.mark.parametrize("as_json", [False, True])
def test_edited_files_are_told(pages: list[Pages], capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    """The pages are written all the same."""
    assert not reported("a", "edited", as_json=as_json)
    assert len(pages) == 2
    out, err = capsys.readouterr()
    assert err == "Warning: edited: result.json was changed after the run, by the hashes in its manifest\n"
    if as_json:
        assert [(one["run"], one["edited"]) for one in json.loads(out)["reports"]] == [
            ("a", []), ("edited", ["result.json"]),
        ]  # fmt: skip
    else:
        assert out == "Tearsheet: a/tearsheet.html\nTearsheet: edited/tearsheet.html\n"
