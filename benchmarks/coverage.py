"""How often the 90% interval holds the truth, on made histories of which it is known: nothing beyond twin and mix.

    python -m benchmarks coverage [--histories 300] [--sessions 5000] [--resamples 300]

Beside the percentile interval stands the basic one, which mirrors it about the figure of the sample.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from backtester.analysis.lenses import Thresholds
from backtester.analysis.resample import FIGURES, bootstrap, interval, make_plan, resample

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from resampling import clustered_tracks

TRUTHS = {
    "beyond_twin.payoff_mean": 0.0,
    "beyond_twin.hit_rate": 0.5,
    "beyond_mix.payoff_mean": 0.0,
    "beyond_mix.hit_rate": 0.5,
    "beta": 0.8,
}


def main() -> None:
    """Count, and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--histories", type=int, default=300)
    parser.add_argument("--sessions", type=int, default=5000)
    parser.add_argument("--resamples", type=int, default=300)
    told = parser.parse_args()
    held = {name: np.zeros(4) for name in TRUTHS}  # percentile, basic, below the interval, above it
    windows, blocks, count = [], [], 0
    for seed in range(told.histories):
        tracks = clustered_tracks(seed, told.sessions)
        figures, found = resample(tracks, np.arange(told.sessions), Thresholds())
        if found < 10:
            continue
        plan = make_plan(tracks, resamples=told.resamples, seed=seed)
        drawn = bootstrap(tracks, plan, Thresholds())
        count += 1
        windows.append(found)
        blocks.append(plan.block_sessions)
        for name, truth in TRUTHS.items():
            place = FIGURES.index(name)
            low, high = interval(drawn.figures[:, 0, place], drawn.used, level=0.9) or (np.nan, np.nan)
            mirrored = 2 * figures[0, place] - truth
            held[name] += [low <= truth <= high, low <= mirrored <= high, truth < low, truth > high]
    sys.stdout.write(
        f"{count} histories of {told.sessions} sessions with 10 joint sell-offs or more (mean {np.mean(windows):.0f}), "
        f"{told.resamples} resamples, mean block {np.mean(blocks):.0f}; standard error {30 / count**0.5:.1f} points\n"
    )
    for name, counts in held.items():
        percentile, basic, below, above = (f"{100 * share:5.1f}%" for share in counts / count)
        sys.stdout.write(f"{name:26} percentile {percentile}  basic {basic}  truth below {below}, above {above}\n")


main()
