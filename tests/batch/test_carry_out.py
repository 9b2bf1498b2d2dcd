"""Studies carried out: jobs that fail in every way, and a run that is killed half way and taken up again."""

import contextlib
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pebble import ProcessPool

from backtester.batch.carry_out import Batch, run_batch
from backtester.batch.store import write_part
from backtester.batch.workers import TaskLimits
from backtester.errors import BacktesterError, DataError, OutputError, StudyError

LIMITS = TaskLimits(60, 4000)

FRAGILE = '''"""Break in the way that is asked for.

Hypothesis: made for a test. Fails when: told to. Source: none.
"""
import os
import signal
from typing import Literal


HOW = Literal["fine", "raise", "hang", "exit", "kill", "wrong", "base", "interrupt", "leave", "eat", "print"]


def weights(*, how: HOW = "fine"):
    if how == "raise":
        raise ZeroDivisionError("by nothing")
    while how == "hang":
        signal.pause()
    if how in ("exit", "leave"):
        os._exit(1 if how == "exit" else 0)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "base":
        raise BaseException("no Exception")
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "eat":
        bytearray(10**12)
    if how == "print":
        print("noise")
        os.write(1, b"more")
    return {"sugar" if how == "wrong" else "stocks": 0.5}
'''
HOW = ["fine", "raise", "hang", "exit", "kill", "wrong", "base", "interrupt", "leave", "eat", "print"]
SWEEP = """
name = "sweep"
history = "small"
data = "small"

[[grid]]
recipe = "sixty_forty(stocks={stocks}) + gold_overlay(size={size})"
stocks = { from = 0.05, to = 1.0, step = 0.05 }
size = { from = 0.0, to = 0.18, step = 0.02 }
"""
# The command itself, but with tasks of 20 jobs and a part for each, so that there is something half way.
COMMAND = """
import sys
from backtester.batch import tasks
from backtester.cli.main import main

if __name__ == "__main__":
    tasks.PART_SECONDS = 0.0
    tasks.LARGEST_TASK = 20
    main()
"""


def quiet(done: int, total: int, errors: Sequence[str] = ()) -> None:
    pass


@pytest.fixture(scope="module")
def sweep(small: Path) -> Path:
    """A study of 200 jobs beside the small history."""
    (small.parent / "sweep.toml").write_text(SWEEP)
    return small.parent / "sweep.toml"


@pytest.fixture(scope="module")
def broken(small: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Batch, Path]:
    """A study in which most jobs fail, each in its own way, carried out."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "fragile.py").write_text(FRAGILE)
    (folder / "study.toml").write_text(
        f'name = "broken"\nhistory = "small"\ndata = "{small}"\nplugins = ["fragile.py"]\n[[grid]]\n'
        "recipe = \"fragile(how='{how}')\"\n"
        'how = ["fine", "raise", "hang", "exit", "kill", "wrong", "base", "interrupt", "leave", "eat", "print"]\n'
        "[[grid]]\n"
        'recipe = "sixty_forty(stocks={x})"\n'
        "x = [0.1, 0.2, 0.3]\n"
    )
    limits = TaskLimits(15, 4000)  # seconds: the first job of a process may compile, too
    return run_batch(folder / "study.toml", folder / "out", workers=2, limits=limits, progress=quiet), folder


def test_failed_jobs_are_rows_with_their_errors(broken: tuple[Batch, Path]) -> None:
    """What raises, hangs, exits, is killed or answers nonsense is a row that says so."""
    batch, folder = broken
    errors = batch.table["error"].to_pylist()
    assert batch.failed == 9
    assert errors[0] is None
    assert errors[1] == (
        f"strategy 'fragile' ({folder / 'fragile.py'}, line 15): ZeroDivisionError: by nothing; "
        "in the recipe \"fragile(how='raise')\""
    )
    [traced] = [one for one in batch.table["traceback"].to_pylist() if one and "ZeroDivisionError" in one]
    assert traced.endswith(
        'line 15, in weights\n    raise ZeroDivisionError("by nothing")\nZeroDivisionError: by nothing\n'
    )
    assert errors[2] == "took longer than 15 seconds"
    assert errors[3] == "its process died with exit code 1"
    assert errors[4] in ("its process died with exit code -9", "its process died with exit code 9")
    assert errors[5].startswith("strategy 'fragile'")
    assert "weights name 'sugar', which cannot be held" in errors[5]
    assert "BaseException: no Exception" in errors[6]
    assert errors[7] == "KeyboardInterrupt"
    assert errors[8] == "its process died with exit code 0"  # at once, not when its time is up
    assert errors[9].startswith(f"strategy 'fragile' ({folder / 'fragile.py'}, line 27): MemoryError")


def test_the_others_finish(broken: tuple[Batch, Path]) -> None:
    """Jobs beside failing ones have their figures, and the table has every job in the study's order."""
    batch, _ = broken
    table = pq.read_table(batch.path)
    assert table["setting_how"].to_pylist() == [*HOW, None, None, None]
    assert [value is None for value in table["cagr"].to_pylist()] == [False, *[True] * 9, *[False] * 4]
    assert batch.findings == []


