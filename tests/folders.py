"""Folders of data: made in a test's own lines (a manifest and the parquet file it vouches for), or the project's."""

import datetime
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backtester.files import sha256

WORDS = {"unit": "index", "source": "made for a test", "licence": "none"}
FILE = "made.parquet"
CHECKOUT = Path(__file__).parent.parent
SHARED = CHECKOUT.parent / "shared" / "data"  # providers' own files, which the project does not contain
MORE = SHARED.parent / "more"


def shared_file(name: str) -> Path:
    """A provider's file beside the checkout; the test that asks for it is skipped where there is none."""
    if not (SHARED / name).is_file():
        pytest.skip(f"needs {name} in ../shared/data, beside the checkout")
    return SHARED / name


def fact(name: str, *, index: str = "date") -> "pd.Series[float]":
    """One file of `data/facts/`, by date."""
    return pd.read_csv(CHECKOUT / "data" / "facts" / f"{name}.csv", index_col=index, parse_dates=True)["value"]


def listed(kind: str, column: str, **keys: Any) -> dict[str, Any]:
    """A series of the manifest that has a column of its own."""
    return {"kind": kind, "file": FILE, "column": column, **WORDS, **keys}


def built(kind: str, **keys: Any) -> dict[str, Any]:
    """A series of the manifest that is computed from another."""
    return {"kind": kind, **WORDS, **keys}


def weekdays(first: str, count: int) -> list[datetime.date]:
    """That many weekdays from the first on."""
    return [day.date() for day in pd.bdate_range(first, periods=count)]


def made_parquet(folder: Path, columns: dict[str, Any]) -> str:
    """The hash, as a manifest writes it, of a file with those columns."""
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), folder / FILE)
    return f"sha256 {sha256((folder / FILE).read_bytes())}"


def made_manifest(folder: Path, *, histories: dict[str, Any]) -> Path:
    """The folder, with a manifest of those tables in it."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.toml").write_text(_toml(histories), encoding="utf-8")
    return folder


def made_folder(folder: Path, columns: dict[str, Any], series: dict[str, Any] | None = None, **keys: Any) -> Path:
    """The folder, with a history `made` of those columns; every column is a price unless `series` says otherwise."""
    told = series or {column: listed("price", column) for column in columns if column != "date"}
    files = {FILE: made_parquet(folder, columns)}
    return made_manifest(folder, histories={"made": {"title": "Made", "series": told, "files": files, **keys}})


def _toml(table: dict[str, Any], path: tuple[str, ...] = ()) -> str:
    """The table as TOML: its plain keys first, then its sub-tables, each under its own heading."""
    heading = [f"[{'.'.join(json.dumps(part) for part in path)}]"] if path else []
    plain = [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, dict)]
    below = [_toml(value, (*path, key)) for key, value in table.items() if isinstance(value, dict)]
    return "\n".join([*heading, *plain, *below]) + "\n"
