"""What a study takes on a Dask cluster of this machine, beside what it takes its own processes."""

import json
import subprocess
import sys
import time
from pathlib import Path

PAIRS = 3
LOCAL = "127.0.0.1"


def print_cluster_ratio(warm: Path, study: Path, workers: int) -> None:
    """Print the clock time of a study on a cluster of so many workers of one thread, which have carried `warm` out
    before, over that of so many processes of this machine: the middle one of some pairs, each in new folders."""
    file = study.with_name("scheduler.json")
    processes = [_started("scheduler", "--host", LOCAL, "--port", "0", "--scheduler-file", str(file))]
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.05)
        address = str(json.loads(file.read_text())["address"])
        ready = ("--nthreads", "1", "--host", LOCAL, "--no-nanny")
        processes += [_started("worker", address, *ready) for _ in range(workers)]
        time.sleep(5)  # until both have joined
        _clock(warm, "--scheduler", address)
        ratios = []
        for _ in range(PAIRS):
            here, there = _clock(study, "--workers", str(workers)), _clock(study, "--scheduler", address)
            ratios.append(there / here)
            sys.stdout.write(f"{study.stem}: {here:.1f} s by the clock here, {there:.1f} s on a cluster\n")
        sys.stdout.write(
            f"a cluster of {workers} takes {sorted(ratios)[PAIRS // 2]:.2f} of this machine's clock time\n"
        )
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _clock(study: Path, *words: str) -> float:
    out = study.with_suffix(f".{time.monotonic_ns()}")
    command = [sys.executable, "-m", "backtester", "batch", str(study), "--out", str(out), *words]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    return time.monotonic() - began


def _started(*words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
