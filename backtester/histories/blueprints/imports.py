"""Adding one series from a file to a history of the user's own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import Source
from backtester.histories.blueprints.sources import source_values
from backtester.histories.blueprints.write import file_of, planned_history, to_arrow, write_history
from backtester.histories.manifest import read_folder
from backtester.histories.store import read_columns
from backtester.histories.table import KEYS, RESERVED, Series

Tell = Callable[[str], None]
ROLE = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = (*RESERVED, "date")  # the column that every file has
IMPORTED = tuple(kind for kind, (needed, _) in KEYS.items() if "file" in needed)


def import_series(
    folder: Path, history: str, role: str, keys: dict[str, Any], file: tuple[Source, bytes], note: Tell
) -> "pd.Series[float]":
    """The series' values, once they are in the history's parquet file and manifest.

    `keys` are the manifest's for the series; `file` says how to read the bytes; `note` hears how they were read. A role
    that the history has already is replaced.
    """
    check_name(history)
    check_name(role)
    if keys["kind"] not in IMPORTED:
        raise DataError(f"unknown kind {keys['kind']!r}; a file's figures are one of {', '.join(IMPORTED)}")
    series = keys | {"file": file_of(history), "column": role}
    try:
        Series.model_validate(series)
    except ValidationError as error:
        raise DataError(f"{role}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error
    source, content = file
    values = source_values(source, content, note=note).rename(role)
    head, others, table = _existing(folder, history)
    told = others | {role: series}
    arrow = to_arrow(_with(table, values), history, str(head["title"]), told)
    planned_history(folder, history, head, told, arrow)
    write_history(folder, history, head, told, arrow)
    return values


def check_name(word: str) -> None:
    """Nothing, if a history or a role can be called that."""
    if word in TAKEN:
        raise DataError(f"{word!r} is taken; a history or role is not one of {', '.join(TAKEN)}")
    if not ROLE.fullmatch(word):
        raise DataError(
            f"{word[:40]!r} is no name for a history or role; use small letters, digits and _, a letter first"
        )


def _existing(folder: Path, name: str) -> tuple[dict[str, Any], dict[str, Any], pd.DataFrame]:
    """The history's own keys, its series and its figures; of a new one the least that it needs."""
    manifest = folder / "manifest.toml"
    history = read_folder(folder).get(name) if manifest.exists() else None
    if history is None:
        return {"title": name}, {}, pd.DataFrame()
    if list(history.table.files) != [file_of(name)]:
        raise DataError(f"{manifest}: history {name!r} was not made by import or build; choose another --history")
    figures: pd.DataFrame = read_columns(history, file_of(name)).to_pandas(date_as_object=False).set_index("date")
    table = history.table.model_dump(by_alias=True, exclude_unset=True)
    return {key: table[key] for key in table if key not in ("series", "files")}, table["series"], figures


def _with(table: pd.DataFrame, values: "pd.Series[float]") -> pd.DataFrame:
    others = table.drop(columns=[str(values.name)], errors="ignore")
    joined: pd.DataFrame = pd.concat([others, values], axis=1, sort=True)
    return joined