def test_failed_jobs_are_tried_again(broken: tuple[Batch, Path]) -> None:
    """The same study again takes the five that came to something as done, and tries the others."""
    _, folder = broken
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace('"raise", "hang", "exit", "kill", ', '"raise", '))
    again = run_batch(folder / "study.toml", folder / "out", workers=1, limits=LIMITS, progress=quiet)
    assert (again.resumed, len(again.table), again.failed) == (5, 11, 6)


def test_nothing_is_left_to_do_the_second_time(
    sweep: Path, tmp_path: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finished study is read, not run: every job resumed, the table the same, and no worker asked for anything."""
    monkeypatch.delattr(ProcessPool, "schedule")
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    (tmp_path / "results.parquet").unlink()
    heard: list[tuple[int, int]] = []
    again = run_batch(sweep, tmp_path, workers=1, limits=LIMITS, progress=lambda *now: heard.append(now[:2]))
    assert again.resumed == len(again.table) == 200
    assert heard == [(200, 200)]
    assert (tmp_path / "results.parquet").read_bytes() == (undisturbed / "results.parquet").read_bytes()


def test_an_edited_study_and_back_computes_nothing_anew(sweep: Path, tmp_path: Path, undisturbed: Path) -> None:
    """Rows live as long as the folder: another grid shows its own jobs, the first one again needs no worker."""
    shutil.copytree(undisturbed, tmp_path / "out")
    (tmp_path / "small").symlink_to(sweep.parent / "small")
    (tmp_path / "other.toml").write_text(SWEEP.replace("to = 1.0", "to = 0.1").replace("to = 0.18", "to = 0.2"))
    other = run_batch(tmp_path / "other.toml", tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)
    assert (other.resumed, len(other.table)) == (20, 22)
    back = run_batch(sweep, tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)
    assert (back.resumed, len(back.table)) == (200, 200)
    assert back.path.read_bytes() == (undisturbed / "results.parquet").read_bytes()


@pytest.fixture(scope="module")
def undisturbed(sweep: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 200 jobs carried out in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    heard: list[tuple[int, int]] = []
    batch = run_batch(sweep, folder, workers=2, limits=LIMITS, progress=lambda *now: heard.append(now[:2]))
    assert (len(batch.table), batch.resumed, batch.failed) == (200, 0, 0)
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == ((0, 200), (200, 200))
    return folder


def children(process: int) -> list[int]:
    """The processes that a process, or one of these, has started and that are still there."""
    with contextlib.suppress(OSError):
        own = [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
        return [*own, *(one for child in own for one in children(child))]
    return []


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Look again and again until it holds, for so long at most."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        threading.Event().wait(0.02)


def test_killed_half_way_it_resumes_to_the_same_bytes(sweep: Path, tmp_path: Path, undisturbed: Path) -> None:
    """Killed by SIGKILL after its fourth part, the same command does the rest, and the table is that of an undisturbed
    run to the byte; the workers of the killed process end with it."""
    (tmp_path / "command.py").write_text(COMMAND)
    words = [sys.executable, str(tmp_path / "command.py"), "batch", str(sweep), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: len(list((tmp_path / "out" / "rows").glob("part-*"))) > 3 or process.poll() is not None)
        workers = children(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "out" / "results.parquet").exists()
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    batch = run_batch(sweep, tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)  # how many does not show
    assert 12 < batch.resumed < 200
    assert batch.path.read_bytes() == (undisturbed / "results.parquet").read_bytes()


def test_a_worker_killed_from_outside_costs_nothing(sweep: Path, tmp_path: Path, undisturbed: Path) -> None:
    """One of two workers is killed by its id: its jobs are carried out by another, and the table is the same."""
    killed: list[int] = []

    def kill_one(done: int, total: int, errors: Sequence[str] = ()) -> None:
        if done and not killed:
            killed.append(int(multiprocessing.active_children()[0].pid or 0))
            os.kill(killed[0], signal.SIGKILL)

    batch = run_batch(sweep, tmp_path, workers=2, limits=LIMITS, progress=kill_one)
    assert (len(killed), batch.failed) == (1, 0)
    assert batch.path.read_bytes() == (undisturbed / "results.parquet").read_bytes()


def test_a_full_disk_is_said_and_what_was_kept_stays(sweep: Path, tmp_path: Path, undisturbed: Path) -> None:
    """Where a file cannot be written whole the study ends with the reason, nothing half-written is there, and with room
    again the same command does the rest."""
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    part = max((tmp_path / "rows").glob("part-*"), key=lambda path: path.stat().st_size)
    rows = pq.read_table(part)
    part.unlink()
    write_part(part.parent, rows.slice(0, len(rows) // 2))
    kept = sorted(path.name for path in tmp_path.glob("**/*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(OutputError, match=r"cannot write .*: .*File too large"):
            run_batch(sweep, tmp_path, workers=1, limits=LIMITS, progress=quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sorted(path.name for path in tmp_path.glob("**/*")) == kept
    batch = run_batch(sweep, tmp_path, workers=1, limits=LIMITS, progress=quiet)
    assert batch.resumed == 200 - (len(rows) - len(rows) // 2)
    assert batch.path.read_bytes() == (undisturbed / "results.parquet").read_bytes()


def test_jobs_of_a_damaged_part_are_carried_out_again(sweep: Path, tmp_path: Path, undisturbed: Path) -> None:
    """A part that is not what it was is named, its jobs and no others run again, and the table is the same."""
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    part = min((tmp_path / "rows").iterdir(), key=lambda path: path.stat().st_size)
    lost = pq.read_metadata(part).num_rows
    part.write_bytes(part.read_bytes()[:-1])
    batch = run_batch(sweep, tmp_path, workers=1, limits=LIMITS, progress=quiet)
    assert (batch.damaged, batch.resumed) == ([part.name], 200 - lost)
    assert batch.path.read_bytes() == (undisturbed / "results.parquet").read_bytes()


def test_unwritable_folder_is_told_before_anything_runs(sweep: Path, tmp_path: Path) -> None:
    """A folder below a file cannot be made."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write into .*: Not a directory; name another folder with --out"):
        run_batch(sweep, tmp_path / "file" / "out", workers=1, limits=LIMITS, progress=quiet)


