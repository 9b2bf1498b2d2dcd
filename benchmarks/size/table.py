"""The families with the bounds that they are held to, how they are drawn, and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backtester.analysis.period import Period, measure_period
from backtester.histories.market import Market
from benchmarks.size import families
from benchmarks.size.families import Draw, driftless, sixty_forty
from benchmarks.size.judge import CLEAR, Judged, judge
from benchmarks.size.worlds import responding, world

REAL = "real"


@dataclass(frozen=True)
class Family:
    """A family's name; the shares of the prototype and the bounds of 60, for payoff and growth, "" and None where there
    are none; how one is drawn, and whether its gold has no drift."""

    name: str
    payoff: tuple[str, int]
    growth: tuple[str, int | None]
    draw: Draw | None = None
    is_driftless: bool = False


FAMILIES = (
    Family("bonds to bills", ("5.4%", 8), ("13%", 14), families.bonds_to_bills),
    Family("stocks to bills", ("8.3%", 10), ("16%", 16), families.stocks_to_bills),
    Family("all out and in", ("8.3%", 10), ("21%", 20), families.all_out_and_in),
    Family("random leverage", ("17.5%", 17), ("20%", 19), families.random_leverage),
    Family("white noise added", ("7.5%", 10), ("12.5%", 14), families.noise_added),
    Family("driftless gold", ("9.6%", 11), ("1%", 3), families.gold_in_spells, is_driftless=True),
    Family("volatility target, rotated", ("20.4%", 20), ("9%", 11), families.rotated_target),
    Family("stop, rotated", ("15.8%", 16), ("20%", 19), families.rotated_stop),
    Family("fixed, traded after falls", ("7.9%", 10), ("15%", 16), families.static_after_falls),
    Family("drawn, traded after falls", ("7.9%", 10), ("15%", 16), families.drawn_after_falls),
)
WORLDS = tuple(
    Family(f"clustered worlds: {name}", ("12-14%", 15), (REAL, None))
    for name in ("target by 3 months", "target by 1 month", "stop")
)
BOTH = 11  # of 60: at most so many of any family may be clear by interval and placebo
PLANTED = {0.1: (5, 22), 0.25: (35, 75), 0.5: (57, 100)}  # share of sell-offs: at least so many clear; prototype, %


def setting(market: Market, family: Family | None = None) -> Period:
    """The period in which a family is drawn."""
    period = measure_period(market)
    return measure_period(driftless(period, "gold")) if family and family.is_driftless else period


def judged_draws(draw: Draw | None, period: Period, draws: int, resamples: int) -> list[Judged]:
    """The draws of a family, from the seeds 0, 1, ..."""
    assert draw is not None
    books = [draw(period, np.random.default_rng(seed)) for seed in range(draws)]
    return judge(books, sixty_forty(period.market), period, resamples=resamples)


def judged_worlds(draws: int, resamples: int) -> list[list[Judged]]:
    """By family of `WORLDS`, one in each world of the seeds 0, 1, ..."""
    judged = []
    for seed in range(draws):
        period = world(np.random.default_rng(seed))
        judged.append(judge(responding(period), sixty_forty(period.market), period, resamples=resamples))
    return [list(one) for one in zip(*judged, strict=True)]


def heading() -> str:
    """The heading above rows."""
    return (
        f"{'below + above zero':40} {'payoff':>8} {'bound':>5} {'proto':>7} {'growth':>8} {'bound':>5} {'proto':>6}"
        f" {'and placebo':>11} {'bound':>5} {'verdicts alone':>14} {'verdicts':>8}"
    )


def row(family: Family, judged: Sequence[Judged]) -> str:
    """A family's counts beside its bounds."""
    payoff, growth = (off_zero([getattr(one, name) for one in judged]) for name in ("payoff", "growth"))
    alone, final = (sum(getattr(one, name) in CLEAR for one in judged) for name in ("alone", "verdict"))
    both = sum(one.both for one in judged)
    return (
        f"{family.name:40} {'{} + {}'.format(*payoff):>8} {family.payoff[1]:>5} {family.payoff[0]:>7}"
        f" {'{} + {}'.format(*growth):>8} {family.growth[1] or '':>5} {family.growth[0]:>6}"
        f" {both:>11} {BOTH:>5} {alone:>14} {final:>8}"
    )


def off_zero(ends: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """How many intervals lie below zero, and how many above."""
    return sum(high < 0 for _, high in ends), sum(low > 0 for low, _ in ends)
