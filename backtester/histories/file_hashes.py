"""The SHA-256 of files, cached for large files, so that hundreds of megabytes are not hashed at every start.

A hash is cached under the file's path with its size and its times of change, and is valid as long as these are the
same. Files below 16 MB are hashed every time, which takes no longer than to look a hash up. The cache is
`backtester/verified.json` in `XDG_CACHE_HOME`, or in `~/.cache`: it can be deleted at any time.
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

MIN_CACHED_BYTES = 16_000_000  # smaller files are hashed in a hundredth of a second
SETTLED_SECONDS = 2  # a file changed more recently could change again with the same size and time of change
MAX_CACHED = 1000  # hashes
PIECE_BYTES = 1_000_000
Stamp = list[int]  # see `file_stamp`


def file_sha256(file: BinaryIO, path: Path) -> str:
    """The SHA-256 of an open file, in hexadecimal, from the cache or by reading it; its position is then the start."""
    stamp = file_stamp(file)
    if stamp[0] < MIN_CACHED_BYTES:
        return _hashed(file)
    name, cache = str(path.absolute()), _read_cache()
    if (entry := cache.get(name)) is not None and entry[:-1] == stamp:
        return str(entry[-1])
    sha256 = _hashed(file)
    if time.time() - stamp[1] / 1e9 > SETTLED_SECONDS and file_stamp(file) == stamp:
        cache.pop(name, None)  # so that the newest entry is last, and the oldest are dropped
        _write_cache(dict([*cache.items(), (name, [*stamp, sha256])][-MAX_CACHED:]))
    return sha256


def file_stamp(file: BinaryIO) -> Stamp:
    """Numbers that change when the file does: its size, and the times (ns) of change of its content and its inode."""
    stat = os.fstat(file.fileno())
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _hashed(file: BinaryIO) -> str:
    """The SHA-256 of the file from its position on, by reading it; its position is then the start."""
    digest = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _cache_file() -> Path:
    """The path of the cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "backtester" / "verified.json"


def _read_cache() -> dict[str, Any]:
    """Stamp and hash of each cached file by its path; empty if the cache is missing or cannot be read."""
    try:
        content = json.loads(_cache_file().read_bytes())
    except (OSError, ValueError, RuntimeError, RecursionError):  # RuntimeError: the user has no home folder
        return {}
    entries = content.items() if isinstance(content, dict) else ()
    return {path: entry for path, entry in entries if isinstance(entry, list) and len(entry) == 4}


def _write_cache(cache: dict[str, Any]) -> None:
    """Write the cache if that is possible; if not, the file is hashed again the next time."""
    with contextlib.suppress(BacktesterError, RuntimeError):
        make_folder(_cache_file().parent)
        write_text(_cache_file(), json.dumps(cache, indent=1))
