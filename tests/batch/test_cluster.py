"""Studies on a Dask cluster: a real scheduler and real workers, each a process; one of them is killed half way."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from backtester.batch import cluster
from backtester.batch.carry_out import Batch, run_batch
from backtester.batch.workers import TaskLimits
from backtester.errors import StudyError

STUDY = """
name = "far"
history = "small"
data = "{data}"
plugins = ["fragile.py"]
stress = ["capital_war"]

[[grid]]
recipe = "sixty_forty(stocks={{stocks}}) + gold_overlay(size={{size}})"
stocks = {{ from = 0.1, to = 1.0, step = 0.1 }}
size = {{ from = 0.0, to = 0.18, step = 0.02 }}

[[grid]]
recipe = "fragile(how='{{how}}')"
how = ["fine", "exit", "raise"]
"""
FRAGILE = '''"""Break in the way that is asked for. Hypothesis: made for a test. Fails when: asked to. Source: none."""
import os
from typing import Literal


def weights(*, how: Literal["fine", "exit", "raise"] = "fine"):
    if how == "exit":
        os._exit(3)
    if how == "raise":
        raise ZeroDivisionError("by nothing")
    return {"stocks": 0.5}
'''
LIMITS = TaskLimits(60, 4000)


def started(*words: str) -> subprocess.Popen[bytes]:
    """A part of the cluster, as its command starts it."""
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def worker(address: str, *more: str) -> subprocess.Popen[bytes]:
    """A worker of one thread."""
    return started("worker", address, "--nthreads", "1", "--host", "127.0.0.1", *more)


@contextlib.contextmanager
def stopped_after(processes: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    """End the processes after the block."""
    try:
        yield
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler without workers."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    scheduler = started("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    with stopped_after([scheduler]):
        while not file.exists() or not file.read_text():
            assert scheduler.poll() is None
            time.sleep(0.05)
        yield str(json.loads(file.read_text())["address"])


def waited(address: str, count: int, *, nanny: bool = False) -> None:
    """Wait until the scheduler has that many workers, or those of that many nannies."""
    with cluster._client(address) as client:
        deadline = time.monotonic() + 120
        while True:
            workers = client.scheduler_info(n_workers=-1)["workers"].values()
            if sum(not nanny or one["nanny"] is not None for one in workers) >= count:
                return
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def pair(address: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers, which the scheduler knows."""
    made = [worker(address, "--no-nanny") for _ in range(2)]
    with stopped_after(made):
        waited(address, 2)
        yield made


@pytest.fixture(scope="module")
def study(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of a hundred jobs, and three of a strategy that may die."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "fragile.py").write_text(FRAGILE, encoding="utf-8")
    (folder / "far.toml").write_text(STUDY.format(data=small), encoding="utf-8")
    return folder / "far.toml"


def carried(study: Path, out: str, scheduler: str | None, victims: Sequence[subprocess.Popen[bytes]] = ()) -> Batch:
    """The study carried out; each of the victims is killed once a job is done."""

    def progress(done: int, total: int, errors: Sequence[str] = ()) -> None:
        if done:
            for victim in victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim.pid, signal.SIGKILL)

    return run_batch(study, study.parent / out, workers=1, limits=LIMITS, progress=progress, scheduler=scheduler)


def test_a_scheduler_without_workers_is_refused(address: str, study: Path) -> None:
    """There a study would wait for ever; a line says how to start a worker."""
    with pytest.raises(StudyError, match=r"has no workers; start one with 'dask worker tcp://.* --no-nanny'"):
        carried(study, "none", address)


@pytest.mark.parametrize(("name", "version"), [("numpy", "0.1"), ("the program's files", "0123")])
def test_a_worker_of_another_version_is_refused(
    address: str, pair: list[object], study: Path, monkeypatch: pytest.MonkeyPatch, name: str, version: str
) -> None:
    """Its results could differ: a line names what differs, and both versions."""
    theirs = cluster._worker_versions()
    monkeypatch.setattr(cluster, "_own_versions", lambda: theirs | {name: version})
    with pytest.raises(StudyError, match=rf"has {name} {theirs[name]}, this machine {version}; install the same"):
        carried(study, "none", address)


def test_a_cluster_that_loses_a_worker_gives_the_same_results(
    address: str, pair: list[subprocess.Popen[bytes]], study: Path
) -> None:
    """Byte by byte those of this machine, errors and scenarios too, though one of two workers is killed half way."""
    far = carried(study, "far", address, pair[:1])
    assert pair[0].poll() == -signal.SIGKILL
    here = carried(study, "here", None)
    assert far.path.read_bytes() == here.path.read_bytes()
    errors = dict(zip(*(pq.read_table(far.path)[name].to_pylist() for name in ("name", "error")), strict=True))
    assert len(errors) == 103
    assert errors["fragile(how='exit')"] == "its process died with exit code 3"
    assert "by nothing" in errors["fragile(how='raise')"]
    assert sum(error is not None for error in errors.values()) == 2


def test_a_worker_of_a_nanny_is_refused(address: str, study: Path) -> None:
    """It may start no processes, so that a strategy that dies would take it along."""
    with stopped_after([worker(address, "--nanny")]):
        waited(address, 1, nanny=True)
        with pytest.raises(StudyError, match=r"is one of Dask's nanny and may start no processes; start it with 'dask"):
            carried(study, "none", address)


def test_an_address_without_a_scheduler_is_refused(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens on the port: a line says what to start."""
    monkeypatch.setattr(cluster, "SCHEDULER_SECONDS", 1)
    with pytest.raises(StudyError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 .*'dask scheduler'"):
        carried(study, "none", "tcp://127.0.0.1:9")


def test_without_dask_the_remedy_is_said(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, a line has the command that installs it."""
    monkeypatch.delitem(sys.modules, "backtester.batch.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StudyError, match=r"needs the package 'distributed'; .*pip install 'crisis-backtester\[cluster"):
        carried(study, "none", "tcp://127.0.0.1:9")
