"""What a study's search flatters: its best job by Sharpe ratio, given all that was tried, by monthly returns."""

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
    walk_forward,
)
from backtester.arrays import Array
from backtester.histories.market import Market

FEWEST_MONTHS = 2 * SPLITS  # for the time to be cut into parts of two months or more
CHOICE_MONTHS = 36  # of past before the first choice, and what a rolling choice looks back on
STEP_MONTHS = 12  # between choices
A_YEAR = 12


@dataclass(frozen=True)
class Walked:
    """Choosing by Sharpe ratio on the past, every year: the Sharpe ratio a year of what came after, how many choices,
    and how many of them changed the job."""

    sharpe: float
    choices: int
    changes: int


@dataclass(frozen=True)
class Search:
    """What N jobs that have `months` in common amount to; Sharpe ratios are a year, of monthly log returns less bills.

    `best` is the name of the job with the highest, `sharpe` its own, `deflated` the probability that it beats the best
    of as many independent `trials` without skill. `left_out` are jobs without a return in every month.
    """

    jobs: int
    left_out: int
    months: int
    trials: float
    best: str
    sharpe: float
    deflated: float
    overfitting: Overfitting
    anchored: Walked
    rolling: Walked


def search_of(table: pa.Table, market: Market) -> Search | None:
    """What the search of these rows flatters; None with fewer than two jobs, or under 32 months in common."""
    there = table.filter(pc.is_null(table["error"]))
    months = [np.array(one, float) for one in there["months"].to_pylist()]
    shortest = min(map(len, months), default=0)
    returns = np.array([one[-shortest:] for one in months] if shortest else [])
    sound = np.isfinite(returns).all(axis=-1) if shortest else np.zeros(len(months), bool)
    if sound.sum() < 2 or shortest < FEWEST_MONTHS:
        return None
    excess = returns[sound] - _bills(market)[-shortest:]
    ratios = sharpe_ratios(excess)
    best, trials = int(np.where(np.isnan(ratios), -np.inf, ratios).argmax()), independent_trials(excess)
    return Search(
        jobs=int(sound.sum()),
        left_out=len(table) - int(sound.sum()),
        months=shortest,
        trials=trials,
        best=str(there["name"][int(np.flatnonzero(sound)[best])]),
        sharpe=float(ratios[best]) * A_YEAR**0.5,
        deflated=deflated_sharpe(excess, best, trials=trials),
        overfitting=backtest_overfitting(excess),
        anchored=_walked(excess, None),
        rolling=_walked(excess, CHOICE_MONTHS),
    )


def _bills(market: Market) -> Array:
    """The log returns of bills by calendar month."""
    grown = pd.Series(np.log1p(np.nan_to_num(market.bill_returns)), market.sessions)
    return np.asarray(grown.groupby(market.sessions.to_period("M")).sum(), np.float64)


def _walked(excess: Array, window: int | None) -> Walked:
    walk = walk_forward(excess, first=CHOICE_MONTHS, step=STEP_MONTHS, window=window)
    if not len(walk.returns):
        return Walked(float("nan"), 0, 0)
    sharpe = float(sharpe_ratios(walk.returns[None])[0]) * A_YEAR**0.5
    return Walked(sharpe, len(walk.chosen), int((np.diff(walk.chosen) != 0).sum()))
