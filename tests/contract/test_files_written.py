"""What a strategy writes when it is called, in whatever way it does so."""

import contextlib
import ctypes
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from backtester.contract.files_written import _written, files_written, keeps_nothing


def found_in(function: Callable[[], object]) -> str:
    """What is said of a call of the function."""
    with files_written(function) as written, contextlib.suppress(OSError):
        function()
    finding = keeps_nothing(written)
    return "" if finding is None else finding.message


KEEPABLE: dict[str, Callable[[Path], object]] = {
    "a file": lambda path: path.write_text("kept"),
    "a file by its number": lambda path: os.close(os.open(path, os.O_WRONLY | os.O_CREAT)),
    "a file and more": lambda path: path.open("a").close(),
    "a folder": lambda path: path.mkdir(),
    "a name that leads to a figure": lambda path: path.symlink_to("0.1234"),
    "a database": lambda path: sqlite3.connect(path).close(),
}


@pytest.mark.parametrize("name", KEEPABLE)
def test_what_is_kept_in_a_folder_is_named(name: str, tmp_path: Path) -> None:
    """A file, a folder, a link or a database that the call makes is named by its path."""
    path = tmp_path / "kept"
    message = found_in(lambda: KEEPABLE[name](path))
    assert message == f"the call writes {path}; what a strategy reads back from there no check can see"


def test_a_file_that_is_renamed_is_named_by_what_it_becomes(tmp_path: Path) -> None:
    """A name holds a figure as well as a file does."""
    (tmp_path / "a").touch()
    message = found_in(lambda: (tmp_path / "a").rename(tmp_path / "0.1234"))
    assert message.startswith(f"the call writes {tmp_path / '0.1234'};")


def test_what_may_keep_anything_elsewhere_is_named() -> None:
    """A process or a connection that the call starts is found whatever it does."""
    starts = "; what a strategy reads back from there no check can see"
    assert (
        found_in(lambda: subprocess.run([sys.executable, "-c", ""], check=True)) == f"the call starts a process{starts}"
    )
    assert found_in(lambda: os.system("true")) == f"the call starts a process{starts}"

    def connect() -> None:
        with socket.socket() as here:
            here.connect_ex(("127.0.0.1", 9))

    assert found_in(connect) == f"the call starts a connection{starts}"


NATIVE: dict[str, Callable[[Path], object]] = {
    "a table of pyarrow": lambda path: pq.write_table(pa.table({"a": [1.0]}), path),
    "a stream of pyarrow": lambda path: fs.LocalFileSystem().open_output_stream(str(path)).write(b"kept"),
    "a map of pyarrow": lambda path: pa.create_memory_map(str(path), 8).write(b"kept"),
    "a library of C": lambda path: ctypes.CDLL(None).truncate(os.fsencode(path), 8),
    "shared memory": lambda path: SharedMemory(path.parent.name, create=True, size=8),
}


@pytest.mark.parametrize("name", NATIVE)
def test_what_is_written_without_python_is_refused_and_named(name: str, tmp_path: Path) -> None:
    """A file that a library makes grow by itself is found, and nothing is in it."""
    path = tmp_path / "kept"
    path.touch()

    assert (
        found_in(lambda: NATIVE[name](path))
        == "the call writes a file; what a strategy reads back from there no check can see"
    )
    assert not path.exists() or path.read_bytes() == b""  # pyarrow takes away what it could not finish


def test_what_is_printed_is_no_file(tmp_path: Path) -> None:
    """Where standard error is a file, what a call prints gets there, whole, and counts as nothing written."""
    script = "import os; from backtester.contract.files_written import files_written, keeps_nothing\n"
    script += "def call(): os.write(1, b'one ' * 50_000); os.write(2, b'two')\n"
    script += "with files_written(call) as written: call()\nassert keeps_nothing(written) is None\n"
    with (tmp_path / "log").open("wb") as log:
        subprocess.run([sys.executable, "-c", script], stderr=log, check=True)
    assert (tmp_path / "log").read_bytes() == b"one " * 50_000 + b"two"


def test_reading_is_no_writing(tmp_path: Path) -> None:
    """What is read, written to nowhere, or written by others than the function, is not the call's."""
    (tmp_path / "read").write_text("figures")
    assert found_in(lambda: (tmp_path / "read").read_text()) == ""
    assert found_in(lambda: Path(os.devnull).write_text("gone")) == ""
    assert found_in(lambda: sqlite3.connect(":memory:").close()) == ""
    with files_written(lambda: None) as written:
        (tmp_path / "ours").mkdir()
    assert written == []


def test_what_is_written_after_the_block_is_not_noted(tmp_path: Path) -> None:
    """What was checked is the call inside it alone."""

    def make() -> None:
        (tmp_path / "later").mkdir()

    with files_written(make) as written:
        pass
    make()
    assert written == []


@pytest.mark.parametrize(
    ("event", "values", "what"),
    [
        ("open", ("a", "r", 0), None),
        ("open", ("a", "w", 0), "a"),
        ("open", ("a", "r+", 0), "a"),
        ("open", ("a", None, os.O_RDONLY), None),
        ("open", ("a", None, os.O_WRONLY), "a"),
        ("open", (3, "w", 0), None),
        ("open", (b"a", "x", 0), "a"),
        ("open", (os.devnull, "w", 0), None),
        ("open", ("x/__pycache__/a.pyc", "w", 0), None),
        ("os.rename", ("a", "b", -1, -1), "b"),
        ("os.link", ("a", "b", -1, -1), "b"),
        ("os.symlink", ("a", "b", -1), "b"),
        ("os.remove", ("a", -1), "a"),
        ("os.chmod", (3, 0o644, -1), None),
        ("sqlite3.connect", (":memory:",), None),
        ("os.fork", (), "a process"),
        ("os.listdir", ("a",), None),
        ("import", ("a", None, None, None, None), None),
    ],
)
def test_what_an_event_writes(event: str, values: tuple[object, ...], what: str | None) -> None:
    """The name that is new or changed; reading, a cache of Python's and what leads nowhere write nothing."""
    assert _written(event, values) == what
