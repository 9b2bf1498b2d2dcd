"""What a run's page would have said at each year-end of its period, and what followed.

1. `as_of_years` cuts the market after the last session of each calendar year but the period's last.
2. There the recipes are carried out, measured against their mixes and judged, as a run with `--end` there does it.
3. What followed is what the whole run found in the joint sell-offs that ended later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.analyse import Analysis, analyse
from backtester.analysis.period import Period, measure_period
from backtester.analysis.resample import FIRST_RESAMPLES, mean_payoffs, widened
from backtester.analysis.scorecard import PAYOFF_INDEX
from backtester.analysis.verdict import Verdict
from backtester.arrays import Integers, Interval
from backtester.contract.check import CheckResult
from backtester.engine.evaluate import Evaluation
from backtester.errors import BacktesterError
from backtester.histories.market import Market
from backtester.runs.evaluations import evaluations_of
from backtester.runs.intervals import judged, resampled_payoffs
from backtester.runs.measured import common_start, opening_of
from backtester.runs.settings import ReportProgress, RunSettings, no_report


@dataclass(frozen=True)
class Said:
    """The verdict on a strategy at a year-end, the mean payoff over its mix by then with its 90% interval, None where
    none was made; and `followed`, the mean payoff in the joint sell-offs of the whole run that ended later, over the
    mix of the whole run: NaN where there is none."""

    verdict: Verdict
    payoff_mean: float
    interval: Interval
    followed: float


@dataclass(frozen=True)
class YearEnd:
    """A year-end: its last session, the joint sell-offs found by then and how many of the whole run's ended later, and
    what was said of each strategy beside the reference, by name; without any there is a `reason`."""

    end: pd.Timestamp
    joint_sell_offs: int
    followed: int
    reason: str | None
    strategies: dict[str, Said]


@dataclass(frozen=True)
class Whole:
    """The whole run, of which year-ends are parts: what it evaluated and found, and how many strategies verdicts allow
    for, None for those that run."""

    market: Market
    evaluations: Sequence[Evaluation]
    checks: Sequence[CheckResult]
    analysis: Analysis
    period: Period
    tried: int | None


def as_of_years(settings: RunSettings, whole: Whole, report: ReportProgress) -> tuple[YearEnd, ...] | None:
    """A row a year-end; None unless the settings ask for them.

    Verdicts rest on at most 200 resamples. Whether a strategy looks ahead is what the whole run found; one that does,
    or was ruined by then, is void.
    """
    if not settings.as_of:
        return None
    settings = settings.model_copy(update={"resamples": min(settings.resamples, FIRST_RESAMPLES)})
    sessions = whole.period.sessions
    last = np.flatnonzero(np.diff(sessions.year.to_numpy()))
    found: list[YearEnd] = []
    for count, place in enumerate(last.tolist()):
        end = sessions[place]
        report(f"As of {end.date()}", count / len(last))
        ended = sessions[whole.period.windows.joint[:, 1]] > end
        later = whole.period.windows.joint[ended]
        market = whole.market.cut(int(whole.market.sessions.searchsorted(end, side="right")))
        try:
            joint, said = _said(settings, whole, market, later)
            found.append(YearEnd(end, joint, len(later), None, said))
        except BacktesterError as error:
            found.append(YearEnd(end, 0, len(later), str(error), {}))
    return tuple(found)


def _said(settings: RunSettings, whole: Whole, market: Market, later: Integers) -> tuple[int, dict[str, Said]]:
    """The number of joint sell-offs in the market, and what is said of each strategy after the reference."""
    runs, _ = evaluations_of(settings, [run.recipe for run in whole.evaluations], market, no_report)
    first = common_start(market, runs, opening_of(market, settings))
    period = measure_period(market.since(first), settings)
    analysis = analyse(runs, runs[0], period)
    payoffs, intervals = resampled_payoffs(settings, analysis, period)
    followed = mean_payoffs(whole.analysis.nav, whole.analysis.mix_nav, later)
    places = {run.recipe.name: place for place, run in enumerate(whole.evaluations)}
    said = {}
    for place, run in enumerate(runs[1:], start=1):
        at = places[run.recipe.name]
        found = judged(
            analysis,
            len(period.joint),
            place=place,
            wide=widened(payoffs[:, place], whole.tried or max(1, len(runs) - 1)),
            sound=whole.checks[at].causal is not False,  # a ruined book has no mix, and so is void
        )
        payoff = float(analysis.scorecards[place, PAYOFF_INDEX])
        said[run.recipe.name] = Said(found, payoff, intervals[place], float(followed[at]))
    return len(period.joint), said
