"""Files of a study's folder that are made again only where they would be others: its table, its page.

`written.json` has by name the hash of what a file was made of, and the hash of the file. One that was changed, damaged
or removed since is made again.
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
    """Write the file unless it is there as it was written, made of what has that hash."""
    known = _known(path.parent)
    with contextlib.suppress(OSError):
        if known.get(path.name) == [made_of, sha256(path.read_bytes())]:
            return
    write(path)
    known[path.name] = [made_of, sha256(path.read_bytes())]
    write_text(path.parent / WRITTEN_FILE, json.dumps(known) + "\n")


@functools.cache
def code_hash() -> str:
    """The SHA-256 of this program's own files: code, templates, scripts and styles."""
    package = Path(__file__).parents[1]
    own = sorted(path for path in package.rglob("*.*") if path.suffix in {".py", ".j2", ".js", ".css"})
    return sha256(b"\0".join(path.read_bytes() for path in own))


def table_hash(table: pa.Table) -> str:
    """The hash of a table's columns and values."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return sha256(sink.getvalue())


def _known(folder: Path) -> dict[str, object]:
    """The folder's record of written files; empty if there is none that can be read."""
    try:
        known = json.loads(read_limited(folder / WRITTEN_FILE, LARGEST_JSON))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
