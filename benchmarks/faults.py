"""Kills a study's main process again and again, and resumes it: `python -m benchmarks faults [--kills 20]`.

A study of 400 jobs is carried out once undisturbed. Then the same is started in an empty folder, killed by SIGKILL
after a random time, and started again, until it was killed so often; at last it is left to finish. Its table must be
that of the undisturbed run, to the byte; and no job that a part holds may be in a second one. Where a tmpfs can be
mounted (`--tmpfs FOLDER`, an empty one of a few hundred kilobytes that is mounted before), the study must end there
with one line that says that the disk is full.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

STUDY = """
name = "faults"
history = "us"
start = 2015-01-02

[[grid]]
recipe = "sixty_forty(stocks={stocks}) + gold_overlay(size={size}) + vol_target(target={target})"
stocks = [0.2, 0.4, 0.6, 0.8]
size = { from = 0.0, to = 0.18, step = 0.02 }
target = { from = 0.06, to = 0.15, step = 0.01 }
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
        whole = _finished(study, Path(temporary) / "whole")
        again = _killed(study, Path(temporary) / "killed", kills=asked.kills, dice=random.Random(asked.seed))  # noqa: S311 - no secret hangs on it
        faults = [] if whole == again else ["the table differs from that of an undisturbed run"]
        twice = _held_twice(Path(temporary) / "killed" / "rows")
        faults += [f"{twice} jobs were carried out again though a part had them"] if twice else []
        if asked.tmpfs:
            faults += _full(study, asked.tmpfs)
    sys.exit("; ".join(faults) or 0)


def _command(study: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "backtester", "batch", str(study), "--out", str(out)]


def _finished(study: Path, out: Path) -> bytes:
    """The bytes of the table of a study that is left to finish."""
    subprocess.run(_command(study, out), check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    return (out / "results.parquet").read_bytes()


def _killed(study: Path, out: Path, *, kills: int, dice: random.Random) -> bytes:
    """The same of one whose main process is killed so often before."""
    done = 0
    while done < kills:
        process = subprocess.Popen(_command(study, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            process.wait(dice.uniform(0.5, 12.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
        else:  # it had finished before: what it made is taken away but for one part, to have something to do again
            for part in sorted((out / "rows").glob("part-*"))[1:]:
                part.unlink()
        parts = len(list((out / "rows").glob("part-*")))
        sys.stdout.write(f"killed {done} times, {parts} parts\n")
        sys.stdout.flush()
    return _finished(study, out)


def _held_twice(rows: Path) -> int:
    """How many jobs stand in more than one part."""
    keys = [key for part in rows.glob("part-*") for key in pq.read_table(part)["key"].to_pylist()]
    return len(keys) - len(set(keys))


def _full(study: Path, folder: Path) -> list[str]:
    """What is wrong with how a study ends whose disk is full."""
    ended = subprocess.run(_command(study, folder / "out"), capture_output=True, text=True, check=False)  # noqa: S603
    sys.stdout.write(f"on a full disk, status {ended.returncode}: {ended.stderr}")
    said = "No space left" in ended.stderr and "Traceback" not in ended.stderr
    return [] if ended.returncode == 2 and said else ["a full disk is not said in one line, with status 2"]


if __name__ == "__main__":
    main()
