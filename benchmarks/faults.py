"""Kills a study's main process again and again, and resumes it: `python -m benchmarks faults [--kills 20]`.

A study of 1,600 jobs is carried out once undisturbed. Then the same is started in an empty folder, killed by SIGKILL
after a random part of the time that its table took, and started again, until it was killed so often; where all of its
jobs are done before, all parts but one are taken away. At last it is left to finish. Its table must be that of the
undisturbed run, to the byte; and no job that a part holds may be in a second one. Where a tmpfs can be
mounted (`--tmpfs FOLDER`, an empty one of a few hundred kilobytes that is mounted before), the study must end there
with one line that says that the disk is full.
"""

import argparse
import contextlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

JOBS = 1600
STUDY = """
name = "faults"
history = "us"
start = 2015-01-02

[[grid]]
recipe = "sixty_forty(stocks={stocks}) + gold_overlay(size={size}) + vol_target(target={target}, window={window})"
stocks = [0.2, 0.4, 0.6, 0.8]
size = { from = 0.0, to = 0.18, step = 0.02 }
target = { from = 0.06, to = 0.15, step = 0.01 }
window = [21, 42, 63, 126]
"""


def main() -> None:
    """Carry it all out; exit with status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tmpfs", type=Path, help="an empty folder on a small tmpfs, to be filled up")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        study = Path(temporary) / "faults.toml"
        study.write_text(STUDY, encoding="utf-8")
        whole, out = Path(temporary) / "whole", Path(temporary) / "killed"
        began = time.time()
        _finish(study, whole)
        seconds = (whole / "results.parquet").stat().st_mtime - began
        dice = random.Random(asked.seed)  # noqa: S311 - no secret hangs on it
        _kill(study, out, [dice.uniform(0, seconds) for _ in range(asked.kills)])
        _finish(study, out)
        same = (whole / "results.parquet").read_bytes() == (out / "results.parquet").read_bytes()
        faults = [] if same else ["the table differs from that of an undisturbed run"]
        twice = len(keys := _keys(out)) - len(set(keys))
        faults += [f"{twice} jobs were carried out again though a part had them"] if twice else []
        if asked.tmpfs:
            faults += _full(study, asked.tmpfs)
    sys.exit("; ".join(faults) or 0)


def _command(study: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "backtester", "batch", str(study), "--out", str(out)]


def _finish(study: Path, out: Path) -> None:
    """Carry a study out, or what is left of it."""
    subprocess.run(_command(study, out), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def _kill(study: Path, out: Path, times: Sequence[float]) -> None:
    """Start a study again and again, and kill its main process after so many seconds each."""
    for killed, seconds in enumerate(times, 1):
        process = subprocess.Popen(_command(study, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.send_signal(signal.SIGKILL)  # of one that had ended it does nothing
        process.wait()
        kept = len(_keys(out))
        sys.stdout.write(f"killed {killed} times, now after {seconds:.1f} seconds; {kept} jobs are kept\n")
        sys.stdout.flush()
        if kept >= JOBS:
            parts = sorted((out / "rows").glob("part-*"))
            for part in parts[1:] or parts:
                part.unlink()


def _keys(out: Path) -> list[str]:
    """The keys of the jobs in every part of a study's folder."""
    return [key for part in (out / "rows").glob("part-*") for key in pq.read_table(part)["key"].to_pylist()]


def _full(study: Path, folder: Path) -> list[str]:
    """What is wrong with how a study ends whose disk is full."""
    ended = subprocess.run(_command(study, folder / "out"), capture_output=True, text=True, check=False)  # noqa: S603
    sys.stdout.write(f"on a full disk, status {ended.returncode}: {ended.stderr}")
    said = "No space left" in ended.stderr and "Traceback" not in ended.stderr
    return [] if ended.returncode == 2 and said else ["a full disk is not said in one line, with status 2"]


if __name__ == "__main__":
    main()
