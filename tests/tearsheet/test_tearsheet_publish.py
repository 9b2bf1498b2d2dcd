"""A run's folder and its pages are written together or not at all, and never over files that are not a run's."""

import functools
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import plotly
import pytest

from backtester.errors import DataError, OutputError
from backtester.processes import start_call
from backtester.runs.folder import read_run, write_run, write_run_files
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.tearsheet import publish as publishing
from backtester.tearsheet.publish import Pages, publish, write_page
from mistakes import contents


@pytest.fixture(scope="module")
def result(small: Path) -> Result:
    return carry_out(RunSettings(recipes=("sixty_forty + gold_overlay",), history="small", data=small))


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on no page can be made."""

    def fail(*_: object, **__: object) -> str:
        raise OutputError("no page today")

    monkeypatch.setattr(publishing, "page_pieces", fail)


def test_run_and_page_come_together(result: Result, tmp_path: Path) -> None:
    """The folder holds what the document names, and nothing that was on the way."""
    told = publish(functools.partial(write_run_files, result), tmp_path / "deep" / "run")
    found = {path.name for path in (tmp_path / "deep" / "run").iterdir()}
    assert {*told["files"].values(), "result.json"} <= found
    assert not [name for name in found if name.startswith(".")]


def test_page_that_fails_leaves_no_folder(result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page cannot be made, a new folder and those above it are not there."""
    broken(monkeypatch)
    with pytest.raises(OutputError, match="no page today"):
        publish(functools.partial(write_run_files, result), tmp_path / "deep" / "run")
    assert list(tmp_path.iterdir()) == []


def test_page_that_fails_leaves_the_old_run(result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page cannot be made, every file of the run that stood there is the old one."""
    publish(functools.partial(write_run_files, result), tmp_path / "run")
    before = contents(tmp_path)
    broken(monkeypatch)
    other = carry_out(result.settings.model_copy(update={"recipes": ("sixty_forty + vol_target",)}))
    with pytest.raises(OutputError):
        publish(functools.partial(write_run_files, other), tmp_path / "run")
    assert contents(tmp_path) == before


KILLED_AMID_NAMES = """
import os, pathlib, signal, sys
from backtester.files import staged
rename = pathlib.Path.replace
def replace(path, target):
    rename(path, target)
    os.kill(os.getpid(), signal.SIGKILL)
pathlib.Path.replace = replace
with staged(pathlib.Path(sys.argv[1])) as stage:
    (stage / "manifest.json").write_text("{}")
    (stage / "result.json").write_text("{}")
"""


@pytest.mark.parametrize("there", [True, False], ids=["over a run", "a new folder"])
def test_killed_amid_the_names_it_is_no_run(result: Result, tmp_path: Path, there: bool) -> None:
    """A folder that may hold files of two runs is told, until a run is written there whole."""
    if there:
        publish(functools.partial(write_run_files, result), tmp_path)
    killed = subprocess.run([sys.executable, "-c", KILLED_AMID_NAMES, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(DataError, match="was being written when the run was stopped, and is not whole; run it again"):
        read_run(tmp_path)
    publish(functools.partial(write_run_files, result), tmp_path)
    assert read_run(tmp_path).document["schema"]


def test_folder_in_a_file_s_place_changes_nothing(result: Result, tmp_path: Path) -> None:
    """A folder that has the name of a file to be written is told before any file is renamed."""
    write_run(result, tmp_path)
    (tmp_path / "tearsheet.html").mkdir()
    before = contents(tmp_path)
    with pytest.raises(OutputError) as caught:
        publish(functools.partial(write_run_files, result), tmp_path)
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'tearsheet.html'}: a folder has that name; name another folder with --out"
    )
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [("notes.txt", "mine"), ("result.json", '{"mine": 1}'), ("manifest.json", "[1]"), ("nav.parquet", "mine")],
)
def test_strangers_are_not_overwritten(result: Result, tmp_path: Path, name: str, content: str) -> None:
    """A folder with other files and no run is refused, whatever they are called."""
    (tmp_path / name).write_text(content)
    with pytest.raises(OutputError) as caught:
        publish(functools.partial(write_run_files, result), tmp_path)
    assert str(caught.value) == f"{tmp_path} holds other files and no run; name a new folder, or a run's, with --out"
    assert contents(tmp_path) == {str(tmp_path / name): content.encode()}


def test_what_lies_beside_a_run_stays(result: Result, tmp_path: Path) -> None:
    """Run again into its folder, a run leaves a reader's notes there; hidden files alone are no strangers."""
    (tmp_path / ".gitkeep").write_text("")
    publish(functools.partial(write_run_files, result), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    publish(functools.partial(write_run_files, result), tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_page_is_the_same_made_again(result: Result, tmp_path: Path) -> None:
    """The page made of a folder has the bytes of the one that came with the run, wherever the folder lies now."""
    publish(functools.partial(write_run_files, result), tmp_path / "run")
    before = contents(tmp_path / "run")
    shutil.move(tmp_path / "run", tmp_path / "moved")
    assert write_page(tmp_path / "moved") == tmp_path / "moved" / "tearsheet.html"
    assert list(contents(tmp_path / "moved").values()) == list(before.values())


def test_one_plotly_beside_many_pages(result: Result, tmp_path: Path) -> None:
    """Where a place is given plotly.js lies there once, whole, and pages ask for it; what is damaged is mended."""
    place, name = tmp_path / "two words", f"plotly-{plotly.__version__}.min.js"
    for run in ("one", "two"):
        publish(functools.partial(write_run_files, result), place / run, Pages(plotly=place))
    pages = [(place / run / "tearsheet.html").read_text(encoding="utf-8") for run in ("one", "two")]
    assert pages[0] == pages[1]
    assert f'<script src="../{name}"></script>' in pages[0]
    assert len(pages[0]) < 1_500_000
    whole = (place / name).read_bytes()
    (place / name).write_bytes(b"alert(1)")
    write_page(place / "one", Pages(plotly=place))
    assert (place / name).read_bytes() == whole
    assert (place / "one" / "tearsheet.html").read_text(encoding="utf-8") == pages[0]


def test_three_reports_at_once_in_one_folder(result: Result, tmp_path: Path) -> None:
    """Three processes that make one page at the same time all succeed, and it has the bytes of one alone."""
    folder = tmp_path / "run"
    publish(functools.partial(write_run_files, result), folder)
    before = contents(folder)
    calls = [start_call(write_page, folder) for _ in range(3)]
    assert [call.answer() for call in calls] == [folder / "tearsheet.html"] * 3
    assert contents(folder) == before
