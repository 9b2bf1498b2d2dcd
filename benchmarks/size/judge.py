"""Many strategies judged as a run would judge each alone, their resamples drawn together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.period import Period
from backtester.analysis.resample import BILLS, TrackRecords, bootstrap, interval, make_plan
from backtester.analysis.scorecard import PAYOFF_INDEX, SCORECARD_FIGURES
from backtester.analysis.verdict import PLACEBO_LEVEL, Evidence, Placebo, Verdict, verdict
from backtester.arrays import Array
from backtester.engine.book import Book
from backtester.engine.evaluate import Evaluation
from backtester.engine.schedule import parse_schedule
from backtester.engine.simulate import simulate
from backtester.plugins.recipes import Recipe

ACTED, LOSS = SCORECARD_FIGURES.index("acted"), SCORECARD_FIGURES.index("mean_loss.reference")
GROWTH = SCORECARD_FIGURES.index("growth_annual.over_mix.total")
CLEAR = ("paid", "worse")
Ends = tuple[float, float]


class Judged(NamedTuple):
    """A strategy's mean payoff, the 90% intervals of payoff and growth over the mix, its placebo, and the verdicts by
    the interval alone and with the placebo."""

    mean: float
    payoff: Ends
    growth: Ends
    placebo: Placebo | None
    alone: Verdict
    verdict: Verdict

    @property
    def both(self) -> bool:
        """Whether interval and placebo are clear, however few the windows."""
        good = self.placebo is None or self.placebo.as_good <= PLACEBO_LEVEL
        bad = self.placebo is None or self.placebo.as_bad <= PLACEBO_LEVEL
        return (self.payoff[0] > 0 and good) or (self.payoff[1] < 0 and bad)


def kept(book: Book) -> Evaluation:
    """The book carried out, as a recipe without steps."""
    schedule = parse_schedule("month")
    return Evaluation(Recipe(()), schedule, (), book.targets, 0, book, simulate(book))


def judge(books: Sequence[Book], reference: Book, period: Period, *, resamples: int, seed: int = 1) -> list[Judged]:
    """The books judged over a period that starts when they start."""
    runs, standard = [kept(book) for book in books], kept(reference)
    analysis = analyse(runs, standard, period)
    tracks = _tracks(analysis, standard.accounts.nav.to_numpy(), period)
    plan = make_plan(tracks, resamples=resamples, seed=seed)
    drawn = bootstrap(tracks, plan, period.rule)
    judged = []
    for place, (card, placebo) in enumerate(zip(analysis.scorecards, analysis.placebos, strict=True)):
        payoff = _ends(interval(drawn.figures[:, place, PAYOFF_INDEX], drawn.used))
        growth = _ends(interval(drawn.figures[:, place, GROWTH], drawn.used))
        evidence = Evidence(
            len(period.windows.joint), int(card[ACTED]), card[PAYOFF_INDEX], payoff, placebo, card[LOSS]
        )
        alone = verdict(evidence._replace(placebo=None), sound=True)
        judged.append(Judged(card[PAYOFF_INDEX], payoff, growth, placebo, alone, verdict(evidence, sound=True)))
    return judged


def _ends(found: Ends | None) -> Ends:
    """The interval; a family from which some draws were left out would prove nothing."""
    if found is None:
        raise ValueError("a draw has no interval; change its family, so that none is left out")
    return found


def _tracks(analysis: Analysis, reference: Array, period: Period) -> TrackRecords:
    levels = np.vstack([*period.legs, reference, analysis.nav, analysis.mix_nav])
    moves = np.insert(levels[:, 1:] / levels[:, :-1] - 1, BILLS, period.market.bill_returns[1:], axis=0)
    return TrackRecords(np.ascontiguousarray(moves.T), period.market.days[1:].astype(np.float64), period.fitted_legs)
