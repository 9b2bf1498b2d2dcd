"""The size of intervals and verdicts: how many of sixty information-free strategies get one off zero, by family.

    python -m benchmarks size [--draws 60] [--resamples 1000] [FAMILY ...]

Seeds are 0 to 59 and none is left out. Bounds are those that the prototypes' shares allow by chance, for 60 draws.
Columns: intervals of the mean payoff below + above zero, the same of growth over the mix; those of the payoff that the
placebo confirms; clear verdicts by the interval alone, and with the placebo, where the windows acted in are enough.
"""

import argparse
import sys
import time

from backtester.histories.market import load_market
from benchmarks.size.families import planted_edge
from benchmarks.size.puts import judged_puts
from benchmarks.size.table import FAMILIES, PLANTED, WORLDS, heading, judged_draws, judged_worlds, row, setting


def main() -> None:
    """Print a line a family as it is found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("families", nargs="*", metavar="FAMILY", help="part of a family's name; all if none is named")
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--resamples", type=int, default=1000)
    asked = parser.parse_args()
    start = time.perf_counter()

    def wanted(name: str) -> bool:
        return not asked.families or any(part in name for part in asked.families)

    market = load_market("us")
    say(heading())
    for family in FAMILIES:
        if wanted(family.name):
            say(row(family, judged_draws(family.draw, setting(market, family), asked.draws, asked.resamples)))
    if any(wanted(family.name) for family in WORLDS):
        for family, judged in zip(WORLDS, judged_worlds(asked.draws, asked.resamples), strict=True):
            say(row(family, judged))
    for share, (least, prototype) in PLANTED.items():
        name = f"planted edge in {share:g} of the sell-offs"
        if wanted(name):
            judged = judged_draws(planted_edge(share), setting(market), asked.draws, asked.resamples)
            clear = sum(one.payoff[0] > 0 for one in judged)
            both = sum(one.both for one in judged)
            say(f"{name}: {clear} clear, at least {least} of 60 asked (prototype {prototype}%); with placebo {both}")
    if wanted("puts"):
        bought, replicated = (100 * one.mean for one in judged_puts(resamples=asked.resamples))
        say(f"puts, points a window: bought {bought:.3f}, by delta {replicated:.3f}; within 0.1 asked (0.07, 0.10)")
    say(f"{time.perf_counter() - start:.0f} s, {time.process_time():.0f} s of work")


def say(line: str) -> None:
    """The line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
