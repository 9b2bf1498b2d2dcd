"""Writing the table and the page of a study only if their content would change.

`written.json` in the study's folder has, by the name of a file, the hash of what the file was made from, and the hash
of the file itself. So a file that was edited, damaged or removed is written again.
"""

import contextlib
import functools
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from backtester.files import read_limited, sha256, write_text
from backtester.runs.folder import LARGEST_JSON

WRITTEN_FILE = "written.json"


def write_if_changed(path: Path, made_of: str, write: Callable[[Path], object]) -> None:
    """Call `write` with the path, unless the file is unchanged since it was written from inputs with the same hash
    `made_of`."""
    record = _read_record(path.parent)
    with contextlib.suppress(OSError):  # the file is missing
        if record.get(path.name) == [made_of, sha256(path.read_bytes())]:
            return
    write(path)
    record[path.name] = [made_of, sha256(path.read_bytes())]
    write_text(path.parent / WRITTEN_FILE, json.dumps(record) + "\n")


@functools.cache
def code_hash() -> str:
    """The SHA-256 of this program's own files: code, templates, scripts and styles."""
    package = Path(__file__).parents[1]
    files = sorted(path for path in package.rglob("*.*") if path.suffix in {".py", ".j2", ".js", ".css"})
    return sha256(b"\0".join(path.read_bytes() for path in files))


def table_hash(table: pa.Table) -> str:
    """The hash of a table's column names and values, whatever chunks they are in."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return sha256(sink.getvalue())


def _read_record(folder: Path) -> dict[str, object]:
    """The content of `written.json`; empty if it is missing or damaged."""
    try:
        record = json.loads(read_limited(folder / WRITTEN_FILE, LARGEST_JSON))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
