"""Resampled scorecards: seconds for a thousand of them, beside the plain definitions in pandas on the same draws.

    python -m benchmarks bootstrap [--resamples 1000] [--sessions 5000] [--strategies 10]

The slow way is timed on a few draws; both give the same figures (tests/analysis/test_resample.py). Compiling is timed
in a process whose cache is empty, and loading what was compiled in a second one. Work is processor time of all threads.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from backtester.analysis.blocks import draw_rows
from backtester.analysis.resample import BILLS, bootstrap, make_plan, resample
from backtester.analysis.sell_offs_kernel import Rule

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from resampling import clustered_tracks, slow_figures, tracks_of

RULE = Rule(-0.05, -0.005)
SLOW = 5  # draws that the slow way is timed on
FIRST = """
import time
import numpy as np
from backtester.analysis.resample import TrackRecords, resample
from backtester.analysis.sell_offs_kernel import Rule
start = time.process_time()
tracks = TrackRecords(np.random.default_rng(1).normal(0, 0.01, (300, 7)), np.ones(300), np.arange(2))
resample(tracks, np.arange(300), Rule(-0.05, -0.005))
print(f"{time.process_time() - start:.2f} s of work")
"""


def main() -> None:
    """Time each, and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--sessions", type=int, default=5000)
    parser.add_argument("--strategies", type=int, default=10)
    told = parser.parse_args()
    made = clustered_tracks(1, told.sessions)
    noise = np.random.default_rng(2).normal(0, 0.002, (told.strategies, told.sessions))
    tracks = tracks_of(made.returns[[0, 1, 2, BILLS]], noise)
    plan = make_plan(tracks, resamples=told.resamples, seed=1)
    resample(tracks, draw_rows(plan, 0, told.sessions), RULE)
    start, worked = time.perf_counter(), time.process_time()
    bootstrap(tracks, plan, RULE)
    fast, worked = time.perf_counter() - start, time.process_time() - worked
    start = time.process_time()
    for number in range(SLOW):
        slow_figures(tracks, draw_rows(plan, number, told.sessions), RULE)
    slow = (time.process_time() - start) / SLOW * told.resamples
    sys.stdout.write(
        f"{told.resamples} resamples of {told.sessions} sessions and {told.strategies} strategies: {fast:.2f} s on "
        f"{os.cpu_count()} cores, {worked:.2f} s of work; in pandas {slow:.0f} s of work, {slow / worked:.0f} times\n"
    )
    with tempfile.TemporaryDirectory() as empty:
        for what in ("compiled anew in", "loaded from the cache in"):
            environment = os.environ | {"NUMBA_CACHE_DIR": empty}
            done = subprocess.run(  # noqa: S603 - our own lines
                [sys.executable, "-c", FIRST], env=environment, capture_output=True, text=True, check=True
            )
            sys.stdout.write(f"{what} {done.stdout}")


main()
