"""How much of a study's best result is luck: by the Sharpe ratio of months, and by the figure that ranks the study.

A contest is the comparison by that figure, in resamples and year by year, of jobs: recipes with their settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from backtester.analysis.overfitting import (
    SPLITS,
    Overfitting,
    backtest_overfitting,
    deflated_sharpe,
    independent_trials,
    sharpe_ratios,
)
from backtester.arrays import Array, Integers
from backtester.batch.contest import Contest
from backtester.batch.contest_result import ContestResult
from backtester.batch.jobs import Job
from backtester.batch.judge_contest import hold_contest, judge_contest
from backtester.batch.ranking import row_title
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.workers import AnswerTasks
from backtester.histories.market import Market

FEWEST_MONTHS = 2 * SPLITS  # the months are split into `SPLITS` parts, of two months or more
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Search:
    """How much of the best result of a number of jobs, with `months` in common, is luck.

    Sharpe ratios are annualised, of monthly log returns less bills. `best` is the name of the job with the highest, and
    `sharpe` its ratio; `deflated` is the probability that it beats the best of as many independent `trials` without
    skill. `overfitting` says how often the best of one half of the months is below the median in the other. `left_out`
    counts the jobs without a return in every month. `contested` is the result of the contest by the figure that ranks
    the study, None if none was held.
    """

    jobs: int
    left_out: int
    months: int
    trials: float
    best: str
    sharpe: float
    deflated: float
    overfitting: Overfitting
    contested: ContestResult | None = None


@dataclass(frozen=True)
class ContestInputs:
    """What a contest needs beside the rows of a study: its jobs in the order of the rows, the column that ranks them,
    workers to run some of them again, and the number of threads of this process."""

    jobs: Sequence[Job]
    rank_by: str
    answers: AnswerTasks
    threads: int


def contest_of(table: pa.Table, market: Market, inputs: ContestInputs) -> Contest | None:
    """The contest of jobs that stand for all of these rows.

    None if `search_of` would return None, no job can be run again, or the study is ranked by a scenario's column, which
    cannot be computed for another stretch of time.
    """
    if inputs.rank_by not in ROW_FIGURES:
        return None
    rows, excess = _common_months(table, market)
    if len(rows) < 2 or excess.shape[1] < FEWEST_MONTHS:
        return None
    jobs = [inputs.jobs[row] for row in rows.tolist()]
    return hold_contest(
        jobs,
        table.take(pa.array(rows)),
        excess,
        rank_by=inputs.rank_by,
        market=market,
        answers=inputs.answers,
    )


def search_of(table: pa.Table, market: Market, contest: Contest | None = None, *, threads: int = 1) -> Search | None:
    """How much of the best result of these rows is luck; None with fewer than two jobs, or 32 months in common."""
    rows, excess = _common_months(table, market)
    if len(rows) < 2 or excess.shape[1] < FEWEST_MONTHS:
        return None
    ratios = sharpe_ratios(excess)
    best, trials = int(np.where(np.isnan(ratios), -np.inf, ratios).argmax()), independent_trials(excess)
    return Search(
        jobs=len(rows),
        left_out=len(table) - len(rows),
        months=excess.shape[1],
        trials=trials,
        best=row_title(table.slice(int(rows[best]), 1).drop_columns(["months"]).to_pylist()[0]),
        sharpe=float(ratios[best]) * MONTHS_A_YEAR**0.5,
        deflated=deflated_sharpe(excess, best, trials=trials),
        overfitting=backtest_overfitting(excess),
        contested=None if contest is None else judge_contest(contest, threads),
    )


def _common_months(table: pa.Table, market: Market) -> tuple[Integers, Array]:
    """The indices of the rows with a return in each month that all rows share, and these log returns less bills (N, M).

    All rows end in the same month, so the months that they share are the last ones of each.
    """
    done = np.flatnonzero(pc.is_null(table["error"]).to_numpy())
    months = [np.array(returns, float) for returns in table["months"].take(pa.array(done)).to_pylist()]
    shortest = min(map(len, months), default=0)
    shared = np.array([returns[len(returns) - shortest :] for returns in months]).reshape(len(months), shortest)
    is_complete, bills = np.isfinite(shared).all(axis=1), _bills(market)
    return done[is_complete], shared[is_complete] - bills[len(bills) - shortest :]


def _bills(market: Market) -> Array:
    """The log returns of bills by calendar month (M,)."""
    by_session = pd.Series(np.log1p(np.nan_to_num(market.bill_returns)), market.sessions)
    return np.asarray(by_session.groupby(market.sessions.to_period("M")).sum(), np.float64)
