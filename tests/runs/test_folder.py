"""A run's folder: the same bytes twice, nothing of this machine in it, read back whole, and errors that name a file."""

import datetime
import json
import shlex
import shutil
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from backtester.cli.main import cli
from backtester.engine.costs import Costs
from backtester.engine.execution import Execution
from backtester.errors import DataError, OutputError
from backtester.files import UNFINISHED
from backtester.runs.folder import FILES, check_run_place, read_run, write_run
from backtester.runs.manifest import manifest, run_command, run_key
from backtester.runs.result import Result
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json

CASH = '"""Hold cash."""\ndef weights():\n    return {"stocks": 0.0}\n'


@pytest.fixture(scope="module")
def settings(small: Path) -> RunSettings:
    (small / "cash.py").write_text(CASH)
    recipes = ("sixty_forty + gold_overlay(size=0.2)", "cash")
    return RunSettings(recipes=recipes, history="small", data=small, plugins=(small / "cash.py",))


@pytest.fixture(scope="module")
def result(settings: RunSettings) -> Result:
    return carry_out(settings)


@pytest.fixture
def folder(result: Result, tmp_path: Path) -> Path:
    write_run(result, tmp_path / "run")
    return tmp_path / "run"


def test_two_runs_give_the_same_bytes(settings: RunSettings, folder: Path, tmp_path: Path) -> None:
    """Every file of a second run, carried out anew into another folder, has the bytes of the first."""
    write_run(carry_out(settings), tmp_path / "again")
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted({*FILES.values(), "result.json"} - {"tearsheet.html"})
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_nothing_of_this_machine_is_in_it(folder: Path, tmp_path: Path, small: Path) -> None:
    """No absolute path and no clock in the document or the manifest."""
    for name in ("result.json", "manifest.json"):
        text = (folder / name).read_text(encoding="utf-8")
        for path in (str(tmp_path), str(small), str(Path.home()), str(Path.cwd()), "/tmp", time.strftime("%Y-%m-%d")):
            assert path not in text


def test_files_are_relative_and_there(folder: Path, result: Result) -> None:
    """The document names the files beside it."""
    told: Json = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert told["files"] == FILES
    assert all((folder / name).is_file() for key, name in FILES.items() if key != "tearsheet")


def test_is_read_back_as_it_was_written(folder: Path, result: Result) -> None:
    """Net asset values and levels come back to the last bit, weights in long form."""
    run = read_run(folder)
    pd.testing.assert_frame_equal(run.nav, result.nav, check_freq=False, check_names=False, check_index_type=False)
    assert list(run.levels.columns) == [*result.period.market.levels.columns, "pair"]
    assert (run.levels["pair"].to_numpy() == result.period.pair.nav.to_numpy()).all()
    assert pq.read_schema(folder / FILES["payoffs"]).names == [one.name for one in result.strategies]
    gold = run.weights[(run.weights["asset"] == "gold")]
    assert set(gold["strategy"]) == {"sixty_forty + gold_overlay(size=0.2)"}
    expected = result.strategies[1].evaluation.accounts.weights["gold"].reindex(result.period.market.sessions)
    assert (gold["weight"].to_numpy() == expected.to_numpy()).all()


def test_strategy_that_holds_nothing_has_weights(folder: Path, result: Result) -> None:
    """Cash alone has a weight of zero each session, so that whoever draws weights finds it."""
    cash = read_run(folder).weights.query("strategy == 'cash'")
    assert len(cash) == len(result.period.market.sessions)
    assert not cash["weight"].any()


def test_manifest_says_what_repeats_it(result: Result) -> None:
    """Command, settings, data, plugins by file and hash, versions."""
    told = manifest(result)
    assert told["command"] == (
        "backtester run 'sixty_forty + gold_overlay(size=0.2)' cash --history small --data small --plugins cash.py"
    )
    assert told["data"]["history"] == "small"
    assert set(told["plugins"]) == {"sixty_forty", "gold_overlay", "cash"}
    assert told["plugins"]["cash"]["file"] == "cash.py"
    assert {"python", "numpy", "pandas", "numba", "crisis-backtester"} <= set(told["versions"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"start": datetime.date(2020, 1, 2)}, " --start 2020-01-02"),
        ({"end": datetime.date(2020, 1, 2)}, " --end 2020-01-02"),
        ({"reference": "sixty_forty(stocks=0.5)"}, " --reference 'sixty_forty(stocks=0.5)'"),
        ({"execution": Execution(rebalance="month+5")}, " --rebalance month+5"),
        ({"execution": Execution(band=float("inf"))}, " --band none"),
        ({"execution": Execution(band=0.012345678901234)}, " --band 0.012345678901234"),
        ({"execution": Execution(band=0.05)}, " --band 0.05"),
        ({"execution": Execution(lag=0)}, " --lag 0"),
        ({"execution": Execution(costs=Costs(trade_bps=1.23456789))}, " --cost-bps 1.23456789"),
        (
            {"execution": Execution(rebalance="month/4", relative_band=0.25, to_edge=True, min_trade=0.001)},
            " --rebalance month/4 --relative-band 0.25 --to-edge --min-trade 0.001",
        ),
        (
            {
                "execution": Execution(
                    costs=Costs(assets={"gold": {"buy_bps": 10, "sell_bps": 5}}, borrow_spread_bps=80)
                )
            },
            " --cost-bps borrow=80 --cost-bps gold=10/5",
        ),
        ({"bonds_role": "gold", "stocks_fall": -0.03}, " --bonds-role gold --stocks-fall -0.03"),
        (
            {"bonds_fall": -0.012345678901234, "stocks_weight": 0.5},
            " --stocks-weight 0.5 --bonds-fall -0.012345678901234",
        ),
        ({"plugins": (Path("mine"), Path("/home/me/more.py"))}, " --plugins mine --plugins more.py"),
    ],
)
def test_command_states_what_differs_from_the_defaults(changes: dict[str, object], words: str) -> None:
    """Each option appears when it is not the default, with all its digits."""
    settings = RunSettings.model_validate({"recipes": ("sixty_forty",)} | changes)
    assert run_command(settings) == f"backtester run sixty_forty{words}"


