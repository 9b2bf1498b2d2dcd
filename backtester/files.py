"""Files that are whole or not there: where ours lie, their hashes, and writing beside the name before renaming."""

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from backtester.errors import OutputError

UNFINISHED = ".unfinished"  # in a folder while its files take their names; found there later, it tells of a mixture


def bundled(name: str) -> Path:
    """The folder `data` or `strategies`: inside the installed package, or at the top level of a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def open_regular(path: Path) -> BinaryIO:
    """The file, open; an OSError where it is none: a folder, a pipe or a device, which might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "Is a directory" if path.is_dir() else "Not a regular file")
    return path.open("rb")


def read_limited(path: Path, max_bytes: int) -> bytes:
    """The file's content; an OSError where it is no file, or has more bytes than that."""
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size <= max_bytes and len(content := file.read(max_bytes + 1)) <= max_bytes:
            return content
    raise OSError(errno.EFBIG, f"More than {max_bytes / 1e6:,.0f} MB")


def make_folder(folder: Path, *, option: str = "--out") -> Path:
    """The folder, made if need be and shown to be writable; the option is the one that names another."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"cannot write into {folder}: {error.strerror}; name another folder with {option}") from error
    return folder


def check_place(folder: Path) -> None:
    """Nothing, where the folder is there, or could be made, and can be written into; it is left as it was found."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    make_folder(folder)
    _remove_empty(missing)


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A place whose files take their names in the folder together once the block is done.

    On an error none of them does; what stood there is unchanged, and what was not there is not there.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    stage = Path(tempfile.mkdtemp(prefix=".writing-", dir=make_folder(folder)))
    try:
        yield stage
        _put_in_place(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _remove_empty(missing)


def _put_in_place(stage: Path, folder: Path) -> None:
    """Every file of the stage under its name in the folder, marked as unfinished while they move.

    A name that a folder has taken, or that lies behind a link, is told before any moves.
    """
    files = [path.relative_to(stage) for path in sorted(stage.rglob("*")) if path.is_file()]
    for name in files:
        if (folder / name).is_dir():
            raise OutputError(f"cannot write {folder / name}: a folder has that name; name another folder with --out")
        if any((folder / above).is_symlink() for above in name.parents[:-1]):
            raise OutputError(f"cannot write {folder / name}: a link leads elsewhere; remove the link")
    try:
        (folder / UNFINISHED).touch()
        for name in files:
            (folder / name).parent.mkdir(exist_ok=True)
            (stage / name).replace(folder / name)
        (folder / UNFINISHED).unlink()
    except OSError as error:
        raise OutputError(f"cannot write into {folder}: {error.strerror}; name another folder with --out") from error


def _remove_empty(folders: list[Path]) -> None:
    """Nothing; those of the folders, innermost first, that hold nothing are gone."""
    with contextlib.suppress(OSError):
        for one in folders:
            one.rmdir()


def write_with(path: Path, write: Callable[[Path], None]) -> Path:
    """The path, once `write` has filled a file beside it and that file has taken its name."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; name another folder with --out") from error
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}; what stood there is unchanged") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return path


def write_bytes(path: Path, content: bytes) -> Path:
    """The path, with the content in it: all of it or, on an error, what was there before."""

    def write(beside: Path) -> None:
        beside.write_bytes(content)

    return write_with(path, write)


def write_text(path: Path, text: str) -> Path:
    """The path, with the text in it as UTF-8."""
    return write_bytes(path, text.encode())
