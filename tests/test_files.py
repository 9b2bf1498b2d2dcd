"""Files that are whole or not there, though several processes write into one folder and some are killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backtester import files
from backtester.errors import OutputError
from backtester.files import (
    bundled,
    check_place,
    is_unfinished,
    make_folder,
    open_regular,
    read_limited,
    staged,
    to_json,
    write_pieces,
    write_text,
)
from backtester.locks import lock_held

MANY_TIMES = """
import sys
from pathlib import Path
from backtester.files import is_unfinished, staged
folder, me = Path(sys.argv[1]), sys.argv[2]
for time in range(40):
    with staged(folder) as stage:
        for number in range(6):
            (stage / f"{number}.txt").write_text(me)
    assert not is_unfinished(folder)
"""
HOLD = """
import sys
from pathlib import Path
from backtester.files import staged
with staged(Path(sys.argv[1])) as stage:
    (stage / "a.txt").write_text("a")
    print("staged", flush=True)
    sys.stdin.read()
"""
FULL = """
import resource, sys
from pathlib import Path
from backtester.errors import OutputError
from backtester.files import staged, write_text
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with staged(Path(sys.argv[1])) as stage:
        write_text(stage / "deep.txt", "x" * 2000)
except OutputError as error:
    print(error)
"""


def test_many_at_once_in_one_folder(tmp_path: Path) -> None:
    """Four processes that write the same names over and over neither fail nor mix their files."""
    words = [sys.executable, "-c", MANY_TIMES, str(tmp_path)]
    writers = [subprocess.Popen([*words, str(me)], stderr=subprocess.PIPE, text=True) for me in range(4)]
    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{number}.txt" for number in range(6)]
    assert len({path.read_text() for path in tmp_path.iterdir()}) == 1


def test_only_the_stage_of_a_dead_process_is_swept(tmp_path: Path) -> None:
    """While its process lives a stage stays; once the process was killed the next command removes it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "staged\n"
        make_folder(tmp_path)
        assert [path.name[:9] for path in tmp_path.iterdir()] == [".writing-"]
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    make_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_temporary_files_are_swept_after_a_day(tmp_path: Path) -> None:
    """What a killed process left beside a name goes after a day, and nothing else does."""
    names = [".results.parquet.ab12_xyz.tmp", ".mine.tmp", "notes.txt", ".gitkeep"]
    for name in names:
        (tmp_path / name).write_text("")
    make_folder(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    old = time.time() - 25 * 3600
    for name in names:
        os.utime(tmp_path / name, (old, old))
    make_folder(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def test_an_error_of_writing_names_the_file_that_was_to_be(tmp_path: Path) -> None:
    """Where the disk is full on the way, the name is that under which the file was to lie, and nothing is left."""
    words = [sys.executable, "-c", FULL, str(tmp_path / "run")]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    place = tmp_path / "run" / "deep.txt"
    assert said == f"cannot write {place}: File too large; what stood there is unchanged\n"
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_renaming_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot take its name, that name is told, and the folder is known to be unfinished."""

    def fail(path: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError) as caught, staged(tmp_path) as stage:
        (stage / "a.txt").write_text("a")
    assert str(caught.value) == f"cannot write {tmp_path / 'a.txt'}: Permission denied; name another folder with --out"
    assert is_unfinished(tmp_path)


def test_a_file_that_cannot_be_begun_is_named(tmp_path: Path) -> None:
    """A name in a folder that is not there is told whole."""
    with pytest.raises(OutputError, match=r"^cannot write .*/no/a\.txt: No such file or directory; name another"):
        write_text(tmp_path / "no" / "a.txt", "a")


@pytest.mark.parametrize("moment", ["made", "removed"])
def test_an_interrupt_leaves_no_stage(moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Just after the stage is made, and amid its removal: nothing is left, and the interrupt goes on."""
    interrupts = [KeyboardInterrupt()]
    make, remove = files.make_folder, shutil.rmtree

    def interrupted_make(folder: Path) -> Path:
        make(folder)
        if moment == "made" and folder.name.startswith(".writing-"):
            raise interrupts.pop()
        return folder

    def interrupted_remove(folder: Path, *, ignore_errors: bool) -> None:
        if moment == "removed" and interrupts:
            raise interrupts.pop()
        remove(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(files, "make_folder", interrupted_make)
    monkeypatch.setattr(shutil, "rmtree", interrupted_remove)
    with pytest.raises(KeyboardInterrupt), staged(tmp_path / "run") as stage:
        write_text(stage / "a.txt", "a")
    assert (interrupts, [path.name for path in tmp_path.rglob(".*")]) == ([], [])


@pytest.mark.parametrize(("age", "is_there"), [(86_400, True), (86_401, False)])
def test_a_day_is_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int, is_there: bool) -> None:
    """Temporary files, and stages that somebody still holds, stay until more than 24 hours are over."""
    place, stage = tmp_path / ".a.ab12_xyz.tmp", tmp_path / ".writing-a"
    place.write_text("")
    stage.mkdir()
    for one in (place, stage):
        os.utime(one, (1000, 1000))
    monkeypatch.setattr(time, "time", lambda: 1000 + age)
    with lock_held(stage):
        make_folder(tmp_path)
    assert (place.exists(), stage.exists()) == (is_there, is_there)


@pytest.mark.parametrize("size", [0, 2, 3, 4, 5])
def test_reading_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """As many bytes as are allowed are all read, piece by piece; one more is refused."""
    monkeypatch.setattr(files, "READ_BYTES", 3)
    (tmp_path / "a").write_bytes(b"abcde"[:size])
    if size <= 4:
        assert read_limited(tmp_path / "a", 4) == b"abcde"[:size]
    else:
        with pytest.raises(OSError, match="More than 0 MB"):
            read_limited(tmp_path / "a", 4)
    monkeypatch.undo()
    (tmp_path / "b").write_bytes(b"x" * 2_000_001)
    with pytest.raises(OSError, match=r"^\[Errno 27\] More than 2 MB$"):
        read_limited(tmp_path / "b", 2_000_000)
    assert len(read_limited(tmp_path / "b", 2_000_001)) == 2_000_001


def test_only_files_are_opened(tmp_path: Path) -> None:
    """A folder and a device are none."""
    with pytest.raises(OSError, match="Is a directory"):
        open_regular(tmp_path)
    with pytest.raises(OSError, match="Not a regular file"):
        open_regular(Path(os.devnull))


@pytest.mark.parametrize("is_inside", [True, False])
def test_what_comes_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_inside: bool) -> None:
    """Inside it where it is installed, else beside it."""
    monkeypatch.setattr(files, "__file__", str(tmp_path / "backtester" / "files.py"))
    place = tmp_path / "backtester" / "data" if is_inside else tmp_path / "data"
    place.mkdir(parents=True)
    assert bundled("data") == place


def test_a_place_is_left_as_it_was_found(tmp_path: Path) -> None:
    """Folders that were made to see whether they can be are gone; what was there stays."""
    check_place(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    check_place(tmp_path / "a" / "b")
    check_place(tmp_path / "a")
    assert [path.name for path in tmp_path.rglob("*")] == ["a"]


def put(folder: Path, *names: str) -> None:
    """Write files by way of a stage that has the folders `way` and `file`."""
    with staged(folder) as stage:
        (stage / "way").mkdir()
        (stage / "file").mkdir()
        for name in names:
            (stage / name).write_text("new")


def test_files_take_their_names_together(tmp_path: Path) -> None:
    """Also in folders, over those that were there; on an error none does, and no folder is left."""
    for text in ("old", "new"):
        with staged(tmp_path / "run" / "deep") as stage:
            (stage / "tables").mkdir()
            write_text(stage / "a.txt", text)
            write_pieces(stage / "tables" / "b.txt", [text, "é"])
            assert is_unfinished(tmp_path / "run" / "deep") is False
    found = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"run/deep/a.txt": "new", "run/deep/tables/b.txt": "newé"}
    assert (tmp_path / "run/deep/a.txt").stat().st_mode & 0o777 == 0o644
    with pytest.raises(FileNotFoundError):
        put(tmp_path / "other" / "deep", "a.txt", "no/folder.txt")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("name", "made"),
    [("a.txt", "a folder has that name"), ("way/b.txt", "way is a link or a file"), ("file/b.txt", "file is a link")],
)
def test_names_that_are_taken(tmp_path: Path, name: str, made: str) -> None:
    """A folder of the name, or a link or file on the way, is refused before any moves; the folder may be a link."""
    (tmp_path / "real" / "a.txt").mkdir(parents=True)
    (tmp_path / "run").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "way").symlink_to(tmp_path)
    (tmp_path / "real" / "file").touch()
    with pytest.raises(OutputError, match=made):
        put(tmp_path / "run", "0.txt", name)
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == ["a.txt", "file", "way"]


def test_an_error_without_a_number_is_said_in_its_words(tmp_path: Path) -> None:
    """As a library raises it; what was being written is gone, what stood there is not."""

    def write(beside: Path) -> None:
        beside.write_text("half")
        raise OSError("no room")

    write_text(tmp_path / "a.txt", "a")
    with pytest.raises(OutputError, match=r"cannot write .*a\.txt: no room; what stood there is unchanged"):
        files.write_with(tmp_path / "a.txt", write)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "a")]


def test_json_of_ours() -> None:
    """Indented by one, with letters as they are and a line break at the end; what is undefined is refused."""
    assert to_json({"é": [1, None]}) == '{\n "é": [\n  1,\n  null\n ]\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        to_json(float("nan"))
