"""The README's commands and code, run as they stand."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backtester.cli.main import cli
from backtester.histories.market import Market
from mistakes import called
from own_files import write_own_files

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
INSTALL = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/backtester run"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def saved_files() -> dict[str, str]:
    """What the README says to save, by file name."""
    return dict(re.findall(r"Save this as `([^`]+)`:\n\n```\w+\n(.*?)```", README, flags=re.DOTALL))


def commands() -> list[str]:
    """Every `backtester ...` line, in order."""
    return [line for block in blocks("bash") for line in block.splitlines() if line.startswith("backtester ")]


def printed(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """The lines that the command prints, called in a folder as its user would."""
    for name in ("COLUMNS", "BACKTESTER_DATA"):
        monkeypatch.delenv(name, raising=False)
    status, out, err = called(folder, *words)
    assert status == 0, err
    return [line.rstrip() for line in out.strip().splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, us: Market) -> Path:
    """A folder with the files that the README says to save, and those that it takes for the user's own."""
    place = tmp_path_factory.mktemp("readme")
    for name, text in saved_files().items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text)
    write_own_files(place, us)
    return place


def test_the_two_commands_open_the_readme() -> None:
    """The first two commands install and run, and install and test; CI runs the second as it stands."""
    assert [block.strip() for block in blocks("bash")[:2]] == [INSTALL, TEST]
    assert TEST in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_table_is_what_the_main_job_prints(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table in the README is the first command's output, line for line."""
    lines = printed(folder, monkeypatch, "run", "--out", "main-job")
    shown = [line.rstrip() for line in blocks("text")[0].strip().splitlines()]
    assert lines[: len(shown)] == shown
    assert "Tearsheet: main-job/tearsheet.html" in lines


def test_the_second_table_is_that_of_sixty_years(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table beside it is what the run on the longer embedded history prints."""
    lines = printed(folder, monkeypatch, "run", "--history", "us_1962", "--out", "sixty-years")
    shown = [line.rstrip() for line in blocks("text")[1].strip().splitlines()]
    first = lines.index(shown[2])
    assert [lines[0], "", *lines[first : first + len(shown) - 2]] == shown


def test_it_is_a_page() -> None:
    """It holds the question, a picture, two commands, a plugin, your own data and links, and no more than that."""
    assert len(README.splitlines()) <= 220
    assert "![The first screen of a tearsheet](docs/tearsheet.png)" in README


def test_links_lead_somewhere() -> None:
    """Every link that is no address on the web is a file or folder of the repository."""
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not link.startswith("https:") and not (ROOT / link).exists()] == []


def test_the_plugin_is_a_dozen_lines() -> None:
    """The example strategy is as short as its heading says: a dozen lines that hold something."""
    plugin = saved_files()["my_strategies/gold_for_bonds.py"]
    assert len([line for line in plugin.splitlines() if line.strip()]) <= 12


@pytest.mark.parametrize("line", commands())
def test_commands_run_as_written(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other command of the README does what it says with exit status 0."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("BACKTESTER_DATA", raising=False)
    done = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "Warning" not in done.stderr


def test_the_notebook_lines_run_as_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of the README runs without files of ours, and its strategies have figures."""
    monkeypatch.chdir(folder)
    code, names = next(block for block in blocks("python") if "import backtester" in block), dict[str, Any]()
    exec(code, names)
    measures = names["result"].measures
    assert list(measures.columns) == ["sixty_forty", "calmer", "a tenth"]
    assert measures.loc["volatility", "calmer"] < measures.loc["volatility", "sixty_forty"]
