"""`run` and `batch` through the command line: one JSON document or a table, files in their folder, exit statuses."""

import json
import re
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import tomlkit
from click.testing import CliRunner, Result

from backtester.cli.main import cli
from backtester.errors import BacktesterError
from interface import taken, written
from small import small_folder

CHEAT = '"""Cheat."""\ndef weights(stocks):\n    return {"stocks": (stocks.shift(-1) > stocks) * 1.0}\n'
RUINED = '"""Lose it all."""\ndef weights():\n    return {"stocks": 20.0}\n'
STUDY = """
name = "sizes"
history = "small"
data = "{data}"
plugins = ["odd.py"]

[[grid]]
recipe = "sixty_forty + gold_overlay(size={{size}})"
size = [0.0, 0.1, 0.2]

[[grid]]
recipe = "odd(how={{how}})"
how = [0, 1]
"""
ODD = '"""Odd."""\ndef weights(*, how: int = 0):\n    return {"stocks": 1 / (1 - how)}\n'


def called(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def run(small: Path, out: Path, *words: str) -> Result:
    return called("run", *words, "--history", "small", "--data", str(small), "--out", str(out))


def test_run_prints_one_json_document(small: Path, tmp_path: Path) -> None:
    """With --json stdout is the document that result.json holds, and stderr is silent."""
    answer = run(small, tmp_path / "out", "sixty_forty + gold_overlay", "--json")
    assert answer.exit_code == 0
    assert answer.stdout == (tmp_path / "out" / "result.json").read_text(encoding="utf-8")
    assert json.loads(answer.stdout)["schema"] == 3
    assert answer.stderr == ""


def test_run_writes_its_folder(small: Path, tmp_path: Path) -> None:
    """Every file that the document names is there, the csv of the tables, and nothing else."""
    run(small, tmp_path, "sixty_forty")
    names = {path.name for path in tmp_path.iterdir()}
    told = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert names == {*told["files"].values(), "result.json", "tables"}


def test_run_twice_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """The tearsheet and every file beside it are the same to the byte, wherever they are written."""
    for name in ("one", "two"):
        run(small, tmp_path / name, "sixty_forty + gold_overlay")
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_run_names_its_own_folder(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --out a run goes to runs/HISTORY-KEY, the same for the same run."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        called("run", "sixty_forty", "--history", "small", "--data", str(small))
    [folder] = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("small-")
    assert (folder / "tearsheet.html").is_file()


def test_run_for_people(small: Path, tmp_path: Path) -> None:
    """A line a strategy, plain text, and where the tearsheet is."""
    answer = run(small, tmp_path, "sixty_forty + gold_overlay")
    assert "Small: 2019-06-03 to 2021-09-30, 589 sessions" in answer.stdout
    assert "60/40 (reference)" in answer.stdout
    assert f"Tearsheet: {tmp_path / 'tearsheet.html'}" in answer.stdout
    assert "\x1b" not in answer.output


def test_run_warns_of_a_cheat(small: Path, tmp_path: Path) -> None:
    """A strategy that looks ahead is run, marked in the table, and warned of on stderr, with status 1."""
    (tmp_path / "cheat.py").write_text(CHEAT)
    answer = run(small, tmp_path / "out", "cheat", "--plugins", str(tmp_path / "cheat.py"))
    assert answer.exit_code == 1
    assert "Cheat LOOKS AHEAD" in answer.stdout
    assert answer.stderr.startswith("Warning: cheat: breaks 'knows only the past': stocks on 2019-06-0")


def test_look_ahead_can_be_allowed(small: Path, tmp_path: Path) -> None:
    """With --allow-look-ahead the same run exits with 0, and still says what it found."""
    (tmp_path / "cheat.py").write_text(CHEAT)
    words = ("cheat", "--plugins", str(tmp_path / "cheat.py"), "--allow-look-ahead", "--json")
    answer = run(small, tmp_path / "out", *words)
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["strategies"][1]["causal"] is False
    assert answer.stderr.startswith("Warning: cheat: breaks 'knows only the past': ")


def test_run_warns_of_ruin(small: Path, tmp_path: Path) -> None:
    """A strategy that lost everything is told with the date."""
    (tmp_path / "ruined.py").write_text(RUINED)
    answer = run(small, tmp_path / "out", "ruined", "--plugins", str(tmp_path / "ruined.py"))
    assert answer.exit_code == 0
    assert "Warning: ruined: ruined on 2020-03-09; its value stays at zero from there on" in answer.stderr


def test_run_says_what_ended(tmp_path: Path) -> None:
    """Its share as all shares are written: a short one of a fiftieth of a percent is 0.0%, without a minus."""
    folder = small_folder(tmp_path / "data")
    text = tomlkit.parse((folder / "manifest.toml").read_text())
    text["small"]["series"]["gold"]["absent"] = [["2020-07-01", "9999-12-31"]]
    (folder / "manifest.toml").write_text(tomlkit.dumps(text))
    (tmp_path / "short.py").write_text('"""Short."""\ndef weights():\n    return {"gold": -0.0002}\n')
    answer = run(folder, tmp_path / "out", "short", "--plugins", str(tmp_path / "short.py"), "--resamples", "0")
    said = "Warning: short: gold ended on 2020-06-30; 0.0% of the portfolio, and its weight since, went to cash\n"
    assert said in answer.stderr


def test_run_says_how_old_the_history_is(small: Path, tmp_path: Path) -> None:
    """More than sixty days after its last session, unless the run has an --end; not with --json."""
    old = "Note: history 'small' ends on "
    assert old in run(small, tmp_path / "a", "sixty_forty").stderr
    assert old not in run(small, tmp_path / "b", "sixty_forty", "--end", "2020-06-30").stderr
    assert run(small, tmp_path / "c", "sixty_forty", "--json").stderr == ""


def test_default_run_finds_the_sell_offs(tmp_path: Path) -> None:
    """`backtester run --json` with nothing else: six strategies on the embedded history, 21 joint sell-offs."""
    answer = called("run", "--json", "--out", str(tmp_path))
    told = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert (len(told["strategies"]), len(told["joint_sell_offs"])) == (6, 21)
    assert answer.stderr == ""


@pytest.fixture(scope="module")
def study(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "odd.py").write_text(ODD)
    (folder / "sizes.toml").write_text(STUDY.format(data=small))
    return folder / "sizes.toml"


def test_batch_prints_one_json_document(study: Path, tmp_path: Path) -> None:
    """With --json stdout is one document; a job that failed makes the status 1; the table has every job."""
    answer = called("batch", str(study), "--out", str(tmp_path), "--json", "--top", "2")
    assert answer.exit_code == 1
    told = json.loads(answer.stdout)
    assert {key: told[key] for key in ("study", "jobs", "resumed", "failed")} == {
        "study": "sizes",
        "jobs": 5,
        "resumed": 0,
        "failed": 1,
    }
    assert len(told["ranking"]) == 2
    table = pq.read_table(tmp_path / told["files"]["results"])
    assert table["setting_size"].to_pylist() == [0.0, 0.1, 0.2, None, None]
    assert table["setting_how"].to_pylist() == [None, None, None, 0, 1]
    assert [error is not None for error in table["error"].to_pylist()] == [False] * 4 + [True]


def test_batch_for_people(study: Path, tmp_path: Path) -> None:
    """A ranking on stdout, the failed job and its reason on stderr."""
    answer = called("batch", str(study), "--out", str(tmp_path), "--workers", "1")
    assert answer.exit_code == 1
    assert answer.stdout.startswith("sizes: 5 jobs, 0 of them done before, 1 failed; best by beyond_mix_payoff_mean")
    assert "\nIn percent\n" in answer.stdout
    assert f"Results: {tmp_path / 'results.parquet'}" in answer.stdout
    assert "Warning: odd(how=1): strategy 'odd'" in answer.stderr
    assert "ZeroDivisionError: division by zero" in answer.stderr
    assert "\x1b" not in answer.output


def test_a_refused_run_leaves_no_folder(small: Path, tmp_path: Path) -> None:
    """A run that is refused takes away the folder that it made, and leaves one that stood there before."""
    with pytest.raises(BacktesterError):
        run(small, tmp_path / "new", "no_such_strategy")
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    with pytest.raises(BacktesterError):
        run(small, tmp_path / "old", "no_such_strategy")
    assert (tmp_path / "old").is_dir()


def test_what_a_plugin_prints_is_no_answer(small: Path, tmp_path: Path) -> None:
    """A plugin's own prints go to stderr, so that stdout stays one JSON document."""
    plugin = tmp_path / "prints.py"
    plugin.write_text('"""Print."""\nprint("LOADED")\ndef weights(base):\n    print("CALLED")\n    return base\n')
    answer = run(small, tmp_path / "out", "sixty_forty + prints", "--plugins", str(plugin), "--json")
    assert json.loads(answer.stdout)["schema"] == 3
    assert "LOADED" in answer.stderr
    assert "CALLED" in answer.stderr


def test_audit_is_told(small: Path, tmp_path: Path) -> None:
    """--audit says below the tables how far the second engine is off, and the document has it by strategy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of vectorbt's import: its dependencies' old spellings
        answer = run(small, tmp_path / "out", "sixty_forty + gold_overlay", "--audit")
    assert re.search(r"Audit: vectorbt keeps the same 2 accounts to \de-1\d of their value\.", answer.stdout)
    told = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert all(one["audit"]["max_abs_nav_difference"] < 1e-9 for one in told["strategies"])


STOPPED_AMID_PAGES = """
import os, signal, sys
from backtester.cli.main import main
from backtester.tearsheet import publish
number = getattr(signal, sys.argv[3])
publish.page_pieces = lambda *given, **settings: os.kill(os.getpid(), number)
sys.argv = ["backtester", "run", "sixty_forty", "--history", "small", "--data", sys.argv[1], "--out", sys.argv[2]]
main()
"""


def stopped(small: Path, out: Path, name: str) -> "subprocess.CompletedProcess[str]":
    """A run that got that signal when its files were on the way."""
    words = [sys.executable, "-c", STOPPED_AMID_PAGES, str(small), str(out), name]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_told_to_stop_it_leaves_nothing(small: Path, tmp_path: Path, name: str) -> None:
    """A signal amid the writing ends the run in a word, and what was on the way is gone."""
    done = stopped(small, tmp_path / "run", name)
    assert (done.returncode, done.stderr.strip()) == (130, "Error: stopped")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_swept_by_the_next(small: Path, tmp_path: Path) -> None:
    """After SIGKILL there is a stage; the next command in that folder removes it."""
    assert stopped(small, tmp_path, "SIGKILL").returncode == -signal.SIGKILL
    assert [path.name[:9] for path in tmp_path.iterdir()] == [".writing-"]
    assert run(small, tmp_path, "sixty_forty").exit_code == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("command", ["run"])
def test_what_it_takes(command: str) -> None:
    """Every option with its type, bounds and default, as scripts depend on it: `interface.txt`."""
    assert taken(command) == written(command)
