"""Writing a history: one parquet file, and its table in the folder's manifest, beside what else stands there."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit
from tomlkit.exceptions import TOMLKitError

from backtester.errors import DataError
from backtester.files import make_folder, sha256, write_text, write_with


def write_history(folder: Path, name: str, head: dict[str, Any], series: dict[str, Any], table: pd.DataFrame) -> Path:
    """The manifest, once the history's parquet file and its table are written.

    `head` are the keys of the history, `series` its series by role. Other histories in the manifest, and its comments,
    stay as they are; a history of that name is replaced.
    """
    make_folder(folder, option="--data")
    make_folder(folder / "histories", option="--data")
    manifest = folder / "manifest.toml"
    document = read_manifest(manifest)
    file = f"histories/{name}.parquet"
    arrow = to_arrow(table, {"history": name, "title": str(head.get("title", name))})
    path = write_with(folder / file, lambda beside: pq.write_table(arrow, beside, compression="zstd"))
    document[name] = head | {"series": series, "files": {file: f"sha256 {sha256(path.read_bytes())}"}}
    return write_text(manifest, tomlkit.dumps(document))


def to_arrow(table: pd.DataFrame, metadata: dict[str, str]) -> pa.Table:
    """Values by date as an arrow table: `date` as days, missing values as nulls, metadata in the schema."""
    arrow = pa.Table.from_pandas(table.rename_axis("date").reset_index(), preserve_index=False)
    place = arrow.schema.get_field_index("date")
    arrow = arrow.set_column(place, "date", arrow["date"].cast(pa.timestamp("ms")).cast(pa.date32()))
    return arrow.replace_schema_metadata(metadata)


def read_manifest(manifest: Path) -> tomlkit.TOMLDocument:
    """The manifest with its comments, empty where there is none yet."""
    try:
        return tomlkit.parse(manifest.read_text(encoding="utf-8")) if manifest.exists() else tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise DataError(f"cannot add to {manifest}: {error}; mend it or name another folder with --data") from error
