"""How many joint sell-offs there would be, were bonds' moves those of another time: what the rule finds by chance.

Each rotation moves all returns of bonds by the same number of sessions, what falls off the end standing first again.
Stocks, bonds, their volatility through time and the thresholds stay as they are; only their meeting is another.
"""

from dataclasses import dataclass

import numpy as np

from backtester.analysis.lenses import Lenses
from backtester.analysis.pair import Pair, month_end_trades
from backtester.analysis.selloffs import MAX_SESSIONS
from backtester.analysis.selloffs_kernel import Legs, joint_windows
from backtester.arrays import Array, Flags

ROTATIONS = 200


@dataclass(frozen=True)
class Rotated:
    """The count of joint sell-offs over that many rotations: its mean and the range of its middle 90%."""

    rotations: int
    mean: float
    low: float
    high: float


def rotated_counts(pair: Pair, month_ends: Flags, lenses: Lenses, *, seed: int) -> Array:
    """The count (rotations,) of each, by amounts drawn from the seed, at least a window's length either way."""
    stocks, bonds = (np.ascontiguousarray(leg, dtype=np.float64) for leg in (pair.stocks, pair.bonds))
    moves = bonds[1:] / bonds[:-1]
    if len(moves) <= 2 * MAX_SESSIONS:
        return np.empty(0)
    amounts = np.random.default_rng(seed).integers(MAX_SESSIONS, len(moves) - MAX_SESSIONS, ROTATIONS, endpoint=True)
    trades, weight = month_end_trades(month_ends), lenses.stocks_weight
    in_stocks = weight * stocks / stocks[trades.sessions][trades.last]
    counts = []
    for amount in amounts:
        other = np.concatenate([[1.0], np.cumprod(np.roll(moves, int(amount)))])
        nav = trades.nav(in_stocks + (1 - weight) * other / other[trades.sessions][trades.last])
        counts.append(len(joint_windows(Legs(stocks, other, nav), lenses.thresholds)))
    return np.array(counts, dtype=np.float64)


def rotated(counts: Array) -> Rotated:
    """What the counts say, NaN where the window is too short to rotate."""
    if not len(counts):
        return Rotated(0, float("nan"), float("nan"), float("nan"))
    low, high = np.quantile(counts, [0.05, 0.95])
    return Rotated(len(counts), float(counts.mean()), float(low), float(high))
