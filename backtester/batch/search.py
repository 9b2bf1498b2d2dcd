"""How much of a study's best result is luck: its best job by Sharpe ratio of months, given all that was tried; and its
best by its own figure, given that it was chosen."""

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
from backtester.batch.contested import Contested, contested, hold_contest
from backtester.batch.jobs import Job
from backtester.batch.ranking import row_title
from backtester.batch.rows import ROW_FIGURES
from backtester.batch.workers import AnswerTasks
from backtester.histories.market import Market

FEWEST_MONTHS = 2 * SPLITS  # for the time to be cut into parts of two months or more
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Search:
    """How much of the best of N jobs, with `months` in common, is luck; Sharpe ratios are a year, of monthly log
    returns less bills.

    `best` is the name of the job with the highest, `sharpe` its own, `deflated` the probability that it beats the best
    of as many independent `trials` without skill. `left_out` are jobs without a return in every month. `contested` is
    what the study's own figure amounts to, None where no contest was held.
    """

    jobs: int
    left_out: int
    months: int
    trials: float
    best: str
    sharpe: float
    deflated: float
    overfitting: Overfitting
    contested: Contested | None = None


@dataclass(frozen=True)
class Entrants:
    """The entrants that the study's own figure is judged on: its jobs, in the order of the rows, its column, workers,
    and how many threads of this process."""

    jobs: Sequence[Job]
    rank_by: str
    answers: AnswerTasks
    threads: int


def contest_of(table: pa.Table, market: Market, entrants: Entrants) -> Contest | None:
    """The contest of jobs that stand for all of these rows; None where `search_of` finds nothing, no job can be
    carried out again, or the column is a scenario's, which is no figure of any other stretch of time."""
    if entrants.rank_by not in ROW_FIGURES:
        return None
    places, excess = _common_months(table, market)
    if len(places) < 2 or excess.shape[1] < FEWEST_MONTHS:
        return None
    jobs = [entrants.jobs[place] for place in places.tolist()]
    return hold_contest(jobs, table.take(pa.array(places)), excess, entrants.rank_by, market, entrants.answers)


def search_of(table: pa.Table, market: Market, contest: Contest | None = None, *, threads: int = 1) -> Search | None:
    """How much of the best of these rows is luck; None with fewer than two jobs, or under 32 months in common."""
    places, excess = _common_months(table, market)
    if len(places) < 2 or excess.shape[1] < FEWEST_MONTHS:
        return None
    ratios = sharpe_ratios(excess)
    best, trials = int(np.where(np.isnan(ratios), -np.inf, ratios).argmax()), independent_trials(excess)
    return Search(
        jobs=len(places),
        left_out=len(table) - len(places),
        months=excess.shape[1],
        trials=trials,
        best=row_title(table.slice(int(places[best]), 1).drop_columns(["months"]).to_pylist()[0]),
        sharpe=float(ratios[best]) * MONTHS_A_YEAR**0.5,
        deflated=deflated_sharpe(excess, best, trials=trials),
        overfitting=backtest_overfitting(excess),
        contested=None if contest is None else contested(contest, threads),
    )


def _common_months(table: pa.Table, market: Market) -> tuple[Integers, Array]:
    """The rows that have a return in each of the months that all share, and those returns less bills (N, M)."""
    came = np.flatnonzero(pc.is_null(table["error"]).to_numpy())
    months = [np.array(one, float) for one in table["months"].take(pa.array(came)).to_pylist()]
    shortest = min(map(len, months), default=0)
    returns = np.array([one[len(one) - shortest :] for one in months]).reshape(len(months), shortest)
    sound, bills = np.isfinite(returns).all(axis=1), _bills(market)
    return came[sound], returns[sound] - bills[len(bills) - shortest :]


def _bills(market: Market) -> Array:
    """The log returns of bills by calendar month."""
    grown = pd.Series(np.log1p(np.nan_to_num(market.bill_returns)), market.sessions)
    return np.asarray(grown.groupby(market.sessions.to_period("M")).sum(), np.float64)
