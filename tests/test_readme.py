"""The README's commands and code, run as they stand."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backtester.cli.main import cli
from backtester.histories.market import Market
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


def backtester(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command, run in a folder as its user would."""
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "BACKTESTER_DATA")}
    return subprocess.run(
        [sys.executable, "-m", "backtester", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


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


def test_the_table_is_what_the_main_job_prints(folder: Path) -> None:
    """The table in the README is the first command's output, line for line."""
    printed = backtester(["run", "--out", "main-job"], folder)
    assert printed.returncode == 0, printed.stderr
    shown = [line.rstrip() for line in blocks("text")[0].strip().splitlines()]
    assert [line.rstrip() for line in printed.stdout.strip().splitlines()][: len(shown)] == shown
    assert "Tearsheet: main-job/tearsheet.html" in printed.stdout


def test_the_second_table_is_that_of_sixty_years(folder: Path) -> None:
    """The table beside it is what the run on the longer embedded history prints."""
    printed = backtester(["run", "--history", "us_1962", "--out", "sixty-years"], folder)
    assert printed.returncode == 0, printed.stderr
    shown = [line.rstrip() for line in blocks("text")[1].strip().splitlines()]
    lines = [line.rstrip() for line in printed.stdout.strip().splitlines()]
    first = lines.index(shown[2])
    assert [lines[0], "", *lines[first : first + len(shown) - 2]] == shown


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
