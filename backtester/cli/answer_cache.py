"""A cache of the answers of commands that only read files, valid while these files and the program stay the same.

To list strategies they must be executed, and to list histories they must be read, with pandas: two seconds each time.
An answer is stored as JSON in the cache folder, together with a hash of all that it depends on; a command that finds
its answer there imports neither pandas nor numba. The stored answers can be deleted at any time.
"""

import contextlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tomli

from backtester.errors import BacktesterError
from backtester.files import bundled, open_regular, read_limited, sha256, write_text
from backtester.histories.file_hashes import file_sha256
from backtester.places import cache_folder
from backtester.plugins.names import ENTRY_POINTS

MAX_MANIFEST = 50_000_000  # bytes
LIBRARIES = ("numpy", "pandas", "pyarrow", "pydantic")  # with another version of one, an answer could be another


def cached_answer(
    words: list[str],
    fingerprint: Callable[[], object],
    make: Callable[[], Any],
    *,
    is_complete: Callable[[Any], bool] = lambda answer: True,
) -> Any:
    """The answer that `make` returns, or the one stored for the same words if `fingerprint` returns the same as then.

    The words are the command's name and arguments.
    The fingerprint must be JSON; None if the answer must not be stored. An answer that is not complete is not stored
    either: it may have failed for a reason that no file shows, such as a lack of memory.
    """
    basis = fingerprint()
    if basis is None:
        return make()
    path = cache_folder("answers") / f"{sha256(json.dumps(words).encode())}.json"
    key = _key(basis)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # the file is missing or damaged
        stored = json.loads(path.read_bytes())
        if stored["key"] == key:
            return stored["answer"]
    answer = make()
    if is_complete(answer) and _key(fingerprint()) == key:  # no file changed while the answer was made
        with contextlib.suppress(OSError, BacktesterError):  # a cache that cannot be written is no error
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, json.dumps({"key": key, "answer": answer}))
    return answer


def _key(fingerprint: object) -> str:
    """The hash of a fingerprint, the program's own files, and the versions of Python and of the libraries."""
    versions = [platform.python_version(), *map(importlib.metadata.version, LIBRARIES)]
    return sha256(json.dumps([versions, list(_own_files()), fingerprint]).encode())


def _own_files() -> Iterator[list[object]]:
    """The path, size and times of change of each file of the program: code, strategies and histories."""
    for root in dict.fromkeys([Path(__file__).parents[1], bundled("strategies"), bundled("data")]):
        for folder, subfolders, names in os.walk(root):
            subfolders[:] = sorted(name for name in subfolders if name != "__pycache__")  # which `os.walk` visits next
            for name in sorted(names):
                stat = os.stat(path := os.path.join(folder, name))
                yield [path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def histories_fingerprint(folder: Path | None) -> object:
    """The hashes of the manifest in the user's folder and of the files that it names; None if one cannot be read.

    Empty without a folder: the embedded histories are among the program's own files.
    """
    if folder is None:
        return []
    path = folder / "manifest.toml"
    try:
        text = read_limited(path, MAX_MANIFEST)
        tables = tomli.loads(text.decode("utf-8-sig")).values()
        names = sorted({name for table in tables for name in table.get("files", {})})
        return [str(folder), sha256(text), [_hashed(folder / name) for name in names]]
    except (OSError, ValueError, AttributeError, TypeError, RuntimeError):  # no file, no TOML, tables of another form
        return None


def _hashed(path: Path) -> list[str]:
    """The path of a file, links followed, and its hash."""
    with open_regular(path) as file:
        return [str(path.resolve()), file_sha256(file, path)]


def strategies_fingerprint(plugins: tuple[Path, ...]) -> object:
    """Empty if all strategies are among the program's own files, else None: others may read more than their file."""
    return None if plugins or importlib.metadata.entry_points(group=ENTRY_POINTS) else []
