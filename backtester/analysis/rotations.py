"""How many joint sell-offs there would be, were bonds' moves those of another time: what the rule finds by chance.

Each rotation moves all returns of bonds by the same number of sessions, what falls off the end standing first again.
Stocks, bonds, their volatility through time and the thresholds stay as they are; only their meeting is another. The
whole window averages opposite regimes, so counts are by decade and by regime too, each of the sessions as they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backtester.analysis.pair import month_end_trades
from backtester.analysis.period import Period
from backtester.analysis.selloffs import Legs, joint_selloffs
from backtester.arrays import Array, Integers

ROTATIONS = 200


@dataclass(frozen=True)
class Chance:
    """The joint sell-offs of one name: how many there were, and the mean and the range of the middle 90% of the counts
    over that many rotations; NaN where the window is too short to rotate."""

    name: str
    count: int
    rotations: int
    mean: float
    low: float
    high: float


def rotated_windows(period: Period, *, seed: int) -> list[Integers]:
    """The joint sell-offs of each rotation, (W, 2) each, by amounts drawn from the seed, at least a window's length
    either way; none where the window is too short."""
    (stocks, bonds, _), lenses, longest = period.legs, period.lenses, period.rule.max_sessions
    moves = bonds[1:] / bonds[:-1]
    if len(moves) <= 2 * longest:
        return []
    amounts = np.random.default_rng(seed).integers(longest, len(moves) - longest, ROTATIONS, endpoint=True)
    trades, weight = month_end_trades(period.month_ends.to_numpy()), lenses.stocks_weight
    in_stocks = weight * stocks / stocks[trades.sessions][trades.last]
    found = []
    for amount in amounts:
        other = np.concatenate([[1.0], np.cumprod(np.roll(moves, int(amount)))])
        nav = trades.nav(in_stocks + (1 - weight) * other / other[trades.sessions][trades.last])
        found.append(joint_selloffs(Legs(stocks, other, nav), period.rule))
    return found


def chances(own: Integers, rotated: Sequence[Integers], labels: Sequence[tuple[str, Array]]) -> list[Chance]:
    """The counts by name; `labels` are names and weights (T,), 1 where a window that starts there has the name."""
    told = []
    for name, inside in labels:
        counts = np.array([inside[windows[:, 0]].sum() for windows in rotated])
        low, high = np.quantile(counts, [0.05, 0.95]) if len(counts) else (np.nan, np.nan)
        mean = float(counts.mean()) if len(counts) else float("nan")
        told.append(Chance(name, int(inside[own[:, 0]].sum()), len(counts), mean, float(low), float(high)))
    return told
