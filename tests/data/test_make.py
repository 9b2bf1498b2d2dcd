"""The embedded parquet files: made from the facts by data/make.py, and vouched for by the manifest."""

import importlib.util
import json
import re
import shutil
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from backtester.files import bundled, sha256
from backtester.histories.blueprints.blueprint import read_blueprint
from backtester.histories.blueprints.build import build_blueprint, file_reader
from backtester.histories.checks.calendars import planned_days
from backtester.histories.manifest import find_history, read_folder
from backtester.histories.market import load_market
from backtester.histories.store import read_figures
from folders import CHECKOUT, fact

DATA = CHECKOUT / "data"
SMALL = ["crisis_1987", "crisis_1997", "crisis_2001"]
FILES = ["us", "us_1962", *SMALL]


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """The script data/make.py as a module."""
    spec = importlib.util.spec_from_file_location("make_data", DATA / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def remade(make: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything was made again from the facts."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(DATA / "facts", folder / "facts")
    text = re.sub(r"sha256 \w{64}", f"sha256 {'0' * 64}", (DATA / "manifest.toml").read_text())  # not those of today
    (folder / "manifest.toml").write_text(text)
    (folder / "histories").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make, "HERE", folder)
        make.main()
    return folder


@pytest.mark.parametrize("name", FILES)
def test_the_committed_files_are_what_the_facts_make(remade: Path, name: str) -> None:
    """Made again from the facts, each file holds the same dates, columns and values, and the same times."""
    path = f"histories/{name}.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(DATA / path), pd.read_parquet(remade / path), check_exact=True)


def test_the_holidays_are_those_of_the_rules(remade: Path) -> None:
    """Made again, the list of New York's holidays is the same, and outside its years the rules are asked anew."""
    text = (remade / "holidays_XNYS.txt").read_text()
    assert text == (DATA / "holidays_XNYS.txt").read_text()
    assert "2027-07-05\n" in text  # the fourth is a Sunday
    spring = planned_days("XNYS", pd.Timestamp(2050, 4, 4), pd.Timestamp(2050, 4, 12))
    assert spring.day.tolist() == [4, 5, 6, 7, 11, 12]  # Good Friday is the 8th


@pytest.mark.parametrize("name", FILES)
def test_the_manifest_vouches_for_the_committed_files(name: str) -> None:
    """The hash in the manifest is that of the file, and no other file lies there."""
    told = find_history(name).table.files
    assert told == {path: f"sha256 {sha256((DATA / path).read_bytes())}" for path in [f"histories/{name}.parquet"]}
    assert sorted(path.stem for path in (DATA / "histories").iterdir()) == sorted(FILES)


def test_making_again_changes_only_hashes(remade: Path) -> None:
    """The script writes each history's table anew, and nothing in it is another but the hash."""
    before, after = ((folder / "manifest.toml").read_text().splitlines() for folder in (DATA, remade))
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert all(line.startswith('"histories/') for line in changed)
    for name in FILES:
        digest = sha256((remade / f"histories/{name}.parquet").read_bytes())
        assert f'"histories/{name}.parquet" = "sha256 {digest}"' in after


def test_a_remade_folder_is_a_data_folder(remade: Path) -> None:
    """What the script made is read like any user's folder, and gives the same market."""
    pd.testing.assert_frame_equal(load_market("us", remade).levels, load_market("us").levels)


def carried(make: ModuleType, name: str) -> dict[str, str]:
    """By role of a history the fact file that it comes from."""
    if name == "us":
        return {
            role: Path(plan.sources[0].file).stem
            for role, plan in make.us().series.items()
            if plan.sources and plan.sources[0].file != "FOMC.csv"  # of meetings: tests/data/test_fed.py
        }
    return {role: f"{name}_{series}" for role, series in make.FACTS.items()}


@pytest.mark.parametrize("name", ["us", *SMALL])
def test_every_fact_is_carried_and_nothing_is_filled(make: ModuleType, name: str) -> None:
    """Each figure of each fact file, up to the last date of `us`, is in the history, and no other."""
    figures = read_figures(find_history(name), list(find_history(name).series))
    for role, series in carried(make, name).items():
        pd.testing.assert_series_equal(
            figures[role].values,
            fact(series).astype(float).loc[:"2026-05-26"],
            check_names=False,
            check_index_type=False,
            check_exact=True,
            check_freq=False,
        )


def test_no_figure_is_infinite() -> None:
    """What is not null in a file is a number."""
    for name in FILES:
        table = pd.read_parquet(DATA / "histories" / f"{name}.parquet")
        assert not np.isinf(table.select_dtypes("number")).any(axis=None)


def test_the_embedded_us_is_that_of_its_blueprint(tmp_path: Path) -> None:
    """The blueprint that fetches `us` builds the embedded one, but for rates of which FRED has every day."""
    blueprint, changes = read_blueprint("us")[1], ("fed_target", "iorb", "funding_stress")
    without = {role: plan for role, plan in blueprint.series.items() if role not in changes}
    read = file_reader(DATA / "facts")
    build_blueprint("us", blueprint.model_copy(update={"series": without}), tmp_path, read)
    embedded = pd.read_parquet(DATA / "histories" / "us.parquet").drop(columns=["fed_target", "iorb"])
    built = pd.read_parquet(tmp_path / "histories" / "us.parquet")
    figures = embedded.dropna(how="all", subset=embedded.columns.drop("date")).reset_index(drop=True)
    pd.testing.assert_frame_equal(built, figures, check_exact=True)


def test_every_series_of_a_file_is_in_its_manifest() -> None:
    """No column of the files lacks a source and a licence, and none is listed that is not there."""
    for name, history in read_folder(bundled("data")).items():
        columns = set(pd.read_parquet(DATA / "histories" / f"{name}.parquet").columns) - {"date"}
        named = {key for series in history.quoted.values() for key in (series.column, *series.time_columns[1:])}
        assert named == columns


@pytest.mark.parametrize("name", FILES)
def test_each_file_says_what_its_roles_are(name: str) -> None:
    """The schema's metadata has history, title and, for every role, what the manifest says of it but the file."""
    metadata = pq.read_schema(DATA / "histories" / f"{name}.parquet").metadata
    told = tomllib.loads((DATA / "manifest.toml").read_text())[name]
    assert (metadata[b"history"].decode(), metadata[b"title"].decode()) == (name, told["title"])
    roles = {role: {key: keys[key] for key in keys if key != "file"} for role, keys in told["series"].items()}
    assert json.loads(metadata[b"roles"]) == json.loads(json.dumps(roles, default=str))  # str: dates


def test_making_twice_gives_the_same_bytes(remade: Path) -> None:
    """With the versions that the tests run on, the script makes the committed files, byte for byte."""
    for name in FILES:
        path = f"histories/{name}.parquet"
        assert (remade / path).read_bytes() == (DATA / path).read_bytes()
