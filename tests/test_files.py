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
from backtester.files import is_unfinished, make_folder, staged, write_text

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
