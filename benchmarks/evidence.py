"""What the evidence of a run's document costs beside its simulation and checks, and the parts of it that cost most.

    python -m benchmarks evidence [--history us] [--data DIR]

Without resamples (see `bootstrap`). All figures are processor time of one process, the least of three.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from backtester.analysis.rotations import rotated_counts
from backtester.runs.document.attribution import told_attribution
from backtester.runs.document.cards import told_card
from backtester.runs.document.dependence import told_dependence
from backtester.runs.document.whole import document, pair_falls
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
    told = parser.parse_args()
    settings = RunSettings(history=told.history, data=told.data, resamples=0)
    result = carry_out(settings)
    month_ends, falls = result.month_ends.to_numpy(), pair_falls(result)
    run = least(lambda: carry_out(settings))
    parts = {
        "the whole document": lambda: document(result),
        "  200 rotations": lambda: rotated_counts(result.pair, month_ends, settings, seed=1),
        "  scorecards": lambda: [told_card(result, one) for one in result.evaluations[1:]],
        "  attribution": lambda: [told_attribution(result, one, falls) for one in result.evaluations],
        "  dependence": lambda: told_dependence(result),
    }
    sys.stdout.write(f"{len(result.market.sessions)} sessions, {len(result.evaluations)} recipes: {run:.2f} s\n")
    for name, work in parts.items():
        seconds = least(work)
        sys.stdout.write(f"{name:<20} {seconds:.3f} s, {seconds / run:.0%} of that\n")


if __name__ == "__main__":
    main()
