"""What a study takes: `python -m benchmarks batch [--jobs 1000 --jobs 10000] [--workers 2] [--slice 20] [--cluster]`.

Carries out `backtester batch` on a grid of `sixty_forty + gold_overlay + vol_target` over `us`, every measure and the
scorecard, as a user would: imports, planning and the table are in it. Processor time is of all processes, memory the
most that they had together (proportional set size), and the same command again shows what a finished study takes. Of
several sizes it says how time grows with jobs: the exponent of what each takes beyond the smallest, but for what the
choice of the best is worth, which no number of jobs above 200 changes. At last the largest with one worker.

Then `peers` give a slice of the same targets to vectorbt and bt, statistics included.
"""

import argparse
import contextlib
import ctypes
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.batch.clustered import print_cluster_ratio
from benchmarks.batch.filtered import print_filter_time
from benchmarks.batch.peers import print_peers

STUDY = """
name = "batch"
history = "us"

[[grid]]
recipe = "sixty_forty + gold_overlay(size={{gold}}) + {overlay}"
band = [0.01, 0.02, 0.05, 0.10]
gold = [0.0, 0.05, 0.10, 0.15, 0.20]
most = [1.0, 1.25, 1.5, 1.75, 2.0]
target = {targets}
window = {windows}
"""
A_PAUSE = 1.0  # seconds between two looks at memory
SUBREAPER = 36  # of Linux' prctl: whoever is left without a parent is ours, and so is its time


class Took(NamedTuple):
    """Seconds by the clock, of processors, and of these for jobs alone, and megabytes."""

    clock: float
    processor: float
    jobs: float
    megabytes: float


def main() -> None:
    """Print a line a size, then a line a library."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, action="append", help="hundreds; can be repeated")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--slice", type=int, default=20, help="books that the peers have; 0 for no peers")
    parser.add_argument("--cluster", action="store_true", help="only a Dask cluster beside this machine")
    asked = parser.parse_args()
    with contextlib.suppress(AttributeError):  # elsewhere the time of forked workers is not seen
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as temporary:
        if asked.cluster:
            print_cluster_ratio(*(_written(Path(temporary), jobs) for jobs in (100, 1000)), asked.workers)
            return
        found: list[tuple[int, Took]] = []
        for jobs in asked.jobs or [1000, 10_000]:
            study = _written(Path(temporary), jobs)
            found.append((jobs, carried_out(study, asked.workers)))
            _print(f"{jobs:,} jobs", *found[-1])
            _print(f"{jobs:,} jobs, finished before", jobs, carried_out(study, asked.workers))
            page = (study.with_suffix("") / "index.html").stat().st_size
            sys.stdout.write(f"{'their page':30} {page / 1e6:6.1f} MB\n")
            print_filter_time(study.with_suffix("") / "index.html")
        if len(found) > 2:
            sys.stdout.write(f"{'time grows with jobs':30} to the power {_exponent(found):.2f}\n")
        alone = carried_out(study, 1, again=True)
        _print(f"{jobs:,} jobs, one worker", jobs, alone)
        sys.stdout.write(f"{asked.workers} workers take {found[-1][1].clock / alone.clock:.2f} of one's clock time\n")
        if asked.slice:
            print_peers(study, asked.slice)


def _written(folder: Path, jobs: int) -> Path:
    study = folder / f"jobs-{jobs}.toml"
    study.write_text(study_of(jobs), encoding="utf-8")
    return study


def study_of(jobs: int) -> str:
    """The study with so many jobs, in hundreds, at most 10,000."""
    hundreds = max(1, jobs // 100)
    targets = [round(0.06 + 0.01 * place, 2) for place in range(min(hundreds, 10))]
    windows = [21, 31, 42, 52, 63, 84, 105, 126, 189, 252][: max(1, hundreds // 10)]
    overlay = "vol_target(target={target}, window={window}, max_leverage={most})"
    return STUDY.format(overlay=overlay, targets=targets, windows=windows)


def carried_out(study: Path, workers: int, *, again: bool = False) -> Took:
    """What a study's command takes, carried out or taken up again; `again` in a new folder."""
    out = study.with_suffix(".again" if again else "")
    words = [sys.executable, "-m", "backtester", "batch", str(study), "--workers", str(workers), "--out", str(out)]
    before, began, most = _spent(), time.monotonic(), 0.0
    with (study.parent / "said").open("w+") as said:
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603 - our own command
        while process.poll() is None:
            most = max(most, sum(map(_megabytes, _family(process.pid))))
            time.sleep(A_PAUSE)
        said.seek(0)
        text = said.read()
    if process.returncode:
        sys.exit(f"the study ended with status {process.returncode}: {text}")
    clock, own = time.monotonic() - began, re.search(r"([0-9.]+) s for jobs", text)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    return Took(clock, _spent() - before, float(own[1]) if own else float("nan"), most)


def _exponent(found: Sequence[tuple[int, Took]]) -> float:
    """The power of the number of jobs beyond the fewest with which time for jobs grows beyond theirs."""
    (fewest, least), *others = sorted(found)
    more = np.log([jobs - fewest for jobs, _ in others])
    return float(np.polyfit(more, np.log([took.jobs - least.jobs for _, took in others]), 1)[0])


def _spent() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _family(process: int) -> list[int]:
    """A process and all that it started, those that are there."""
    try:
        started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [process, *(one for child in started for one in _family(int(child)))]


def _megabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1e3 for line in lines if line.startswith("Pss:"))


def _print(what: str, jobs: int, took: Took) -> None:
    clock, processor, own, most = took
    a_job = f"{own:5.1f} s of them for jobs, {own / jobs * 1e3:6.2f} ms each"
    sys.stdout.write(
        f"{what:30} {processor:6.1f} s of processors, {a_job}, {clock:6.1f} s by the clock "
        f"({clock / processor:.2f} of it), {most:5.0f} MB, load {os.getloadavg()[0]:.1f}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
