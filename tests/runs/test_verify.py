"""`verify`: a run carried out again from its own folder, and how far its figures are from those that it says."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from backtester.cli.main import cli
from backtester.errors import DataError
from backtester.runs.folder import HASHED_FILES, read_run
from backtester.runs.settings import RunSettings
from backtester.runs.verify import (
    NOT_COMPARABLE,
    Difference,
    _table_differences,
    document_differences,
    largest_difference,
    recomputed,
)
from mistakes import refusal

CASH = '"""Hold cash."""\ndef weights():\n    return {"stocks": 0.0}\n'


def called(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)), catch_exceptions=False)


@pytest.fixture(scope="module")
def made(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run `gold`, its data and its strategies."""
    place = tmp_path_factory.mktemp("verify")
    shutil.copytree(small, place / "data")
    (place / "mine").mkdir()
    (place / "mine" / "cash.py").write_text(CASH)
    words = ("sixty_forty + gold_overlay", "cash", "--history", "small", "--band", "none", "--resamples", "0")
    answer = called("run", *words, *sources(place), "--out", place / "gold")
    assert answer.exit_code == 0
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(made, tmp_path / "place")
    return tmp_path / "place"


def sources(place: Path) -> tuple[str, ...]:
    return ("--data", str(place / "data"), "--plugins", str(place / "mine"))


def test_untouched_run_is_the_same(made: Path) -> None:
    """Carried out again, every figure is that of the folder, and the folder is left as it was."""
    before = {path: path.read_bytes() for path in (made / "gold").rglob("*") if path.is_file()}
    answer = called("verify", made / "gold", *sources(made))
    assert (answer.exit_code, answer.stdout) == (0, "Every figure is the same, to the last bit\n")
    assert before == {path: path.read_bytes() for path in (made / "gold").rglob("*") if path.is_file()}


def test_edited_document_is_noticed(place: Path) -> None:
    """A figure that was changed is the largest difference, with both values; status 1, and report says so too."""
    path = place / "gold" / "result.json"
    edited = json.loads(path.read_text(encoding="utf-8"))
    right = edited["strategies"][1]["measures"]["cagr"]
    edited["strategies"][1]["measures"]["cagr"] = right + 0.25
    path.write_text(json.dumps(edited), encoding="utf-8")
    answer = called("verify", place / "gold", *sources(place), "--json")
    told = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert told["largest_difference"] == pytest.approx(0.25)
    assert (told["at"], told["edited"]) == ("result.json: strategies.1.measures.cagr", ["result.json"])
    report = called("report", place / "gold")
    assert report.exit_code == 1
    assert "result.json was changed after the run" in report.stderr
    assert "result.json was changed after the run" in (place / "gold" / "tearsheet.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in HASHED_FILES[1:] if name != "payoffs.parquet"])  # it has no rows
def test_edited_table_is_noticed(made: Path, place: Path, name: str) -> None:
    """Of every table one changed number, and the file, are named."""
    path = place / "gold" / name
    table = pd.read_parquet(path)
    column = "weight" if "weight" in table else table.columns[-1]
    table[column] = table[column].where(table.index < len(table) - 1, 0.5)
    table.to_parquet(path, index=False)
    edited, right = read_run(place / "gold"), read_run(made / "gold")
    assert (edited.edited, right.edited) == ((name,), ())
    found = largest_difference(edited, right)
    assert found.size > 0.1
    assert found.where.startswith(f"{name}: {column} in row ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"resamples": 0', '"resamples": 100'),
        ('"seed": 1,', '"seed": 2,'),
        ("--band none", "--band 0.01"),
        ('"numba": "', '"numba": "9'),
        ('"licence": "', '"licence": "free'),
        ('"cash.py"', '"cash.py", "x": NaN'),
    ],
)
def test_edited_manifest_is_noticed(place: Path, before: str, after: str) -> None:
    """Whatever is changed in it, report and page name the manifest, with status 1; how it is laid out is the same."""
    path = place / "gold" / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(json.dumps(json.loads(text)), encoding="utf-8")
    assert called("report", place / "gold").exit_code == 0
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    report = called("report", place / "gold")
    assert report.exit_code == 1
    assert "manifest.json was changed after the run" in report.stderr
    assert "manifest.json was changed after the run" in (place / "gold" / "tearsheet.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"settings": []}, "manifest.json is damaged: it does not say what was run"),
        ({"plugins": {"cash": {"file": "cash.py"}}}, "manifest.json is damaged: it has no file and hash of a plugin"),
        ({"command": "backtester run --help"}, "the command in gold/manifest.json is not such as run writes"),
    ],
)
def test_damaged_manifest_is_told(place: Path, change: dict[str, object], said: str) -> None:
    """What it lacks, in a line."""
    path = place / "gold" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    [line] = refusal(place, "verify", "gold", *sources(place))
    assert said in line


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
@pytest.mark.parametrize("name", HASHED_FILES)
def test_a_pipe_in_the_place_of_a_file_is_told(place: Path, name: str) -> None:
    """Nobody waits for what might never come."""
    (place / "gold" / name).unlink()
    os.mkfifo(place / "gold" / name)
    [line] = refusal(place, "report", "gold")
    assert f"gold/{name} is damaged: [Errno 22] Not a regular file" in line


