"""The verdicts that a run would have given at each year-end of its period, and the payoffs that followed.

1. `year_end_verdicts` cuts the market after the last session of each calendar year but the period's last.
2. On that market it carries out the recipes, measures them against their mixes and judges them, as a run with `--end`
   at that date would.
3. The payoffs that followed are those of the full run in the joint sell-offs that ended later.

A mix is the fixed shares of stocks, bonds and bills that moved as the strategy did; a payoff, the return beyond it in a
joint sell-off.
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
from backtester.runs.common_period import common_start, first_with_pair
from backtester.runs.evaluations import evaluations_of
from backtester.runs.intervals import resampled_payoffs
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.strategy_verdict import strategy_verdict


@dataclass(frozen=True)
class YearEndVerdict:
    """The verdict on a strategy at a year-end.

    `payoff_mean` is the mean payoff over its mix until then, `interval` its 90% interval, None if there is none.
    `followed` is the mean payoff in the joint sell-offs of the full run that ended later, over the mix of the full run;
    NaN if no joint sell-off ended later.
    """

    verdict: Verdict
    payoff_mean: float
    interval: Interval
    followed: float


@dataclass(frozen=True)
class YearEnd:
    """The verdicts at a year-end.

    `end` is the year's last session. `joint_sell_offs` counts those found until then, `followed` those of the full run
    that ended later. `strategies` has the verdicts by name, without the reference; if there are none, `reason` says
    why.
    """

    end: pd.Timestamp
    joint_sell_offs: int
    followed: int
    reason: str | None
    strategies: dict[str, YearEndVerdict]


@dataclass(frozen=True)
class FullRun:
    """The run over the full period: market, evaluations, checks for look-ahead, analysis and period.

    `tried` is the number of strategies that verdicts allow for, None for the number of those that run.
    """

    market: Market
    evaluations: Sequence[Evaluation]
    checks: Sequence[CheckResult]
    analysis: Analysis
    period: Period
    tried: int | None


def year_end_verdicts(settings: RunSettings, full: FullRun, report: ReportProgress) -> tuple[YearEnd, ...] | None:
    """The verdicts at each year-end; None unless the settings ask for them.

    They rest on at most 200 resamples. A strategy that looks ahead, as the full run found, or that was ruined before
    the year-end, is void.
    """
    if not settings.as_of:
        return None
    settings = settings.model_copy(update={"resamples": min(settings.resamples, FIRST_RESAMPLES)})
    sessions = full.period.sessions
    last_sessions = np.flatnonzero(np.diff(sessions.year.to_numpy()))  # those whose next session is in another year
    rows: list[YearEnd] = []
    for count, session in enumerate(last_sessions.tolist()):
        end = sessions[session]
        report(f"As of {end.date()}", count / len(last_sessions))
        ends_later = sessions[full.period.windows.joint[:, 1]] > end
        later = full.period.windows.joint[ends_later]
        market = full.market.cut(int(full.market.sessions.searchsorted(end, side="right")))
        try:
            joint, verdicts = _verdicts_at(settings, full, market, later)
            row = YearEnd(end, joint_sell_offs=joint, followed=len(later), reason=None, strategies=verdicts)
        except BacktesterError as error:
            row = YearEnd(end, joint_sell_offs=0, followed=len(later), reason=str(error), strategies={})
        rows.append(row)
    return tuple(rows)


def _verdicts_at(
    settings: RunSettings, full: FullRun, market: Market, later: Integers
) -> tuple[int, dict[str, YearEndVerdict]]:
    """The number of joint sell-offs in a market that ends at a year-end, and the verdicts by strategy.

    `later` are the joint sell-offs of the full run that ended later, as indices of sessions (windows x 2).
    """
    runs, _ = evaluations_of(settings, [run.recipe for run in full.evaluations], market, no_report)
    first = common_start(market, runs, first_with_pair(market, settings))
    period = measure_period(market.since(first), settings)
    analysis = analyse(runs, runs[0], period)
    payoffs, intervals = resampled_payoffs(settings, analysis, period)
    followed = mean_payoffs(full.analysis.nav, full.analysis.mix_nav, later)
    full_indices = {run.recipe.name: index for index, run in enumerate(full.evaluations)}
    verdicts = {}
    for index, run in enumerate(runs[1:], start=1):
        full_index = full_indices[run.recipe.name]
        verdict = strategy_verdict(
            analysis,
            len(period.joint),
            index=index,
            widened=widened(payoffs[:, index], full.tried or len(runs) - 1),
            sound=full.checks[full_index].causal is not False,  # a ruined book has no mix, and so is void
        )
        payoff = float(analysis.scorecards[index, PAYOFF_INDEX])
        verdicts[run.recipe.name] = YearEndVerdict(verdict, payoff, intervals[index], float(followed[full_index]))
    return len(period.joint), verdicts
