"""A cache of commands' answers that depend on files alone, valid while these files and our code are the same.

Listing strategies executes them and listing histories reads them, with pandas, which takes two seconds to say what it
said the last time. An answer is kept as JSON in the cache folder, with a hash of all that it was made of; delete it at
any time. Whoever asks again is answered without pandas or numba.
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
LIBRARIES = ("numpy", "pandas", "pyarrow", "pydantic")  # what our code asks about a file it asks through these


def cached_answer(
    words: list[str],
    made_of: Callable[[], object],
    make: Callable[[], Any],
    *,
    is_complete: Callable[[Any], bool] = lambda answer: True,
) -> Any:
    """What `make` answers to these words, as JSON has it; what it answered before, if `made_of` says the same as then.

    `made_of` gives what JSON can hold, or None where the answer is not to be kept. One that is not whole is not kept
    either: what failed may do so no more, though no file changes, as where memory was short.
    """
    basis = made_of()
    if basis is None:
        return make()
    place = cache_folder("answers") / f"{sha256(json.dumps(words).encode())}.json"
    key = _key(basis)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # none, or none that can be read
        kept = json.loads(place.read_bytes())
        if kept["key"] == key:
            return kept["answer"]
    answer = make()
    if is_complete(answer) and _key(made_of()) == key:  # no file changed meanwhile
        with contextlib.suppress(OSError, BacktesterError):  # where nothing can be kept the next one asks again
            place.parent.mkdir(parents=True, exist_ok=True)
            write_text(place, json.dumps({"key": key, "answer": answer}))
    return answer


def _key(basis: object) -> str:
    versions = [platform.python_version(), *map(importlib.metadata.version, LIBRARIES)]
    return sha256(json.dumps([versions, list(_own_files()), basis]).encode())


def _own_files() -> Iterator[list[object]]:
    """The path, size and time of change of every file of ours: code, strategies and histories."""
    for root in dict.fromkeys([Path(__file__).parents[1], bundled("strategies"), bundled("data")]):
        for folder, inner, names in os.walk(root):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            for name in sorted(names):
                stat = os.stat(path := os.path.join(folder, name))
                yield [path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def histories_fingerprint(folder: Path | None) -> object:
    """A value that changes with the histories at hand, beside those that come with the program: the manifest of the
    folder and the files that it names, by their hashes; None where one of these cannot be read."""
    if folder is None:
        return []
    path = folder / "manifest.toml"
    try:
        text = read_limited(path, MAX_MANIFEST)
        tables = tomli.loads(text.decode("utf-8-sig")).values()
        named = sorted({name for table in tables for name in table.get("files", {})})
        return [str(folder), sha256(text), [_hashed(folder / name) for name in named]]
    except (OSError, ValueError, AttributeError, TypeError, RuntimeError):  # no file, no TOML, tables of another form
        return None


def _hashed(path: Path) -> list[str]:
    with open_regular(path) as file:
        return [str(path.resolve()), file_sha256(file, path)]


def strategies_fingerprint(plugins: tuple[Path, ...]) -> object:
    """A value that changes with the strategies at hand: empty if all come with the program, else None, for a strategy
    from elsewhere may read more than its file."""
    return None if plugins or importlib.metadata.entry_points(group=ENTRY_POINTS) else []
