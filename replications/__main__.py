"""`python -m replications`: carry all of them out, print their figures, and write their pages."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from backtester.errors import BacktesterError
from backtester.files import make_folder, write_text
from replications import (
    inflation_regimes,
    joint_falls,
    permanent_portfolio,
    put_protection,
    puts_in_falls,
    volatility_managed,
)
from replications.figure import Replication
from replications.page import page, words
from replications.sources import Sources, read_sources

SHARED = Path(__file__).parent.parent.parent / "shared"
REPLICATIONS: dict[str, Callable[[Sources], Replication]] = {
    one.__name__.rpartition(".")[2]: one.replicate
    for one in (volatility_managed, joint_falls, put_protection, puts_in_falls, inflation_regimes, permanent_portfolio)
}


def main() -> int:
    """Print a line a figure and write a page each; 1 where one is off, 2 where files are not there."""
    parser = argparse.ArgumentParser(prog="python -m replications", description=__doc__)
    parser.add_argument("--from", dest="folders", type=Path, action="append", help="the providers' files")
    parser.add_argument("--out", type=Path, default=Path("replicated"), help="where the pages go")
    given = parser.parse_args()
    all_hold = True
    try:
        sources = read_sources(given.folders or [SHARED / "data", SHARED / "more"])
        make_folder(given.out)
        for name, replicate in REPLICATIONS.items():
            done = replicate(sources)
            sys.stdout.write(f"\n{done.title}\n")
            for figure in done.figures:
                sys.stdout.write("  {:<34} {:>8} {:>8}  {}\n".format(*words(figure)))
            all_hold = all_hold and all(figure.holds for figure in done.figures)
            write_text(given.out / f"{name}.html", page(done))
    except BacktesterError as error:
        sys.stderr.write(f"Error: {'; '.join(error.lines())}\n")
        return 2
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