def test_command_gives_the_same_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    """The command of a manifest, run again where data and plugins lie, writes the same result and manifest."""
    monkeypatch.chdir(small.parent)
    execution = Execution(lag=0, rebalance="week", band=0.0312345678, costs=Costs(trade_bps=3.14159265))
    settings = RunSettings(
        recipes=("sixty_forty + gold_overlay(size=0.15)",),
        history="small",
        data=Path("small"),
        start=datetime.date(2019, 9, 2),
        end=datetime.date(2021, 3, 31),
        execution=execution,
    )
    first = carry_out(settings)
    write_run(first, tmp_path / "one")
    words = shlex.split(run_command(settings))
    answer = CliRunner().invoke(cli, [*words[1:], "--out", str(tmp_path / "two")], catch_exceptions=False)
    assert answer.exit_code == 0
    for name in ("result.json", "manifest.json", "nav.parquet"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_key_changes_with_what_the_result_depends_on(result: Result, settings: RunSettings, tmp_path: Path) -> None:
    """Another setting or other bytes of a plugin make another key, the same inputs the same."""
    assert run_key(carry_out(settings)) == run_key(result)
    other = settings.model_copy(update={"start": datetime.date(2019, 9, 2)})
    assert run_key(carry_out(other)) != run_key(result)
    (tmp_path / "cash.py").write_text(CASH + "# changed\n")
    changed = settings.model_copy(update={"plugins": (tmp_path / "cash.py",)})
    assert run_key(carry_out(changed)) != run_key(result)


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A folder without a run is named, with what to name instead."""
    with pytest.raises(DataError) as caught:
        read_run(tmp_path / "nowhere")
    assert (
        str(caught.value)
        == f"{tmp_path / 'nowhere'} is not a run's folder: it has no result.json; name one that run wrote"
    )


@pytest.mark.parametrize("name", ["result.json", "manifest.json", "nav.parquet", "levels.parquet", "weights.parquet"])
def test_missing_file_is_told(folder: Path, name: str) -> None:
    """Whichever file is missing, a DataError names it."""
    (folder / name).unlink()
    with pytest.raises(DataError) as caught:
        read_run(folder)
    assert str(caught.value) == f"{folder} is not a run's folder: it has no {name}; name one that run wrote"


@pytest.mark.parametrize("name", ["result.json", "manifest.json", "nav.parquet", "levels.parquet", "weights.parquet"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"PAR1 and nothing more PAR1", b"\xff\xfe"])
def test_damaged_file_is_told(folder: Path, name: str, content: bytes) -> None:
    """Whichever file is empty, cut short, of another form or not text, a DataError of one line names it."""
    (folder / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_run(folder)
    assert str(caught.value).startswith(f"{folder / name} is damaged: ")
    assert str(caught.value).endswith("; run it again")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["nav.parquet", "levels.parquet", "weights.parquet"])
def test_file_that_is_cut_short_is_told(folder: Path, name: str) -> None:
    """A parquet file of which the last bytes are missing is named."""
    (folder / name).write_bytes((folder / name).read_bytes()[:-20])
    with pytest.raises(DataError, match=f"{name} is damaged: "):
        read_run(folder)


def test_folder_that_cannot_be_written_is_told(result: Result, tmp_path: Path) -> None:
    """A place below a file is refused by name before anything is written."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        write_run(result, tmp_path / "file" / "run")
    assert str(caught.value) == (
        f"cannot write into {tmp_path / 'file' / 'run'}: Not a directory; name another folder with --out"
    )


def test_a_run_overwrites_what_stood_there(folder: Path, result: Result) -> None:
    """Run into the same folder again, every file is there once and nothing half-written beside it."""
    (folder / "result.json").write_text("old")
    write_run(result, folder)
    assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["schema"] == 3
    assert not list(folder.glob("*.tmp")) + list(folder.glob(".*"))


def test_key_changes_with_the_crises(settings: RunSettings, small: Path, tmp_path: Path) -> None:
    """Other crises are another result, so they are another key."""
    data = tmp_path / "data"
    shutil.copytree(small, data)
    before = run_key(carry_out(settings.model_copy(update={"data": data})))
    (data / "crises.toml").write_text("crisis = []\n")
    assert run_key(carry_out(settings.model_copy(update={"data": data}))) != before


def test_which_files_are_not_as_the_run_wrote_them(folder: Path) -> None:
    """None as it is written; one that is written anew, by its name."""
    assert read_run(folder).edited == ()
    pd.read_parquet(folder / "levels.parquet").to_parquet(folder / "levels.parquet", index=False)
    assert read_run(folder).edited == ("levels.parquet",)


def test_where_a_run_may_be_written(tmp_path: Path) -> None:
    """Into a folder that is new, empty, or was being written as a run; not beside other files."""
    check_run_place(tmp_path / "new")
    check_run_place(tmp_path)
    (tmp_path / "thesis.txt").write_text("")
    with pytest.raises(OutputError, match="holds other files and no run; name a new folder, or a run's, with --out"):
        check_run_place(tmp_path)
    (tmp_path / UNFINISHED).touch()
    check_run_place(tmp_path)
