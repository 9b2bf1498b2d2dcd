"""The README of the data: it names every key and kind, its example works, and its numbers are those of the files."""

import re
import tomllib
from pathlib import Path
from typing import get_args

from backtester.files import bundled
from backtester.histories.blueprints.blueprint import Blueprint, SourceFile, SourceForm
from backtester.histories.kinds import as_series, kind_keys, kind_names
from backtester.histories.manifest import find_history, read_folder
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.market import load_market
from folders import CHECKOUT, FILE, made_parquet, weekdays

README = (CHECKOUT / "data" / "README.md").read_text()


def test_every_key_and_kind_is_explained() -> None:
    """Each key that a manifest may have, and each kind, has a row of a table."""
    rows = " ".join(row.partition("|")[2].partition("|")[0] for row in README.splitlines() if row.startswith("|"))
    keys = [key for kind in kind_names() for key in kind_keys(kind)]
    for word in [*HistoryTable.model_fields, *keys, *kind_names()]:
        assert f"`{word}`" in rows, word


def test_every_key_of_a_source_is_explained() -> None:
    """Each key that a source of a blueprint may have, and each form, has a place in a table."""
    rows = " ".join(row for row in README.splitlines() if row.startswith("|"))
    for word in [*SourceFile.model_fields, *get_args(SourceForm)]:
        assert f"`{word}`" in rows, word


def test_every_history_is_listed_with_its_range() -> None:
    """The first table has each embedded history with its number of sessions and its first and last."""
    for name in read_folder(bundled("data")):
        sessions = load_market(name).sessions
        assert f"| `{name}` | {len(sessions):,} | {sessions[0].date()} to {sessions[-1].date()} |" in README


def block(first: str) -> str:
    """The example of the README that begins so."""
    (found,) = [one for one in re.findall(r"```toml\n(.*?)```", README, re.S) if one.startswith(first)]
    return str(found)


def test_a_new_series_is_a_few_lines() -> None:
    """The lines in the README, put behind the long history's blueprint, are a series of it that a manifest can have."""
    text = (CHECKOUT / "data" / "blueprints" / "us_long.toml").read_text() + block("[series.yield_2y]")
    plan = Blueprint.model_validate(tomllib.loads(text)).series["yield_2y"]
    assert as_series(plan.manifest_keys | {"file": "x", "column": "x"}).lag_sessions == 1
    assert [source.file for source in plan.sources] == ["DGS2.csv"]
    assert len(block("[series.yield_2y]").splitlines()) <= 8


def test_the_example_works(tmp_path: Path) -> None:
    """The manifest in the README, with its file and hash put in, is read and gives a market with cash."""
    columns = {"date": weekdays("2026-06-01", 3), "fund": [100.0, 101.0, 99.0], "rate": [3.5, 3.5, 3.4]}
    hashed = made_parquet(tmp_path, columns)
    (tmp_path / FILE).rename(tmp_path / "mine.parquet")
    text = re.sub(r"sha256 <.*?>", hashed, block("[mine]"))
    assert list(tomllib.loads(text)) == ["mine"]
    (tmp_path / "manifest.toml").write_text(text)
    assert find_history("mine", tmp_path).assets == ["stocks"]
    assert load_market("mine", tmp_path).has_bills
