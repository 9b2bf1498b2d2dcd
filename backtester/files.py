"""Files that are whole or not there: where ours lie, their hashes, and writing beside the name before renaming."""

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from backtester.errors import OutputError
from backtester.locks import lock_held, lock_is_free, remove_empty

UNFINISHED = ".unfinished"  # in a folder while its files take their names; found there later, they are of two runs
STAGE = ".writing-"
TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")  # as `write_with` names them
A_DAY = 24 * 3600
CHUNK = 1 << 20


def bundled(name: str) -> Path:
    """The folder `data` or `strategies`: inside the installed package, or at the top level of a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def open_regular(path: Path) -> BinaryIO:
    """The file, open; raise OSError if it is none but a folder, a pipe or a device, which might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "Is a directory" if path.is_dir() else "Not a regular file")
    return path.open("rb")


def read_limited(path: Path, max_bytes: int) -> bytes:
    """The file's content; raise OSError if it is no file, or has more bytes than that."""
    content = bytearray()
    with open_regular(path) as file:
        while chunk := file.read(min(CHUNK, max_bytes + 1 - len(content))):  # it takes as much memory as it may need
            content += chunk
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, f"More than {max_bytes / 1e6:,.0f} MB")
    return bytes(content)


def make_folder(folder: Path, *, option: str = "--out") -> Path:
    """The folder, made if need be and shown to be writable; the option is the one that names another.

    What a command that was killed left half-written there is removed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        where = f"cannot write into {_final(folder)}"
        raise OutputError(f"{where}: {error.strerror}; name another folder with {option}") from error
    with lock_held(folder):
        _sweep(folder)
    return folder


def _sweep(folder: Path) -> None:
    """Remove stages whose process is gone or that are older than a day, and temporary files older than a day."""
    yesterday = time.time() - A_DAY
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith(STAGE) and (lock_is_free(path) or path.stat().st_mtime < yesterday):
                shutil.rmtree(path, ignore_errors=True)
            elif TEMPORARY.fullmatch(path.name) and path.stat().st_mtime < yesterday:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def empty_removed(folder: Path) -> Iterator[None]:
    """At the end of the block remove the folder, and those above it, if they came in it and `remove_empty` may."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        yield
    finally:
        for one in missing:
            remove_empty(one)


def check_place(folder: Path) -> None:
    """Raise OutputError if the folder cannot be made or written into; it is left as it was found."""
    with empty_removed(folder):
        make_folder(folder)


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A place whose files take their names in the folder together once the block is done.

    On an error none of them does; what stood there is unchanged, and what was not there is not there. Several processes
    may do so at once in one folder: each has a stage of its own, and their files take their names in turn.
    """
    stage = folder / f"{STAGE}{secrets.token_hex(4)}"  # known before it is there: an interrupt finds it
    with empty_removed(folder), contextlib.ExitStack() as held:
        try:
            with lock_held(make_folder(folder)):  # whoever sweeps waits until the stage is locked too
                make_folder(stage)
                held.enter_context(lock_held(stage))
            yield stage
            with lock_held(folder):
                _put_in_place(stage, folder)
        finally:
            _remove_stage(stage)


def _remove_stage(stage: Path) -> None:
    """Remove it, whole even if an interrupt comes meanwhile."""
    try:
        shutil.rmtree(stage, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def is_unfinished(folder: Path) -> bool:
    """Whether a process was killed while its files took their names, so that the folder may hold files of two runs."""
    mark = folder / UNFINISHED
    if not mark.exists():
        return False
    with lock_held(folder, shared=True):  # wait for a process that is alive
        return mark.exists()


def _put_in_place(stage: Path, folder: Path) -> None:
    """Give every file of the stage its name in the folder, which is marked as unfinished while they move.

    Raise OutputError before any moves if a folder has such a name or the name lies behind a link or a file.
    """
    for name in (files := [path.relative_to(stage) for path in sorted(stage.rglob("*")) if path.is_file()]):
        if (folder / name).is_dir():
            raise OutputError(f"cannot write {folder / name}: a folder has that name; name another folder with --out")
        for above in [folder / one for one in name.parents[:-1]]:
            if above.is_symlink() or (above.exists() and not above.is_dir()):
                raise OutputError(f"cannot write {folder / name}: {above} is a link or a file; remove it")
    place = folder / UNFINISHED
    try:
        place.touch()
        for name in files:
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            (stage / name).replace(place)
        place = folder / UNFINISHED
        place.unlink()
    except OSError as error:
        raise OutputError(f"cannot write {place}: {error.strerror}; name another folder with --out") from error


def write_with(path: Path, write: Callable[[Path], None]) -> Path:
    """The path, once `write` has filled a file beside it and that file has taken its name.

    Raise OutputError if it cannot be written; what stood there is unchanged.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise OutputError(f"cannot write {_final(path)}: {error.strerror}; name another folder with --out") from error
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"cannot write {_final(path)}: {why}; what stood there is unchanged") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return path


def _final(path: Path) -> Path:
    """The path under which a file that is on a stage will lie."""
    return Path(*(part for part in path.parts if not part.startswith(STAGE)))


def write_bytes(path: Path, content: bytes) -> Path:
    """The path, with the content in it: all of it or, on an error, what was there before."""

    def write(beside: Path) -> None:
        beside.write_bytes(content)

    return write_with(path, write)


def write_text(path: Path, text: str) -> Path:
    """The path, with the text in it as UTF-8."""
    return write_bytes(path, text.encode())


def write_pieces(path: Path, pieces: Iterable[str]) -> Path:
    """The path, with the pieces of a text in it as UTF-8, none of them held for longer than it is written."""

    def write(beside: Path) -> None:
        with beside.open("wb") as file:  # a text file would hold the longest piece, 10 MB, twice more
            file.writelines(piece.encode() for piece in pieces)

    return write_with(path, write)


def to_json(value: Any) -> str:
    """The value as JSON text with a line break at its end; what is undefined must be None."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
