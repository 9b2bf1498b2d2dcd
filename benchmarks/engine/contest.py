"""A case carried out: every contestant in a process of its own, all timed in turns.

1. All processes start and warm up at once.
2. One after another does the work once; its peak memory and its final values are taken.
3. In rounds, each does the work again and tells its time, so that a busy moment of the machine hits all alike. Who has
   used up its share of the time sits the rest out.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from backtester.arrays import Array
from benchmarks.engine.cases import Case
from benchmarks.engine.contestants import CONTESTANTS
from benchmarks.engine.conventions import CONVENTIONS, final_values
from benchmarks.engine.work import made

ROOT = Path(__file__).parents[2]


@dataclass
class Entry:
    """What one contestant did.

    Of each run, of all books, the `seconds` by the clock and those of processors, `used`; `disagreement` with its own
    convention's loop, and `to_ours` with that of ours, as fractions of the final value. `problem` says why there is
    nothing.
    """

    name: str
    books: int
    seconds: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    megabytes: float = float("nan")
    disagreement: float = float("nan")
    to_ours: float = float("nan")
    problem: str = ""

    @property
    def best(self) -> float:
        """The fastest run."""
        return min(self.seconds, default=float("nan"))

    @property
    def processor(self) -> float:
        """The least that a run took of processors, which a busy machine hardly changes."""
        return min(self.used, default=float("nan"))

    @property
    def median(self) -> float:
        """As long as half of the runs took at most."""
        return statistics.median(self.seconds)


class Process:
    """A worker, and the lines to and from it."""

    def __init__(self) -> None:
        """Start it; what its libraries print goes to a file, since a pipe that nobody reads would stop it."""
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by `end`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.engine.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
        )

    def ask(self, do: str, entry: Entry, case: Case) -> None:
        """One line to it; its answer is read later, so that others can be asked meanwhile."""
        assert self.process.stdin is not None
        told = {"do": do, "name": entry.name, "books": entry.books, "shape": asdict(case.shape), "most": case.most}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Its next line; a RuntimeError ends with what the process said last."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.said.seek(0)
            words = self.said.read().strip().splitlines() or ["nothing"]
            raise RuntimeError(f"a worker stopped, and said last: {words[-1]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """No more lines, and it goes."""
        self.process.communicate()
        self.said.close()


class Workers:
    """The processes of contestants, started when first asked for: one each, or if they share one a library."""

    def __init__(self, *, shared: bool) -> None:
        """None are there yet."""
        self.shared = shared
        self.processes: dict[str, Process] = {}

    def of(self, name: str) -> Process:
        """The process of a contestant."""
        key = CONTESTANTS[name].library if self.shared else name
        if key not in self.processes:
            self.processes[key] = Process()
        return self.processes[key]

    def end(self) -> None:
        """All of them end."""
        while self.processes:
            self.processes.popitem()[1].end()


def carried_out(case: Case, workers: Workers, *, rounds: int, budget: float) -> list[Entry]:
    """The entries of a case in its order, each with `rounds` turns or until its runs took `budget` seconds."""
    entries = [Entry(name, books) for name, books in case.entrants.items()]
    for entry in entries:
        if CONTESTANTS[entry.name].is_missing:
            entry.problem = f"{CONTESTANTS[entry.name].library} is not installed"
    there = [entry for entry in entries if not entry.problem]
    _load(case, there, workers)
    for _ in range(rounds):
        for entry in there:
            if sum(entry.seconds) * entry.books / case.shape.books < budget:
                workers.of(entry.name).ask("run", entry, case)
                scale = case.shape.books / entry.books
                for seconds, used in workers.of(entry.name).answer()["runs"]:
                    entry.seconds.append(seconds * scale)
                    entry.used.append(used * scale)
    return entries


def _load(case: Case, entries: list[Entry], workers: Workers) -> None:
    for entry in entries:
        workers.of(entry.name).ask("warm", entry, case)
    work = made(case.shape)
    expected = {convention: final_values(work, convention) for convention in CONVENTIONS}
    for entry in entries:
        workers.of(entry.name).answer()
    for entry in entries:
        workers.of(entry.name).ask("load", entry, case)
        told = workers.of(entry.name).answer()
        finals = np.array(told["finals"])
        entry.megabytes = told["megabytes"]
        entry.disagreement = _off(finals, expected[CONTESTANTS[entry.name].convention][: entry.books])
        entry.to_ours = _off(finals, expected["after"][: entry.books])


def _off(finals: Array, expected: Array) -> float:
    return float(np.abs(finals / expected - 1).max())
