"""What a study takes: `python -m benchmarks batch [--jobs 1000 --jobs 10000] [--workers 2] [--slice 20]`.

Carries out `backtester batch` on a grid of `sixty_forty + gold_overlay + vol_target` over `us`, every measure and the
scorecard, as a user would: imports, planning and the table are in it. Processor time is of all processes, memory the
most that they had together (proportional set size), and the same command again shows what a finished study takes.

Then a slice of the same targets, those without leverage, traded at month ends, goes to vectorbt and bt, statistics
included. vectorbt as its documentation has it, and as an expert would: trading rows alone, and units times prices
afterwards. Neither makes a scorecard or a mix, follows a band, or pays interest. Imports are not in their times.
"""

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtester.batch.carry_out import plan_study
from backtester.engine.evaluate import Evaluation, evaluate_many
from backtester.histories.market import Market
from backtester.plugins.recipes import parse_recipe
from benchmarks.engine.peers import CAPITAL, bt_tests, framed, tiled
from benchmarks.engine.work import INVESTED, Work

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
RATE = 2e-4
A_PAUSE = 1.0  # seconds between two looks at memory


def main() -> None:
    """Print a line a size, then a line a library."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, action="append", help="hundreds; can be repeated")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--slice", type=int, default=20, help="books that the peers have; 0 for no peers")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for jobs in asked.jobs or [1000, 10_000]:
            study = Path(temporary) / f"jobs-{jobs}.toml"
            study.write_text(study_of(jobs), encoding="utf-8")
            for what in ("", ", finished before"):
                _print(f"{jobs:,} jobs{what}", jobs, carried_out(study, asked.workers))
        if asked.slice:
            work = slice_of(study, asked.slice)
            for name, (library, run) in PEERS.items():
                if importlib.util.find_spec(library) is None:
                    sys.stdout.write(f"{name}: not installed; pip install -e '.[bench]'\n")
                    continue
                importlib.import_module(library)
                began = time.process_time()
                run(work)
                took = time.process_time() - began
                sys.stdout.write(f"{name:44} {took / asked.slice * 1e3:10.1f} ms a book\n")


def study_of(jobs: int) -> str:
    """The study with so many jobs, in hundreds, at most 10,000."""
    hundreds = max(1, jobs // 100)
    targets = [round(0.06 + 0.01 * place, 2) for place in range(min(hundreds, 10))]
    windows = [21, 31, 42, 52, 63, 84, 105, 126, 189, 252][: max(1, hundreds // 10)]
    overlay = "vol_target(target={target}, window={window}, max_leverage={most})"
    return STUDY.format(overlay=overlay, targets=targets, windows=windows)


def carried_out(study: Path, workers: int) -> tuple[float, float, float]:
    """Seconds by the clock, of processors, and megabytes of a study's command, carried out or taken up again."""
    words = [sys.executable, "-m", "backtester", "batch", str(study), "--workers", str(workers)]
    before, began, most = _spent(), time.monotonic(), 0.0
    process = subprocess.Popen([*words, "--out", str(study.with_suffix(""))], stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    while process.poll() is None:
        most = max(most, sum(map(_megabytes, _family(process.pid))))
        time.sleep(A_PAUSE)
    if process.returncode:
        sys.exit(f"the study ended with status {process.returncode}")
    return time.monotonic() - began, _spent() - before, most


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


def _print(what: str, jobs: int, took: tuple[float, float, float]) -> None:
    clock, processor, most = took
    a_job = f"{processor / jobs * 1e3:6.2f} ms a job"
    sys.stdout.write(
        f"{what:30} {processor:6.1f} s of processors, {a_job}, {clock:6.1f} s by the clock "
        f"({clock / processor:.2f} of it), {most:5.0f} MB, load {os.getloadavg()[0]:.1f}\n"
    )
    sys.stdout.flush()


def slice_of(study: Path, books: int) -> Work:
    """Books of the study without leverage, as arrays that other libraries take: their own targets, at month ends."""
    plan = plan_study(study)
    jobs = [job for job in plan.jobs if job.point["most"] == 1.0][:books]
    asked = [(parse_recipe(job.recipe, plan.library), job.settings.execution) for job in jobs]
    runs = [run for run in evaluate_many(asked, plan.market) if isinstance(run, Evaluation)]
    return _work(runs, plan.market)


def _work(runs: list[Evaluation], market: Market) -> Work:
    first = max(run.first for run in runs)
    kept = market.since(first)
    names = ["stocks", "bonds", "gold"]
    levels = kept.levels[names].to_numpy()
    targets = np.array([run.targets[names].to_numpy()[first:] for run in runs])
    targets *= INVESTED / np.maximum(1.0, targets.sum(axis=2, keepdims=True))
    returns = np.vstack([np.zeros(len(names)), levels[1:] / levels[:-1] - 1])
    rows = np.arange(len(levels))
    return Work(kept.sessions, returns, levels, kept.days, targets, rows, kept.calendar["month"].to_numpy(bool), RATE)


def documented(work: Work) -> None:
    """vectorbt as its documentation has it: every session, and its table of statistics."""
    import vectorbt as vbt  # costs seconds

    portfolio = vbt.Portfolio.from_orders(**tiled(work), **_shared())
    with warnings.catch_warnings(action="ignore"):  # that it was given no benchmark
        portfolio.stats(agg_func=None)


def expert(work: Work) -> None:
    """vectorbt on the trading rows alone; units times prices in between, and its statistics of the returns."""
    import vectorbt as vbt  # costs seconds

    inputs, at = tiled(work), work.trades
    inputs |= {"close": inputs["close"].iloc[at], "size": inputs["size"].iloc[at]}
    portfolio = vbt.Portfolio.from_orders(**inputs, **_shared())
    units = portfolio.assets().to_numpy().reshape(len(at), len(work.targets), -1)
    cash = portfolio.cash().to_numpy().reshape(len(at), -1)
    held = np.searchsorted(at, np.arange(len(work.days)), side="right") - 1
    worth = np.einsum("tbk,tk->tb", units[held], work.prices) + cash[held]
    worth[held < 0] = CAPITAL
    with warnings.catch_warnings(action="ignore"):
        pd.DataFrame(worth, work.sessions).vbt.to_returns().vbt.returns(freq="1D").stats(agg_func=None)


def _shared() -> dict[str, Any]:
    return {
        "size_type": "targetpercent",
        "init_cash": CAPITAL,
        "cash_sharing": True,
        "call_seq": "auto",
        "freq": "1D",
    }


def bt(work: Work) -> None:
    """bt's own weigh-and-rebalance, and its statistics."""
    import bt as library  # costs seconds

    library.run(*bt_tests(framed(work)))


PEERS: dict[str, tuple[str, Callable[[Work], None]]] = {
    "vectorbt, compiling": ("vectorbt", documented),
    "vectorbt, as documented": ("vectorbt", documented),
    "vectorbt, an expert's": ("vectorbt", expert),
    "bt": ("bt", bt),
}


if __name__ == "__main__":
    main()