def test_strategy_that_looks_ahead_is_told(small: Path, tmp_path: Path) -> None:
    """The contract runs once a strategy; what it finds stands beside the results."""
    body = "def weights(stocks):\n    return {'stocks': (stocks.shift(-1) > stocks) * 1.0}\n"
    (tmp_path / "ahead.py").write_text(f'"""Cheat."""\n{body}')
    (tmp_path / "study.toml").write_text(
        f'name = "s"\nhistory = "small"\ndata = "{small}"\nplugins = ["ahead.py"]\n[[grid]]\nrecipe = "ahead"\n'
    )
    batch = run_batch(tmp_path / "study.toml", tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)
    [finding] = batch.findings
    again = run_batch(tmp_path / "study.toml", tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)
    assert (again.resumed, again.findings) == (1, batch.findings)  # with nothing left to do it is said again
    assert finding[0] == "ahead"
    assert str(finding[1]).startswith("breaks 'knows only the past': stocks on 2019-06-0")
    assert batch.looks_ahead == ["ahead"]
    assert '<p class="alarm">ahead looks ahead: stocks on ' in (tmp_path / "out" / "index.html").read_text()


def test_broken_reference_is_the_users_mistake(small: Path, tmp_path: Path) -> None:
    """A reference that raises stops the study at once: nothing could be compared with it."""
    (tmp_path / "fragile.py").write_text(FRAGILE)
    (tmp_path / "study.toml").write_text(
        f'name = "s"\nhistory = "small"\ndata = "{small}"\nplugins = ["fragile.py"]\n'
        'reference = "fragile(how=\'raise\')"\n[[grid]]\nrecipe = "sixty_forty"\n'
    )
    with pytest.raises(
        StudyError, match=r"^the reference .* cannot be carried out: .*ZeroDivisionError: by nothing"
    ) as caught:
        run_batch(tmp_path / "study.toml", tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)
    assert isinstance(caught.value, BacktesterError)
    assert not list((tmp_path / "out").glob("**/*.parquet"))


