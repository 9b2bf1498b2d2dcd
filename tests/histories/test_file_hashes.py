"""Hashes of large files that are remembered: when they hold, and when they do not."""

import json
import os
import time
from pathlib import Path

import pytest

from backtester.errors import DataError
from backtester.files import sha256
from backtester.histories import file_hashes
from backtester.histories.file_hashes import file_sha256
from backtester.histories.market import load_market
from folders import FILE, made_folder, weekdays

LONG_AGO = 1_000_000_000 * 10**9  # 2001, in nanoseconds


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settled file that counts as large, with a memory of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(file_hashes, "MIN_CACHED_BYTES", 10)
    return settled(tmp_path / "large", b"some twenty bytes...")


def settled(path: Path, content: bytes) -> Path:
    """The file with that content, last changed long ago."""
    path.write_bytes(content)
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


def hashed(path: Path) -> str:
    """What the file is said to hash to; it is left at its beginning."""
    with path.open("rb") as file:
        found = file_sha256(file, path)
        assert file.tell() == 0
        return found


def memory(large: Path) -> Path:
    """Where the memory is."""
    return large.parent / "cache" / "backtester" / "verified.json"


def test_small_files_are_hashed_every_time_and_nothing_is_written(large: Path) -> None:
    """A file below the size leaves no trace."""
    assert hashed(settled(large.with_name("small"), b"little")) == sha256(b"little")
    assert not memory(large).exists()


def test_a_large_file_is_hashed_once(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time its hash is remembered, and it is not read."""
    assert hashed(large) == sha256(b"some twenty bytes...")
    monkeypatch.setattr(file_hashes, "_hashed", lambda file: pytest.fail("read again"))
    assert hashed(large) == sha256(b"some twenty bytes...")
    assert list(json.loads(memory(large).read_text())) == [str(large)]


def test_another_content_is_hashed_anew(large: Path) -> None:
    """A file of another size, or changed at another time, is hashed anew."""
    hashed(large)
    for content, when in ((b"some more than twenty", LONG_AGO), (b"some twenty letters.", LONG_AGO + 1)):
        os.utime(settled(large, content), ns=(when, when))
        assert hashed(large) == sha256(content)


def test_a_change_whose_time_was_put_back_is_seen(large: Path) -> None:
    """A change of the same size whose time of change was set back still changed the file's entry."""
    hashed(large)
    assert hashed(settled(large, b"SOME TWENTY BYTES...")) == sha256(b"SOME TWENTY BYTES...")


def test_what_has_just_changed_is_not_remembered(large: Path) -> None:
    """Within the clock's tick a file could change again and look the same."""
    large.write_bytes(b"changed a moment ago")
    hashed(large)
    assert not memory(large).exists()


@pytest.mark.parametrize(("size", "is_remembered"), [(9, False), (10, True), (11, True)])
def test_which_files_are_large(large: Path, size: int, is_remembered: bool) -> None:
    """Those of the size and more."""
    hashed(settled(large, b"x" * size))
    assert memory(large).exists() is is_remembered
    assert (file_hashes.MIN_CACHED_BYTES, file_hashes.PIECE_BYTES) == (10, 1_000_000)


@pytest.mark.parametrize(("seconds", "is_remembered"), [(1.5, False), (2.0, False), (2.5, True)])
def test_a_file_is_settled_after_two_seconds(
    large: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, is_remembered: bool
) -> None:
    """More than two since its content changed."""
    monkeypatch.setattr(time, "time", lambda: LONG_AGO / 1e9 + seconds)
    hashed(large)
    assert memory(large).exists() is is_remembered


@pytest.mark.parametrize(
    "told", ["", "[]", "[[[", '{"large": 1}', '{"large": [1, 2, 3]}', '"' + "[" * 9, "[" * 100_000]
)
def test_a_spoiled_memory_is_none(large: Path, told: str) -> None:
    """A memory that is not what we wrote counts for nothing, and is replaced."""
    memory(large).parent.mkdir(parents=True)
    memory(large).write_text(told.replace("large", str(large)))
    assert hashed(large) == sha256(b"some twenty bytes...")
    assert len(json.loads(memory(large).read_text())[str(large)]) == 4


def test_a_memory_that_cannot_be_written_is_done_without(large: Path) -> None:
    """Where a file stands in its place, the hash is told all the same."""
    (large.parent / "cache").write_text("")
    assert hashed(large) == sha256(b"some twenty bytes...")


def test_the_oldest_is_forgotten_first(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory does not grow without end."""
    monkeypatch.setattr(file_hashes, "MAX_CACHED", 2)
    others = [settled(large.with_name(name), b"ten bytes and more") for name in ("a", "b")]
    for path in (large, *others):
        hashed(path)
    assert list(json.loads(memory(large).read_text())) == [str(path) for path in others]


def test_a_history_is_read_by_a_remembered_hash_and_refused_by_its_own(large: Path) -> None:
    """A remembered file is read; once it is another, it is not the one that the manifest vouches for."""
    folder = made_folder(large.parent / "data", {"date": weekdays("2024-01-01", 2), "stocks": [1.0, 2.0]})
    settled(folder / FILE, (folder / FILE).read_bytes())
    for _ in range(2):
        assert len(load_market("made", folder).sessions) == 2
    assert list(json.loads(memory(large).read_text())) == [str(folder / FILE)]
    settled(folder / FILE, (folder / FILE).read_bytes()[:-1] + b"X")
    with pytest.raises(DataError, match="is not the file that the manifest vouches for"):
        load_market("made", folder)