def test_missing_number_differs_without_bound(made: Path) -> None:
    """A figure that is null or gone in one of them differs by more than any number."""
    run = read_run(made / "gold")
    for changes in ({"left_out": None}, {"more": 1.0}):
        other = run.document | changes
        found = largest_difference(run, type(run)(**{**vars(run), "document": other}))
        assert found.size == float("inf")
    assert largest_difference(run, run) == Difference()


def test_strategy_that_is_gone_or_changed_is_refused(place: Path) -> None:
    """The strategy is named, with what to do."""
    stored = read_run(place / "gold")
    settings = RunSettings(history="small", data=place / "data")
    with pytest.raises(DataError, match=r"strategy 'cash' \(cash.py\) is not here; name its file or folder"):
        recomputed(stored, settings)
    (place / "mine" / "cash.py").write_text(CASH + "# changed\n")
    [line, *_] = refusal(place, "verify", "gold", *sources(place))
    assert "changed since the run; name the file as it was with --plugins" in line


def test_scenario_file_that_is_gone_or_changed_is_refused(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another folder than that of its scenario's file a run is not verified, and the file and remedy are named."""
    shock = 'role = "stocks"\npercent = {}\n'
    words = "".join(f'{key} = "x"\n' for key in ("title", "about", "source", "calibrated_on", "differs"))
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(home)
    (home / "mine.toml").write_text(f"{words}[[shock]]\n{shock.format(-10)}")
    command = ("run", "sixty_forty", "--history", "small", "--resamples", "0", "--stress", "mine.toml")
    assert called(*command, *sources(made), "--out", home / "run").exit_code == 0
    assert called("verify", home / "run", *sources(made)).exit_code == 0
    monkeypatch.chdir(elsewhere)
    with pytest.raises(
        DataError, match=r"scenario mine\.toml is not in .*elsewhere; run verify in the folder from which"
    ):
        called("verify", home / "run", *sources(made))
    (elsewhere / "mine.toml").write_text(f"{words}[[shock]]\n{shock.format(-11)}")
    with pytest.raises(DataError, match=r"the scenario 'mine' changed since the run; put it back as it was \(its hash"):
        called("verify", home / "run", *sources(made))


def test_history_that_changed_is_refused(place: Path) -> None:
    """A history of other figures is named; its figures are not compared."""
    manifest = place / "data" / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    assert text.count('"maturity_years" = 10') == 1
    manifest.write_text(text.replace('"maturity_years" = 10', '"maturity_years" = 9'), encoding="utf-8")
    [line, *_] = refusal(place, "verify", "gold", *sources(place))
    remedy = "name the data as it was with --data, or carry the run out anew"
    assert line == f"history 'small' changed since the run in gold; {remedy}"


def test_comparison_is_refused(place: Path) -> None:
    """A comparison is no run: its runs are what can be carried out again; it keeps which of their files were edited."""
    both = [place / "gold", place / "again"]
    words = ("run", "cash", "--history", "small", "--band", "none", "--resamples", "0", *sources(place))
    assert called(*words, "--out", both[1]).exit_code == 0
    pd.read_parquet(both[1] / "levels.parquet").to_parquet(both[1] / "levels.parquet", index=False)
    answer = called("compare", *both, "--out", place / "compared")
    assert answer.exit_code == 1
    assert "levels.parquet was changed after the run" in answer.stderr
    assert read_run(place / "compared").edited == ("levels.parquet of again",)
    assert called("report", place / "compared").exit_code == 1
    [line, *_] = refusal(place, "verify", "compared")
    assert line == "compared is a comparison; verify the runs that it came from: gold, again"


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"a": [1.0, {"b": 2}], "c": "d"}, {"a": [1.0, {"b": 2}], "c": "d"}, []),
        ({"a": {"b": 0.25}}, {"a": {"b": 0.5}}, [Difference(0.25, "x: a.b", 0.25, 0.5)]),
        ({"a": -4.0}, {"a": 4.0}, [Difference(2.0, "x: a", -4.0, 4.0)]),
        ({"a": 0.0}, {"a": 0.5}, [Difference(0.5, "x: a", 0.0, 0.5)]),
        ({"a": 8}, {"a": 2}, [Difference(0.75, "x: a", 8, 2)]),
        ({"a": 2}, {"a": 8}, [Difference(0.75, "x: a", 2, 8)]),
        ({"a": None}, {}, []),
        ({"a": 1}, {}, [Difference(NOT_COMPARABLE, "x: a", 1, None)]),
        ({}, {"a": 1}, [Difference(NOT_COMPARABLE, "x: a", None, 1)]),
        ({"a": [1, 2, 3]}, {"a": [1, 5, 2]}, [Difference(0.6, "x: a.1", 2, 5), Difference(1 / 3, "x: a.2", 3, 2)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference(NOT_COMPARABLE, "x: a", [1], [1, 2])]),
        ({"a": [1]}, {"a": 1}, [Difference(NOT_COMPARABLE, "x: a", [1], 1)]),
        ({"a": {"b": 1}}, {"a": [1]}, [Difference(NOT_COMPARABLE, "x: a", {"b": 1}, [1])]),
        ({"a": "1"}, {"a": 1}, [Difference(NOT_COMPARABLE, "x: a", "1", 1)]),
    ],
)
def test_differences_by_hand(one: object, other: object, found: list[Difference]) -> None:
    """Figures absolutely, above 1 relative to the larger; what is missing or no number without bound."""
    assert list(document_differences(one, other, "x:")) == found


