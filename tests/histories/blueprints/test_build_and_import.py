"""`data build` and `data import` on the command line: what they write, what they leave alone, what they say."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from backtester.histories.blueprints.blueprint import blueprint_names
from backtester.histories.manifest import find_history, histories_or_errors
from backtester.histories.market import load_market
from mistakes import called, contents, refusal
from two_files import BLUEPRINT, RATE, STOCKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A blueprint, and the files that it names in folders below."""
    (tmp_path / "two.toml").write_text(BLUEPRINT)
    for name, text in (("a/stocks.csv", STOCKS), ("b/c/rate.csv", RATE), ("d/rate.csv", RATE)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def build(folder: Path) -> tuple[object, str, str]:
    """What `data build` says."""
    return called(folder, "data", "build", "two.toml", "--from", ".", "--data", "data")


def add(folder: Path, file: str, role: str, kind: str, *others: str) -> tuple[object, str, str]:
    """What `data import` says."""
    return called(folder, "data", "import", file, "--as", role, "--kind", kind, "--data", "data", *others)


def test_a_history_is_built(folder: Path) -> None:
    """Files are found wherever they lie below the folder, and the history has their figures to the last bit."""
    told = "two: 2024-01-02 to 2024-01-05, 4 sessions, in data\nNext: backtester data check two --data data\n"
    assert build(folder) == (0, told, "")
    market = load_market("two", folder / "data")
    assert list(market.levels["stocks"]) == [1, 2, 4, 4]
    np.testing.assert_allclose(market.bill_returns, [0, 0.0001, 0.0002, 0.0002], rtol=1e-12)
    assert market.history.table.sessions_a_year == 250
    assert market.carried["bills"] == 1


def test_the_file_says_what_it_is(folder: Path) -> None:
    """The parquet file is of days and nulls, compressed, and names its history and what each role is."""
    build(folder)
    file = pq.ParquetFile(folder / "data" / "histories" / "two.parquet")
    assert file.schema_arrow.names == ["date", "stocks", "rate"]
    assert file.schema_arrow.names == ["date", "stocks", "rate"]
    assert str(file.schema_arrow.field("date").type) == "date32[day]"
    metadata = file.schema_arrow.metadata
    assert (metadata[b"history"], metadata[b"title"]) == (b"two", b"Made of two files")
    roles = json.loads(metadata[b"roles"])
    assert roles["rate"] == {
        "column": "rate",
        "kind": "rate",
        "unit": "percent a year",
        "source": "a file of a rate",
        "licence": "none",
        "lag_sessions": 1,
    }
    assert roles["bills"]["yield"] == "rate"  # what is computed is told too
    assert file.read()["rate"].null_count == 1
    assert file.metadata.row_group(0).column(1).compression == "ZSTD"


def test_the_same_files_give_the_same_bytes(folder: Path) -> None:
    """Built twice, nothing differs."""
    build(folder)
    before = contents(folder)
    assert build(folder)[0] == 0
    assert contents(folder) == before


def test_what_stands_in_the_manifest_stays(folder: Path) -> None:
    """Comments and other histories are left as they are; the history that is built is replaced."""
    add(folder, "a/stocks.csv", "stocks", "total_return")
    manifest = folder / "data" / "manifest.toml"
    manifest.write_text("# mine, all mine\n" + manifest.read_text())
    build(folder)
    build(folder)
    assert manifest.read_text().startswith("# mine, all mine\n")
    assert manifest.read_text().count("[two]") == 1
    assert {"mine", "two"} < set(histories_or_errors(folder / "data"))


def test_a_byte_order_mark_is_no_part_of_a_blueprint_or_manifest(folder: Path) -> None:
    """What an editor on Windows begins a file with is read past, and a series is still added."""
    (folder / "two.toml").write_text(BLUEPRINT, encoding="utf-8-sig")
    assert build(folder)[0] == 0
    manifest = folder / "data" / "manifest.toml"
    manifest.write_text(manifest.read_text(), encoding="utf-8-sig")
    assert add(folder, "a/stocks.csv", "gold", "price", "--history", "two")[0] == 0
    assert load_market("two", folder / "data").assets == ["stocks", "gold"]


def test_a_build_that_fails_leaves_the_last_one(folder: Path) -> None:
    """A file that has gone bad since replaces nothing."""
    build(folder)
    (folder / "a" / "stocks.csv").write_text(STOCKS.replace(",4\n", ",-4\n"))
    first, second = refusal(folder, "data", "build", "two.toml", "--from", ".", "--data", "data")
    assert first.startswith("history 'two', series 'stocks': -4.0 on 2024-01-04 is not above zero")
    assert second == "  as the blueprint of 'two' has it"


def test_series_are_imported_one_by_one(folder: Path) -> None:
    """Three imports make a history; a role that is there is replaced, with its dates, and the others keep theirs."""
    assert add(folder, "a/stocks.csv", "stocks", "total_return")[0] == 0
    assert add(folder, "d/rate.csv", "rate", "rate", "--lag-sessions", "1")[1].startswith("mine: rate with 3 values")
    assert add(folder, "a/stocks.csv", "gold", "price", "--column", "Close", "--unit", "dollars")[0] == 0
    market = load_market("mine", folder / "data")
    assert list(market.levels["stocks"]) == [1, 2, 4, 4]
    assert list(market.levels["gold"]) == [10, 11, 12, 12]
    np.testing.assert_array_equal(market.observables["rate"], [np.nan, 3.65, 7.3, 7.3])
    (folder / "gold.csv").write_text("date,x\n2024-01-03,5\n2024-01-06,6\n")
    assert add(folder, "gold.csv", "gold", "price")[0] == 0
    market = load_market("mine", folder / "data")
    np.testing.assert_array_equal(market.levels["gold"], [np.nan, 5, 5, 5])
    assert list(market.levels["stocks"]) == [1, 2, 4, 4]


def test_what_is_imported_says_where_it_came_from(folder: Path) -> None:
    """Unit, source and licence are kept; without them the file's name is the source."""
    add(folder, "a/stocks.csv", "stocks", "total_return", "--source", "My broker", "--licence", "for me")
    add(folder, "d/rate.csv", "rate", "rate")
    series = tomllib.loads((folder / "data" / "manifest.toml").read_text())["mine"]["series"]
    assert (series["stocks"]["source"], series["stocks"]["licence"]) == ("My broker", "for me")
    assert (series["rate"]["source"], series["rate"]["unit"]) == ("rate.csv", "as in the file")


def test_a_series_is_added_to_what_was_built(folder: Path) -> None:
    """What was built takes another series, and keeps its own keys."""
    build(folder)
    assert add(folder, "a/stocks.csv", "gold", "price", "--history", "two")[0] == 0
    history = find_history("two", folder / "data")
    assert list(history.series) == ["stocks", "rate", "bills", "gold"]
    assert (history.table.title, history.table.sessions_a_year) == ("Made of two files", 250)
    assert load_market("two", folder / "data").assets == ["stocks", "gold"]


def test_a_history_of_another_hand_is_not_added_to(folder: Path, small: Path) -> None:
    """A history whose file was not written by import or build is left alone."""
    (folder / "data").mkdir()
    (folder / "data" / "manifest.toml").write_bytes((small / "manifest.toml").read_bytes())
    words = ("data", "import", "a/stocks.csv", "--as", "x", "--kind", "price", "--data", "data", "--history", "small")
    assert refusal(folder, *words) == [
        "data/manifest.toml: history 'small' was not made by import or build; choose another --history"
    ]


def test_a_damaged_history_is_not_added_to(folder: Path) -> None:
    """A file that is not the one of the manifest is told before anything is written."""
    build(folder)
    (folder / "data" / "histories" / "two.parquet").write_bytes(b"PAR1")
    words = ("data", "import", "a/stocks.csv", "--as", "x", "--kind", "price", "--data", "data", "--history", "two")
    [line] = refusal(folder, *words)
    assert line.startswith("history 'two': data/histories/two.parquet is not the file that the manifest vouches for")


def test_the_blueprints_that_come_with_the_program() -> None:
    """Those of the histories that can be brought up to date."""
    assert blueprint_names() == ["us", "us_long"]


def test_building_again_keeps_what_was_imported(folder: Path) -> None:
    """A series of no blueprint, and one that took the place of the blueprint's, stay; removing one gives it up."""
    build(folder)
    (folder / "gold.csv").write_text("date,gold\n2024-01-02,50\n2024-01-04,40\n2024-01-05,45\n")
    (folder / "other.csv").write_text("date,rate\n2024-01-02,36.5\n2024-01-03,36.5\n2024-01-04,36.5\n")
    add(folder, "gold.csv", "gold", "price", "--history", "two")
    add(folder, "other.csv", "rate", "rate", "--history", "two")
    status, _, err = build(folder)
    assert (status, err) == (0, "Note: kept rate, gold, which were imported\n")
    market = load_market("two", folder / "data")
    assert market.levels["gold"].tolist() == [50, 50, 40, 45]
    np.testing.assert_allclose(market.bill_returns, [0, 0.001, 0.001, 0.001], rtol=1e-12)
    assert market.history.table.imported == ("rate", "gold")
    called(folder, "data", "remove", "two", "gold", "--data", "data")
    assert build(folder)[2] == "Note: kept rate, which was imported\n"
    assert "gold" not in load_market("two", folder / "data").assets


def test_what_was_imported_and_cannot_be_read_is_not_given_up_in_silence(folder: Path) -> None:
    """Where the old file is damaged, building it again is refused with what would be lost; nothing is written."""
    build(folder)
    (folder / "gold.csv").write_text("date,gold\n2024-01-02,50\n2024-01-05,45\n")
    add(folder, "gold.csv", "gold", "price", "--history", "two")
    (folder / "data" / "histories" / "two.parquet").write_bytes(b"damaged")
    lines = refusal(folder, "data", "build", "two.toml", "--from", ".", "--data", "data")
    assert lines[1] == "  gold would be lost; 'backtester data remove two' gives them up"
