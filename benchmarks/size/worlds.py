"""Simulated histories whose volatility comes in clusters, and strategies that respond to it.

Returns are those of two GARCH(1, 1) processes, Bollerslev (1986), Journal of Econometrics 31, 307-327, with shocks of a
Student distribution of 5 degrees of freedom. Mean returns do not depend on volatility, and no sign on the past: who
moves out of stocks when they are volatile knows nothing of what they will do, but how much.
"""

import sys
from pathlib import Path

import numpy as np

from backtester.analysis.period import Period, measure_period
from backtester.arrays import Array
from backtester.engine.book import Book
from benchmarks.size.families import MONTH, YEAR, sixty_forty, stop, volatility_target

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from builders import made_market

SESSIONS = 4879  # as many as `us` has
FREEDOM = 5
BILLS = 0.02 / YEAR
CORRELATION = 0.2


def world(chance: np.random.Generator) -> Period:
    """Stocks of 18% volatility a year and 7% excess return, bonds of 7% and 2%, over as many sessions as `us` has."""
    shocks = chance.standard_t(FREEDOM, (2, SESSIONS)) * np.sqrt((FREEDOM - 2) / FREEDOM)
    shocks[1] = CORRELATION * shocks[0] + np.sqrt(1 - CORRELATION**2) * shocks[1]
    stocks = BILLS + 0.07 / YEAR + clustered(shocks[0], volatility=0.18, weight=0.10, memory=0.88)
    bonds = BILLS + 0.02 / YEAR + clustered(shocks[1], volatility=0.07, weight=0.05, memory=0.93)
    levels = {"stocks": np.cumprod(1 + stocks), "bonds": np.cumprod(1 + bonds)}
    return measure_period(made_market(levels, bills=np.full(SESSIONS, BILLS)))


def clustered(shocks: Array, *, volatility: float, weight: float, memory: float) -> Array:
    """Returns (T,) that are shocks (T,) times a deviation, whose square moves by the last return's with that weight."""
    usual = volatility**2 / YEAR
    variance, returns = usual, np.empty_like(shocks)
    for session, shock in enumerate(shocks):
        returns[session] = move = shock * variance**0.5
        variance = (1 - weight - memory) * usual + weight * move**2 + memory * variance
    return returns


def responding(period: Period) -> list[Book]:
    """Two volatility targets, by the last three months and by the last, and a stop."""
    market = period.market
    leverages = [volatility_target(market), volatility_target(market, target=0.10, window=MONTH), stop(market)]
    return [sixty_forty(market, leverage) for leverage in leverages]
