"""Locks on folders: who waits for whom, and what counts where there are none."""

import fcntl
import os
from pathlib import Path

import pytest

from backtester import locks
from backtester.locks import lock_held, lock_is_free, lock_tried, remove_empty


def can_share(folder: Path) -> bool:
    """Whether somebody else could share the folder's lock now."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@pytest.mark.parametrize("shared", [False, True])
def test_a_lock_is_held_in_its_block(tmp_path: Path, shared: bool) -> None:
    """Nobody else has it then; one that is shared admits others that share it. Afterwards it is free."""
    with lock_held(tmp_path, shared=shared):
        assert not lock_is_free(tmp_path)
        assert can_share(tmp_path) is shared
    assert lock_is_free(tmp_path)


def test_a_lock_is_for_one_alone_unless_it_is_shared(tmp_path: Path) -> None:
    """Whoever tries is told whether it was free, and holds it then."""
    with lock_held(tmp_path), lock_tried(tmp_path) as free:
        assert not free
        assert not can_share(tmp_path)
    with lock_tried(tmp_path) as free:
        assert free
        assert not lock_is_free(tmp_path)
        assert not can_share(tmp_path)
    assert lock_is_free(tmp_path)


@pytest.mark.parametrize("there", [False, True])
def test_where_there_are_no_locks_each_counts_as_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Of a folder that is not there, or on Windows, nobody waits and none is known to be free; none that is not there
    is held."""
    if there:
        monkeypatch.setattr(locks, "fcntl", None)
    folder = tmp_path if there else tmp_path / "no"
    with lock_held(folder), lock_tried(folder) as free:
        assert free is there
    assert not lock_is_free(folder)


def test_a_lock_of_a_folder_that_was_removed_meanwhile_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opened the folder before another process removed it, and made one of that name, has not got its lock."""
    folder, flock = tmp_path / "rows", fcntl.flock
    folder.mkdir()

    def removed_first(descriptor: int, how: int) -> None:
        folder.rmdir()
        folder.mkdir()
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", removed_first)
    with lock_tried(folder) as free:
        assert not free


def test_an_empty_folder_is_removed_unless_it_is_held(tmp_path: Path) -> None:
    """Not one whose lock is held, nor one with a file; one that is not there is no error."""
    folder = tmp_path / "rows"
    folder.mkdir()
    with lock_held(folder):
        remove_empty(folder)
        assert folder.exists()
    (folder / "a").touch()
    remove_empty(folder)
    assert folder.exists()
    (folder / "a").unlink()
    remove_empty(folder)
    remove_empty(folder)
    assert not folder.exists()


def test_a_file_system_without_locks_lets_everybody_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits there, and no lock is known to be free."""

    def refuse(descriptor: int, how: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with lock_held(tmp_path), lock_tried(tmp_path) as free:
        assert free
    assert not lock_is_free(tmp_path)
