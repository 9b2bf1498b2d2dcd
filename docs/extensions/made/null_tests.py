"""The null tests of the method: those carried out while the page is built, and the recorded result of the whole set."""

import re

import numpy as np

from backtester.analysis.analyse import analyse
from backtester.analysis.scorecard import SCORECARD_FIGURES
from backtester.histories.market import load_market
from backtester.pages.format import listed_words
from benchmarks.size.families import planted_edge, sixty_forty
from benchmarks.size.judge import Judged, kept
from benchmarks.size.table import FAMILIES, PLANTED, WORLDS, judged_draws, setting
from made.words import ROOT, recorded_table, spelled

RECORD = "DECISIONS.md"
FAMILY = FAMILIES[0]
NEEDED = [
    SCORECARD_FIGURES.index(name) for name in ("beyond_mix.payoff_mean", "mean_loss.reference", "mean_loss.strategy")
]


def judged(draws: int, resamples: int) -> list[Judged]:
    """So many draws of the first family, each judged as a run judges a strategy."""
    return judged_draws(FAMILY.draw, setting(load_market("us"), FAMILY), draws, resamples)


def off_zero(draws: list[Judged]) -> int:
    """How many of the draws have an interval of the mean payoff that does not hold zero."""
    return sum(one.payoff[0] > 0 or one.payoff[1] < 0 for one in draws)


def part_of_edge_found(share: float = 0.5, draws: int = 20) -> float:
    """Of a saving planted in a share of the sell-offs, the part that the mean payoff over the mix shows."""
    period = setting(load_market("us"))
    books = [planted_edge(share)(period, np.random.default_rng(seed)) for seed in range(draws)]
    cards = analyse([kept(book) for book in books], kept(sixty_forty(period.market)), period).scorecards
    payoff, reference, strategy = cards[:, NEEDED].mean(axis=0)
    return float(payoff / (reference - strategy))


def families() -> str:
    """How many families the whole set has, in words."""
    return spelled(len(FAMILIES) + len(WORLDS))


def recorded() -> str:
    """The recorded result of all families as a table."""
    return recorded_table(RECORD, "| family | payoff |")


def most_off_zero() -> int:
    """The most intervals of the mean payoff off zero that any family has in the record."""
    cells = (line.split("|")[2] for line in recorded().splitlines()[2:])
    return max(sum(map(int, re.findall(r"\d+", cell))) for cell in cells)


def recorded_on() -> str:
    """The date of the record."""
    before = _text().partition("| family | payoff |")[0]
    return re.findall(r"\*\*(\d{4}-\d{2}-\d{2})\.", before)[-1]


def planted_found() -> str:
    """Of sixty draws, how many with each planted edge were called clear, in the record."""
    [found] = re.findall(r"Planted edge in [^:]*: (\d+), (\d+), (\d+) clear", _text())
    return listed_words(found)


def planted_shares() -> str:
    """The shares of the sell-offs in which the edges were planted."""
    return listed_words([f"{share:.0%}" for share in PLANTED])


def _text() -> str:
    return (ROOT / RECORD).read_text(encoding="utf-8")
