"""Writing a history: its parquet file, and its table in the folder's manifest, whose other tables stay."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit
from tomlkit.exceptions import TOMLKitError

from backtester.errors import DataError, OutputError
from backtester.files import empty_removed, make_folder, sha256, write_text, write_with
from backtester.histories.manifest import History, as_history, read_folder
from backtester.histories.series_inputs import Figures
from backtester.histories.store import role_figures

ROW_GROUP = 6300  # rows, about 25 years: a run that ends earlier skips whole groups
MOSTLY_DISTINCT = 0.9  # share of distinct values above which a dictionary does not make a column smaller
UNKNOWN_HASH = f"sha256 {'0' * 64}"  # of a file that is not yet written


def parquet_path(name: str) -> str:
    """The path of a history's parquet file, relative to the folder."""
    return f"histories/{name}.parquet"


def planned_history(
    folder: Path, name: str, history_keys: dict[str, Any], series: dict[str, Any], arrow: pa.Table
) -> tuple[History, dict[str, Figures]]:
    """The history as it will be once it is written, and its figures by role (a series' name); nothing is written.

    `history_keys`, `series` and `arrow`, the table of the parquet file, are as for `write_history`. Raise DataError if
    the history or a figure would be refused when it is read again.
    """
    history = as_history(name, history_keys | {"series": series, "files": {parquet_path(name): UNKNOWN_HASH}}, folder)
    return history, {role: role_figures(history, role, arrow) for role in history.quoted}


def write_history(
    folder: Path, name: str, history_keys: dict[str, Any], series: dict[str, Any], arrow: pa.Table
) -> Path:
    """Write the history's parquet file and its table, and return the path of the manifest.

    `history_keys` are the manifest's keys of the history itself, `series` those of each series by role. Other histories
    in the manifest, and its comments, stay as they are; a history of that name is replaced. If either file cannot be
    written, both stay as they were.
    """
    manifest, file = folder / "manifest.toml", parquet_path(name)

    def write(temporary: Path) -> None:
        write_parquet(arrow, temporary)
        document[name] = history_keys | {"series": series, "files": {file: f"sha256 {sha256(temporary.read_bytes())}"}}
        write_text(manifest, tomlkit.dumps(document))  # the last step that can fail: then the parquet is renamed

    with empty_removed((folder / file).parent):
        make_folder(folder, option="--data")
        make_folder((folder / file).parent, option="--data")
        document = _document(manifest)
        write_with(folder / file, write)
    return manifest


def write_parquet(arrow: pa.Table, path: Path) -> None:
    """Write the table as parquet, with encodings that halve its size.

    Dates are stored as differences. Of columns whose values hardly repeat, the first bytes of all values are stored
    together, then the second bytes, and so on.
    """
    floats = [field for field in arrow.schema if pa.types.is_floating(field.type)]
    distinct = [field.name for field in floats if _hardly_repeats(arrow, field)]
    pq.write_table(
        arrow,
        path,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=[name for name in arrow.column_names if name not in ("date", *distinct)],
        column_encoding={"date": "DELTA_BINARY_PACKED", **dict.fromkeys(distinct, "BYTE_STREAM_SPLIT")},
    )


def _hardly_repeats(arrow: pa.Table, field: pa.Field) -> bool:
    """Whether more than nine tenths of the column's values are distinct."""
    column = arrow[field.name]
    return bool(len(column.unique()) > MOSTLY_DISTINCT * (len(column) - column.null_count))


def to_arrow(table: pd.DataFrame, name: str, title: str, series: dict[str, Any]) -> pa.Table:
    """Values by date as an arrow table: `date` as days, missing values as nulls.

    The schema's metadata says what the file is without its manifest: `history`, `title`, and `roles`, a dictionary in
    JSON from each role to the manifest's keys (kind, unit, source, ...).
    """
    arrow = pa.Table.from_pandas(table.rename_axis("date").reset_index(), preserve_index=False)
    days = arrow["date"].cast(pa.timestamp("ms")).cast(pa.date32())
    arrow = arrow.set_column(arrow.schema.get_field_index("date"), "date", days)
    roles = {role: {key: keys[key] for key in sorted(keys) if key != "file"} for role, keys in series.items()}
    roles_text = json.dumps(roles, sort_keys=True, ensure_ascii=False, default=str)  # str: the dates of `absent`
    return arrow.replace_schema_metadata({"history": name, "title": title, "roles": roles_text})


def remove_history(folder: Path, name: str) -> None:
    """Remove a history's table from the folder's manifest, and its parquet file if no other table names it.

    A table with mistakes can be removed, too. Raise DataError if there is none of that name, OutputError if a file
    cannot be written or removed.
    """
    manifest, file = folder / "manifest.toml", parquet_path(name)
    document = _parsed(manifest) if manifest.exists() else tomlkit.document()
    if name not in document:
        raise DataError(f"{manifest} has no history {name!r}; nothing is removed")
    del document[name]
    write_text(manifest, tomlkit.dumps(document))
    if any(file in table.get("files", ()) for table in document.unwrap().values() if isinstance(table, dict)):
        return
    try:
        (folder / file).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot remove {folder / file}: {error.strerror}; the manifest no longer names it"
        ) from error


def _document(manifest: Path) -> tomlkit.TOMLDocument:
    """The manifest with its comments, empty if there is none. Raise DataError if it has mistakes."""
    if not manifest.exists():
        return tomlkit.document()
    read_folder(manifest.parent)  # raises its mistakes
    return _parsed(manifest)


def _parsed(manifest: Path) -> tomlkit.TOMLDocument:
    """The manifest with its comments. Raise DataError if it cannot be read."""
    try:
        return tomlkit.parse(manifest.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError, TOMLKitError) as error:
        raise DataError(f"cannot change {manifest}: {error}; mend it or name another folder with --data") from error
