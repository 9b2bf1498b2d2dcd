"""What the evidence of a run costs beside its simulation and checks, and the parts of it that cost most.

    python -m benchmarks evidence [--history us] [--data DIR]

Without resamples (see `bootstrap`). All figures are processor time of one process, the least of three.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from backtester.analysis.analyse import analyse
from backtester.analysis.base_rates import cushion, rotated_windows
from backtester.analysis.period import measure_period
from backtester.runs.document import document
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings


def least(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Time each, and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--history", default="us")
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    settings = RunSettings(history=given.history, data=given.data, resamples=0)
    result = carry_out(settings)
    runs, period = [one.evaluation for one in result.strategies], result.period
    run = least(lambda: carry_out(settings))
    parts = {
        "pair and sell-offs": lambda: measure_period(period.market, settings).windows,
        "mixes and scorecards": lambda: analyse(runs, runs[0], period),
        "200 rotations": lambda: rotated_windows(period, seed=1),
        "stock sell-offs": lambda: cushion(period),
        "writing the document": lambda: document(result),
    }
    sys.stdout.write(f"{len(period.sessions)} sessions, {len(runs)} recipes: {run:.2f} s\n")
    for name, work in parts.items():
        seconds = least(work)
        sys.stdout.write(f"{name:<20} {seconds:.3f} s, {seconds / run:.0%} of that\n")


if __name__ == "__main__":
    main()