@pytest.mark.parametrize(
    ("at_import", "why"),
    [
        ("os._exit(5)", "its process died with exit code 5"),
        ("os._exit(0)", "its process died with exit code 0"),
        ("__import__('posix')._exit(0)", "its process died with exit code 0"),
        ("__import__('posix').execv('/bin/true', ['true'])", "its process died with exit code 0"),
        ("os.execlp('sleep', 'sleep', '100')", "its process died with exit code 0"),
        ("\n    while True: pass", "took longer than 2 seconds"),
    ],
)
def test_a_plugin_that_dies_or_hangs_at_import_in_a_worker_is_told(
    small: Path, tmp_path: Path, at_import: str, why: str
) -> None:
    """What a worker cannot even load ends the study with a reason, not the pool or the user's patience."""
    (tmp_path / "odd.py").write_text(
        f"import multiprocessing, os\nif multiprocessing.parent_process() is not None: {at_import}\n"
        "def weights(base):\n    return base\n"
    )
    (tmp_path / "study.toml").write_text(
        f'name = "s"\nhistory = "small"\ndata = "{small}"\nplugins = ["odd.py"]\n[[grid]]\n'
        'recipe = "sixty_forty + odd"\n'
    )
    with pytest.raises(StudyError, match=f"^the reference 'sixty_forty' cannot be carried out: {why}$"):
        run_batch(tmp_path / "study.toml", tmp_path / "out", workers=1, limits=TaskLimits(2, 4000), progress=quiet)


def test_a_start_after_the_history_is_the_users_mistake(small: Path, tmp_path: Path) -> None:
    """A window that holds nothing is told before any job, as `run` tells it."""
    (tmp_path / "study.toml").write_text(
        f'name = "s"\nhistory = "small"\ndata = "{small}"\nstart = 2040-01-01\n[[grid]]\nrecipe = "sixty_forty"\n'
    )
    with pytest.raises(DataError, match="the period holds 0 sessions"):
        run_batch(tmp_path / "study.toml", tmp_path / "out", workers=1, limits=LIMITS, progress=quiet)
    assert not (tmp_path / "out").exists()