TABLE = pd.DataFrame({"name": ["a", "b", "c"], "value": [0.5, 4.0, float("nan")]})


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("value", [0.5, 4.0, float("nan")], []),
        ("value", [0.25, 2.0, float("nan")], [Difference(0.5, "t: value in row 1", 4.0, 2.0)]),
        ("value", [-0.5, 3.0, float("nan")], [Difference(1.0, "t: value in row 0", 0.5, -0.5)]),
        ("value", [0.5, -8.0, float("nan")], [Difference(1.5, "t: value in row 1", 4.0, -8.0)]),
        ("name", ["a", "b", "d"], [Difference(NOT_COMPARABLE, "t: column name", "one", "another")]),
    ],
)
def test_differences_of_tables_by_hand(name: str, values: list[object], found: list[Difference]) -> None:
    """The largest of each column, and in which row; other words without bound."""
    assert list(_table_differences(TABLE, TABLE.assign(**{name: values}), "t:")) == found


def test_tables_of_other_shapes_differ() -> None:
    """By a missing value, a row or a column; tables without a row are the same."""
    [gone] = _table_differences(TABLE, TABLE.assign(value=[0.5, float("nan"), float("nan")]), "t:")
    assert (gone.size, gone.where) == (NOT_COMPARABLE, "t: value in row 1")
    for other, shape in (
        (TABLE[:2], (2, 2)),
        (TABLE.rename(columns={"value": "v"}), (3, 2)),
        (TABLE[["name"]], (3, 1)),
    ):
        assert list(_table_differences(TABLE, other, "t:")) == [
            Difference(NOT_COMPARABLE, "t: rows and columns", (3, 2), shape)
        ]
    assert list(_table_differences(TABLE[:0], TABLE[:0], "t:")) == []
    assert str(Difference(0.25, "x: a", 1, 2)) == "x: a is 1 in the folder and 2 now, 0.25 apart"
    assert str(Difference(NOT_COMPARABLE, "x: a", 1, None)) == "x: a is 1 in the folder and None now"
