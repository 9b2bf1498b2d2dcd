"""A data folder with a short piece of the embedded history in it, for tests that run many times."""

import datetime
import tomllib
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from backtester.files import sha256
from folders import CHECKOUT, made_manifest

ROLES = ("stocks", "yield_10y", "yield_3m", "bonds", "bills", "gold", "vix")


def small_folder(folder: Path, *, first: str = "2019-06-03", last: str = "2021-09-30", name: str = "small") -> Path:
    """The folder with a history `small`: some 590 sessions of the embedded one, the spring of 2020 among them."""
    us = tomllib.loads((CHECKOUT / "data" / "manifest.toml").read_text(encoding="utf-8"))["us"]
    series = {
        role: table | ({"file": "small.parquet"} if "file" in table else {}) for role, table in us["series"].items()
    }
    table = pq.read_table(CHECKOUT / "data" / "histories" / "us.parquet")
    dates = [datetime.date.fromisoformat(date) for date in (first, last)]
    date = pc.cast(table["date"], "date32")
    inside = pc.and_(pc.greater_equal(date, dates[0]), pc.less_equal(date, dates[1]))
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.filter(inside), folder / "small.parquet")
    files = {"small.parquet": f"sha256 {sha256((folder / 'small.parquet').read_bytes())}"}
    told = {"title": "Small", "series": {role: series[role] for role in ROLES}, "files": files}
    return made_manifest(folder, histories={name: told})
