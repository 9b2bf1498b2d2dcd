"""What a file hashes to, remembered for large files, so that hundreds of megabytes are not hashed at every start.

A hash is remembered by the file's path with its size and its times of change, and holds for as long as these are the
same. Files below 16 MB are hashed every time, which takes no longer than to look a hash up, and nothing is written. The
memory is `backtester/verified.json` in `XDG_CACHE_HOME`, or in `~/.cache`: delete it at any time.
"""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any, BinaryIO

from backtester.errors import BacktesterError
from backtester.files import make_folder, write_text

REMEMBERED_BYTES = 16_000_000  # smaller files are hashed in a hundredth of a second
SETTLED_SECONDS = 2  # a file changed more recently could change again within the clock's tick, and look the same
MAX_REMEMBERED = 1000
PIECE_BYTES = 1_000_000
Stamp = list[int]


def file_sha256(file: BinaryIO, path: Path) -> str:
    """The SHA-256 of an open file, in hexadecimal: remembered, or hashed in pieces and the file rewound."""
    stamp = file_stamp(file)
    if stamp[0] < REMEMBERED_BYTES:
        return _hashed(file)
    name, memory = str(path.absolute()), _memory()
    if (known := memory.get(name)) is not None and known[:-1] == stamp:
        return str(known[-1])
    found = _hashed(file)
    if time.time() - stamp[1] / 1e9 > SETTLED_SECONDS and file_stamp(file) == stamp:
        memory.pop(name, None)  # the newest stands last, and the oldest falls out first
        _remember(dict([*memory.items(), (name, [*stamp, found])][-MAX_REMEMBERED:]))
    return found


def file_stamp(file: BinaryIO) -> Stamp:
    """A stamp that changes when the file does: its size, and when its content and its entry last changed."""
    stat = os.fstat(file.fileno())
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _hashed(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def _place() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "backtester" / "verified.json"


def _memory() -> dict[str, Any]:
    """Every remembered hash by path; nothing of a memory that is not there or not readable."""
    try:
        remembered = json.loads(_place().read_bytes())
    except (OSError, ValueError, RuntimeError, RecursionError):  # RuntimeError: nobody's home
        return {}
    lines = remembered.items() if isinstance(remembered, dict) else ()
    return {path: line for path, line in lines if isinstance(line, list) and len(line) == 4}


def _remember(memory: dict[str, Any]) -> None:
    """Write the memory where that is possible; where not, the file is hashed again the next time."""
    with contextlib.suppress(BacktesterError, RuntimeError):
        make_folder(_place().parent)
        write_text(_place(), json.dumps(memory, indent=1))
