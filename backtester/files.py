"""Writing files so that they are complete or absent, and the folders and hashes of files.

A file is written under a temporary name and then renamed. Files that belong together are written to a temporary folder,
a stage, and renamed together.
"""

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

UNFINISHED = ".unfinished"  # a file in a folder into which files are being moved; if it stays, some were not
STAGE = ".writing-"  # a stage's name begins so
TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")  # as `write_with` names them
DAY_SECONDS = 24 * 3600
READ_BYTES = 1 << 20  # at most, in one read


def bundled(name: str) -> Path:
    """The folder `data` or `strategies`: inside the installed package, or at the top level of a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def open_regular(path: Path) -> BinaryIO:
    """The file, opened for reading; raise OSError if it is a folder, a pipe or a device, which might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "Is a directory" if path.is_dir() else "Not a regular file")
    return path.open("rb")


def read_limited(path: Path, max_bytes: int) -> bytes:
    """The file's content; raise OSError if it is no regular file, or has more bytes than that."""
    content = bytearray()
    with open_regular(path) as file:
        while chunk := file.read(min(READ_BYTES, max_bytes + 1 - len(content))):  # it allocates as much
            content += chunk
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, f"More than {max_bytes / 1e6:,.0f} MB")
    return bytes(content)


def make_folder(folder: Path, *, option: str = "--out") -> Path:
    """The folder, created if need be; files that killed commands left unfinished in it are removed. Raise OutputError,
    with the option that names another folder, if it is not writable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        where = f"cannot write into {_final(folder)}"
        raise OutputError(f"{where}: {error.strerror}; name another folder with {option}") from error
    with lock_held(folder):
        _remove_leftovers(folder)
    return folder


def _remove_leftovers(folder: Path) -> None:
    """Remove stages whose process has ended or that are older than a day, and temporary files older than a day."""
    yesterday = time.time() - DAY_SECONDS
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith(STAGE) and (lock_is_free(path) or path.stat().st_mtime < yesterday):
                shutil.rmtree(path, ignore_errors=True)
            elif TEMPORARY.fullmatch(path.name) and path.stat().st_mtime < yesterday:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def empty_removed(folder: Path) -> Iterator[None]:
    """At the end of the block remove the folder, and those above it, if they were created in it and are empty."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        yield
    finally:
        for path in missing:
            remove_empty(path)


def check_place(folder: Path) -> None:
    """Raise OutputError if the folder cannot be made or written into; it is left as it was found."""
    with empty_removed(folder):
        make_folder(folder)


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield a stage, an empty folder whose files are all moved into `folder` at the end of the block.

    On an error none is, and the folder is as it was. Several processes may use one folder at once: each has a stage of
    its own, and they move their files one after the other.
    """
    stage = folder / f"{STAGE}{secrets.token_hex(4)}"  # named before it is created, so that it is removed in any case
    with empty_removed(folder), contextlib.ExitStack() as held:
        try:
            with lock_held(make_folder(folder)):  # else another process might remove the stage before it is locked
                make_folder(stage)
                held.enter_context(lock_held(stage))
            yield stage
            with lock_held(folder):
                _put_in_place(stage, folder)
        finally:
            _remove_stage(stage)


def _remove_stage(stage: Path) -> None:
    """Remove a stage, completely even if Ctrl-C comes meanwhile."""
    try:
        shutil.rmtree(stage, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def is_unfinished(folder: Path) -> bool:
    """Whether a process was killed while it moved files into the folder, which may then hold files of two runs."""
    mark = folder / UNFINISHED
    if not mark.exists():
        return False
    with lock_held(folder, shared=True):  # wait for a process that is alive
        return mark.exists()


def _put_in_place(stage: Path, folder: Path) -> None:
    """Move all files of the stage into the folder, which is marked as unfinished meanwhile. Raise OutputError, before
    any is moved, if a folder has the name of one, or a link or a file has that of a folder."""
    for name in (files := [path.relative_to(stage) for path in sorted(stage.rglob("*")) if path.is_file()]):
        if (folder / name).is_dir():
            raise OutputError(f"cannot write {folder / name}: a folder has that name; name another folder with --out")
        for above in [folder / parent for parent in name.parents[:-1]]:
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
    """Call `write` with a temporary path in the same folder, then rename that file to `path`, and return it.

    Raise OutputError if the file cannot be written; a file that has the name already is then unchanged.
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
    """The path that a file on a stage will have in the end."""
    return Path(*(part for part in path.parts if not part.startswith(STAGE)))


def write_bytes(path: Path, content: bytes) -> Path:
    """The path, after writing the content to it, as `write_with`."""

    def write(beside: Path) -> None:
        beside.write_bytes(content)

    return write_with(path, write)


def write_text(path: Path, text: str) -> Path:
    """The path, after writing the text to it as UTF-8."""
    return write_bytes(path, text.encode())


def write_pieces(path: Path, pieces: Iterable[str]) -> Path:
    """The path, after writing the pieces of a text to it as UTF-8, each freed once it is written."""

    def write(beside: Path) -> None:
        with beside.open("wb") as file:  # a file in text mode would keep two more copies of a piece of 10 MB
            file.writelines(piece.encode() for piece in pieces)

    return write_with(path, write)


def to_json(value: Any) -> str:
    """The value as JSON text with a line break at its end. Raise ValueError if it holds NaN or infinity."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
