"""Locks on folders, which the operating system frees when the process that holds them ends, however it ends.

They are advisory. Where the file system has no locks no process waits: `lock_tried` yields True, `lock_is_free` is
False.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # every use asks first whether it is there


@contextlib.contextmanager
def lock_held(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the folder's lock in the block; wait for a process that holds it. Several can hold it at once as
    `shared`."""
    with _opened(folder) as descriptor:
        if fcntl is not None and descriptor is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def lock_tried(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock in the block if no other process holds it; yield whether it is held.

    It is not held if the folder was removed meanwhile, even if another one has its name now.
    """
    with _opened(folder) as descriptor:
        free = True
        if fcntl is not None and descriptor is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                free = False
            except OSError:  # the file system has no locks
                pass
        yield free and _is_named(folder, descriptor)


def lock_is_free(folder: Path) -> bool:
    """Whether no process holds the folder's lock; False if that cannot be found out."""
    with _opened(folder) as descriptor:
        if fcntl is None or descriptor is None:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def remove_empty(folder: Path) -> None:
    """Remove the folder if it is there, holds nothing, and no process holds its lock, this one included."""
    with lock_tried(folder) as free, contextlib.suppress(OSError):
        if free:
            folder.rmdir()


def _is_named(folder: Path, descriptor: int | None) -> bool:
    """Whether the folder is there and, if it was opened, still the one of that descriptor."""
    try:
        named = folder.stat()
    except OSError:
        return False
    return descriptor is None or os.path.samestat(named, os.fstat(descriptor))


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    """Yield a file descriptor of the folder, None if it cannot be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
