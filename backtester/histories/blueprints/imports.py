"""Adding one series from a file to a history of the user's own."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from pydantic import ValidationError

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import Source
from backtester.histories.blueprints.sources import source_values
from backtester.histories.blueprints.write import read_manifest, write_history
from backtester.histories.manifest import KEYS, RESERVED, Series

ROLE = re.compile(r"[a-z][a-z0-9_]*")
IMPORTED = tuple(kind for kind, (needed, _) in KEYS.items() if "file" in needed)


def import_series(
    folder: Path, history: str, role: str, keys: dict[str, Any], file: tuple[str, bytes, str | None]
) -> "pd.Series[float]":
    """The series' values, once they are in the history's parquet file and manifest.

    `keys` are the manifest's for the series; `file` is a name, its bytes and the column to take. A role that the
    history has already is replaced.
    """
    for word in (history, role):
        if not ROLE.fullmatch(word) or word in RESERVED:
            raise DataError(
                f"{word!r} is no name for a history or role; use small letters, digits and _, a letter first"
            )
    if keys["kind"] not in IMPORTED:
        raise DataError(f"unknown kind {keys['kind']!r}; a file's figures are one of {', '.join(IMPORTED)}")
    name, content, column = file
    values = source_values(_source(name, column), content).rename(role)
    series = keys | {"file": f"histories/{history}.parquet", "column": role}
    try:
        Series.model_validate(series)
    except ValidationError as error:
        raise DataError(f"{role}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error
    head, others, table = _existing(folder, history)
    write_history(folder, history, head, others | {role: series}, _with(table, values))
    return values


def _source(name: str, column: str | None) -> Source:
    return Source.model_construct(provider="csv", file=name, columns=(column,) if column else (), form="level")


def _existing(folder: Path, history: str) -> tuple[dict[str, Any], dict[str, Any], pd.DataFrame]:
    """The history's own keys, its series and its figures; of a new one the least that it needs."""
    manifest = folder / "manifest.toml"
    table = read_manifest(manifest).unwrap().get(history)
    if table is None:
        return {"title": history}, {}, pd.DataFrame()
    path = folder / "histories" / f"{history}.parquet"
    if list(table.get("files", {})) != [f"histories/{history}.parquet"] or not path.exists():
        raise DataError(f"{manifest}: history {history!r} was not made by import or build; choose another --history")
    figures: pd.DataFrame = pq.read_table(path).to_pandas(date_as_object=False).set_index("date")
    return {key: table[key] for key in table if key not in ("series", "files")}, dict(table["series"]), figures


def _with(table: pd.DataFrame, values: "pd.Series[float]") -> pd.DataFrame:
    others = table.drop(columns=[str(values.name)], errors="ignore")
    joined: pd.DataFrame = pd.concat([others, values], axis=1).sort_index()
    return joined
