"""How this engine's time grows with sessions, books and assets, and falls with threads: one process, all in turns."""

import time
from dataclasses import replace

import numpy as np

from benchmarks.engine import ours
from benchmarks.engine.work import Shape, made

BASE = Shape(100)
SIZES = {
    "sessions": (2_500, 5_000, 10_000, 20_000, 40_000),
    "books": (25, 50, 100, 200, 400, 800),
    "assets": (2, 4, 8, 16, 32),
}
THREADS = (1, 2)


def measured(*, rounds: int, quick: bool) -> dict[str, dict[int, float]]:
    """The best of some runs by axis (sessions, books, assets, threads) and size; quick ones are few and tiny.

    It is processor time, which a busy machine does not bend, but for threads, which are told by the clock.
    """
    return {axis: _along(axis, rounds, quick) for axis in (*SIZES, "threads")}


def exponent(seconds: dict[int, float]) -> float:
    """The slope of log time on log size, by least squares: 1 where time grows in proportion."""
    return float(np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0])


def _along(axis: str, rounds: int, quick: bool) -> dict[int, float]:
    base = replace(BASE, books=4, sessions=200) if quick else BASE
    sizes = THREADS if axis == "threads" else SIZES[axis][: 2 if quick else None]
    jobs = {}
    for size in sizes:
        if axis == "threads":
            jobs[size] = (made(replace(base, books=8 * base.books)), ours.kept(("nav",), size))
        else:
            jobs[size] = (made(replace(base, **{axis: size})), ours.kept(("nav",), 1))
    clock = time.perf_counter if axis == "threads" else time.process_time
    best = dict.fromkeys(sizes, np.inf)
    for _ in range(rounds if quick else 5 * rounds):
        for size, (work, run) in jobs.items():
            start = clock()
            run(work)
            best[size] = min(best[size], clock() - start)
    return best
