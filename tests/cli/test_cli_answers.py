"""What the command line answers when all is well: help at once, one JSON document, plain text, completions."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backtester.cli.main import COMMANDS, cli
from backtester.plugins.loader import Library
from cheats import SETTINGS
from folders import FILE, made_folder, weekdays

BACKTESTER = Path(sys.executable).parent / "backtester"
HEAVY = ("pandas", "numpy", "numba", "pyarrow", "pydantic", "scipy", "vectorbt", "quantstats", "plotly", "rich")
WORDS = [
    [], ["run"], ["batch"], ["strategies"], ["strategies", "list"], ["strategies", "show"], ["strategies", "check"],
    ["data"], ["data", "list"], ["data", "show"], ["data", "check"],
]  # fmt: skip
HELPED = """
import sys
from backtester.cli.main import main
try:
    main()
finally:
    print(*(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


def called(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The installed command in a process of its own."""
    return subprocess.run(
        [str(BACKTESTER), *words], capture_output=True, text=True, check=False, env=os.environ | settings
    )


def answered(*words: str) -> Any:
    """The one JSON document that a command prints on stdout."""
    answer = CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0
    return json.loads(answer.stdout)


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """The help of every command comes without pandas, numba or any other library that takes its time."""
    code = HELPED.format(heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code, *words, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")
    assert "--help" in done.stdout
    assert done.stderr == "\n"


def test_help_lists_every_command() -> None:
    """The first page has each command with its line."""
    text = CliRunner().invoke(cli, ["--help"]).stdout
    assert all(name in text for name in COMMANDS)


def test_commands_say_the_same_in_both_places() -> None:
    """The line that --help shows without importing a command is the first of that command's own help."""
    for name, (_, line) in COMMANDS.items():
        command = cli.get_command(cli.make_context("backtester", [], resilient_parsing=True), name)
        assert command is not None
        assert (command.help or "").partition("\n")[0] == line


def test_version() -> None:
    """The version is one line."""
    assert called("--version").stdout.startswith("backtester 0.")


def test_without_a_command_the_help_is_shown() -> None:
    """Nothing asked, nothing done: the help on stderr, status 2, and no word of an error."""
    done = called()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: backtester [OPTIONS] COMMAND")


def test_strategies_list_as_json() -> None:
    """Each built-in with its kind, settings and hash."""
    told = {one["name"]: one for one in answered("strategies", "list")}
    assert {"sixty_forty", "gold_overlay", "vol_target", "fed_put", "dollar_overlay", "bills_for_bonds"} <= set(told)
    assert told["sixty_forty"]["kind"] == "base"
    assert told["gold_overlay"]["kind"] == "overlay"
    size, fund = told["gold_overlay"]["settings"]
    assert size == {"name": "size", "default": 0.1, "accepts": "number, at least -1, at most 1"}
    assert fund == {"name": "fund", "default": "bills", "accepts": "one of 'bills', 'prorata', 'stocks', 'bonds'"}


def test_strategies_show_as_json() -> None:
    """One strategy with what it reads and what its docstring says."""
    told = answered("strategies", "show", "Vol-Target")
    assert told["name"] == "vol_target"
    assert told["reads"] == ["base", "portfolio", "sessions_a_year", "vix"]
    assert told["follows_rhythm"] is True
    assert set(told["sections"]) == {"Hypothesis", "Fails when", "Source"}


def test_strategies_show_for_people() -> None:
    """The same in words, with a command to try."""
    text = CliRunner().invoke(cli, ["strategies", "show", "gold_overlay"]).stdout
    assert text.startswith("gold_overlay (overlay): Gold 10%, financed\n")
    assert "Hold gold beside the portfolio" in text
    assert "Rhythm: reads no sessions_a_year; if it counts sessions, their number is the same at every" in text
    assert "Try: backtester run 'sixty_forty + gold_overlay'" in text


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Any:
    """Every built-in checked on a short history, in a folder with one that is called like a strategy."""
    folder = tmp_path_factory.mktemp("checked")
    (folder / "fed_put").mkdir()
    with contextlib.chdir(folder):
        words = ("strategies", "check", "--data", str(small), "--history", "small", "--json")
        answer = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert answer.exit_code == 1  # some hold or read what that history has not
    return json.loads(answer.stdout)


def test_strategies_check_as_json(checked: Any, library: Library) -> None:
    """Every built-in passes, with 48 cuts at least, but those whose series are not there; past_only's tests have them.

    These fail by that alone.
    """
    assert [one["name"] for one in checked] == sorted(library.strategies)
    passed = [one for one in checked if one["passed"]]
    assert {"sixty_forty", "gold_overlay", "vol_target", "bills_for_bonds"} <= {one["name"] for one in passed}
    assert all(one["findings"] == [] and one["cuts"] >= 48 for one in passed)
    for one in checked:
        if not one["passed"]:
            assert f"sixty_forty + {one['name']}" in SETTINGS or one["name"] in SETTINGS
            [finding] = one["findings"]
            assert finding.startswith("breaks 'gives weights that can be traded': strategy ")


@pytest.mark.parametrize("as_path", [True, False])
def test_strategies_check_catches_a_cheat(tmp_path: Path, as_path: bool) -> None:
    """A file that looks ahead fails with status 1, and says where; so does one found through --plugins."""
    path = tmp_path / "cheat.py"
    path.write_text("def weights(stocks):\n    return {'stocks': (stocks.shift(-1) > stocks) * 1.0}\n")
    words = [str(path)] if as_path else ["cheat", "--plugins", str(path)]
    answer = CliRunner().invoke(cli, ["strategies", "check", *words])
    assert answer.exit_code == 1
    assert answer.stdout.startswith("FAIL  cheat  (")
    assert "breaks 'documents itself': the file has no docstring" in answer.stdout
    assert "breaks 'knows only the past': stocks on 2007-01-0" in answer.stdout


def test_strategies_check_is_not_put_off_by_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path, checked: Any
) -> None:
    """A run's folder that is called like a strategy does not stand in its way, whether all are checked or it alone."""
    (tmp_path / "gold_overlay").mkdir()
    monkeypatch.chdir(tmp_path)
    alone = answered("strategies", "check", "gold_overlay", "--data", str(small), "--history", "small")
    assert [one["name"] for one in alone] == ["gold_overlay"]
    assert "fed_put" in {one["name"] for one in checked}


def test_strategies_check_of_an_empty_folder(tmp_path: Path) -> None:
    """Nothing to check is a mistake, not a pass."""
    answer = CliRunner().invoke(cli, ["strategies", "check", str(tmp_path)])
    assert answer.exit_code != 0
    assert str(answer.exception) == f"no strategy in the folder {tmp_path}; a strategy is a .py file"


def test_broken_plugin_does_not_stop_the_others(tmp_path: Path) -> None:
    """A file with a syntax error is told on stderr; the list is whole otherwise."""
    (tmp_path / "broken.py").write_text("def weights(:\n")
    answer = CliRunner().invoke(cli, ["strategies", "list", "--json", "--plugins", str(tmp_path)])
    assert answer.exit_code == 0
    assert "sixty_forty" in {one["name"] for one in json.loads(answer.stdout)}
    assert f"Warning: strategy 'broken' ({tmp_path / 'broken.py'}): line 1: SyntaxError: " in answer.stderr


def test_data_list_and_show_as_json(small: Path) -> None:
    """Histories with their spans, layered; one of them with its series."""
    told = {one["name"]: one for one in answered("data", "list", "--data", str(small))}
    assert {"us", "crisis_1987", "crisis_1997", "crisis_2001", "small"} <= set(told)
    assert (told["small"]["first"], told["small"]["sessions"]) == ("2019-06-03", 589)
    us = answered("data", "show", "us")
    series = {one["role"]: one for one in us["series"]}
    assert series["bonds"]["kind"] == "bond"
    assert series["vix"]["known"] == "same close"
    assert all(one["source"] and one["licence"] for one in us["series"])


def test_data_folder_is_taken_from_the_environment(small: Path) -> None:
    """BACKTESTER_DATA layers a folder as --data does."""
    done = called("data", "list", "--json", BACKTESTER_DATA=str(small))
    assert "small" in {one["name"] for one in json.loads(done.stdout)}


@pytest.mark.parametrize("words", [["strategies", "list"], ["data", "list"], ["data", "show", "us"]], ids=" ".join)
def test_no_colours_where_there_is_no_terminal(words: list[str]) -> None:
    """Piped, the tables are plain text on stdout and stderr is silent."""
    done = called(*words, FORCE_COLOR="")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) > 3


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("backtester ", {"run", "batch", "strategies", "data"}),
        ("backtester strategies ", {"list", "show", "check"}),
        ("backtester strategies show g", {"gold_overlay"}),
        ("backtester run s", {"sixty_forty"}),
        ("backtester data show crisis_19", {"crisis_1987", "crisis_1997"}),
        ("backtester run --history u", {"us"}),
        ("backtester run --reb", {"--rebalance"}),
    ],
)
def test_shell_completes(line: str, found: set[str]) -> None:
    """Commands, options, strategies and histories are completed."""
    words = line.split(" ")
    done = called(_BACKTESTER_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    assert done.returncode == 0
    assert found <= {answer.partition(",")[2] for answer in done.stdout.splitlines()}


def test_shell_script_is_there() -> None:
    """The script that a shell sources names the command."""
    assert "_backtester_completion" in called(_BACKTESTER_COMPLETE="bash_source").stdout


def test_one_unreadable_history_hides_no_other(tmp_path: Path) -> None:
    """Whatever is wrong with some histories, the others are listed, checked and shown; what is wrong is said."""
    prices = {"date": weekdays("2024-01-01", 12), "stocks": [100.0 + n for n in range(12)]}
    made_folder(tmp_path, prices)
    manifest = tmp_path / "manifest.toml"
    made = manifest.read_text().replace(f'"{FILE}"', '"gone.parquet"').replace('"made', '"lost')
    manifest.write_text(f'{manifest.read_text()}{made}["bare"]\ntitle = 5\n')
    answer = CliRunner().invoke(cli, ["data", "list", "--data", str(tmp_path)], catch_exceptions=False)
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("us ", "made", "lost", "bare"))] == [
        "us",
        "made",
        "lost",
        "bare",
    ]
    assert (
        f"Warning: lost cannot be used: history 'lost': cannot read {tmp_path}/gone.parquet: No such" in answer.stderr
    )
    assert f"Warning: bare cannot be used: {tmp_path}/manifest.toml: [bare.title] Input should be a" in answer.stderr
    listed = {row["name"]: row for row in answered("data", "list", "--data", str(tmp_path))}
    assert (listed["made"]["sessions"], listed["made"]["error"]) == (12, None)
    assert (listed["lost"]["title"], listed["lost"]["sessions"]) == ("Made", None)
    assert listed["bare"]["error"].startswith(str(manifest))
    checked = CliRunner().invoke(cli, ["data", "check", "--data", str(tmp_path), "--json"], catch_exceptions=False)
    assert checked.exit_code == 1
    refused = {one["series"] for one in json.loads(checked.stdout)["findings"] if one["severity"] == "refused"}
    assert refused == {"lost.stocks", "bare"}
    assert CliRunner().invoke(cli, ["data", "show", "made", "--data", str(tmp_path)]).exit_code == 0
