"""How often stocks and bonds fell together, beside how often that happens at any time and by chance.

1. `cushion` counts the sell-offs of stocks in which bonds fell too, by period: did bonds cushion? Beside each count
   stands the base rate, the share of all windows of the same lengths in which bonds fell.
2. `rotated_windows` shifts all returns of bonds in time by the same number of sessions, with wrap-around, and finds the
   joint sell-offs of that. The returns of stocks and bonds, their volatility through time and the thresholds stay as
   they are; only which returns coincide changes.
3. `rotation_counts` counts those windows: in all, and by decade and by regime, since the whole window averages opposite
   regimes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.analysis.pair import month_end_trades
from backtester.analysis.period import Period
from backtester.analysis.scorecard import returns_in_windows
from backtester.analysis.sell_offs import joint_sell_offs, stock_sell_offs
from backtester.analysis.sell_offs_kernel import Legs
from backtester.arrays import Array, Integers

PERIOD_STARTS = (1998, 2020)  # years in which another period began
ROTATIONS = 200


@dataclass(frozen=True)
class StockFall:
    """A stock sell-off, by the dates of its first and last close, and what both legs returned in it."""

    start: pd.Timestamp
    end: pd.Timestamp
    stocks: float
    bonds: float


@dataclass(frozen=True)
class CushionCount:
    """In how many of so many stock sell-offs that began in a period, by the years of it that were measured, bonds fell
    too; `base_rate` is the share of all windows of their lengths, in the period, in which bonds fell."""

    name: str
    first_year: int
    last_year: int
    both_fell: int
    stock_sell_offs: int
    base_rate: float


@dataclass(frozen=True)
class Cushion:
    """The stock sell-offs of a history in order of time, and the counts by period; periods without any are left out."""

    history: str
    first: pd.Timestamp
    last: pd.Timestamp
    falls: tuple[StockFall, ...]
    periods: tuple[CushionCount, ...]


def cushion(period: Period) -> Cushion:
    """The stock sell-offs of the measured sessions."""
    dates, bonds = period.sessions, period.legs.bonds
    windows = stock_sell_offs(period.legs, period.rule)
    moves = [returns_in_windows(level, windows) for level in (period.legs.stocks, bonds)]
    falls = tuple(
        StockFall(dates[start], dates[end], float(in_stocks), float(in_bonds))
        for (start, end), in_stocks, in_bonds in zip(windows.tolist(), *moves, strict=True)
    )
    years = dates.year.to_numpy()
    turned, counts = np.searchsorted(PERIOD_STARTS, years, side="right"), []
    for turns in np.unique(turned).tolist():
        inside = turned == turns
        own = inside[windows[:, 0]]
        if own.any():
            both = int((moves[1][own] < -AT_PEAK).sum())
            first_year, last_year = int(years[inside].min()), int(years[inside].max())
            name = f"since {first_year}" if turns == len(PERIOD_STARTS) else f"from {first_year} to {last_year}"
            rate = _base_rate(bonds, inside, windows[own])
            counts.append(CushionCount(name, first_year, last_year, both, int(own.sum()), rate))
    return Cushion(period.market.history.name, dates[0], dates[-1], falls, tuple(counts))


def _base_rate(bonds: Array, inside: "np.typing.NDArray[np.bool_]", windows: Integers) -> float:
    """The share of windows that begin inside in which bonds fell, the mean over the lengths of those windows."""
    lengths, counts = np.unique(windows[:, 1] - windows[:, 0], return_counts=True)
    least = bonds * (1 - AT_PEAK)
    shares = [(bonds[length:] < least[:-length])[inside[:-length]].mean() for length in lengths.tolist()]
    return float(np.average(shares, weights=counts))


@dataclass(frozen=True)
class RotationCount:
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
    (stocks, bonds, _), pair_settings, longest = period.legs, period.pair_settings, period.rule.max_sessions
    moves = bonds[1:] / bonds[:-1]
    if len(moves) <= 2 * longest:
        return []
    amounts = np.random.default_rng(seed).integers(longest, len(moves) - longest, ROTATIONS, endpoint=True)
    trades, weight = month_end_trades(period.month_ends.to_numpy()), pair_settings.stocks_weight
    in_stocks = weight * stocks / stocks[trades.sessions][trades.last]
    found = []
    for amount in amounts:
        other = np.concatenate([[1.0], np.cumprod(np.roll(moves, int(amount)))])
        nav = trades.nav(in_stocks + (1 - weight) * other / other[trades.sessions][trades.last])
        found.append(joint_sell_offs(Legs(stocks, other, nav), period.rule))
    return found


def rotation_counts(
    own: Integers, rotated: Sequence[Integers], labels: Sequence[tuple[str, Array]]
) -> list[RotationCount]:
    """The counts by name; `labels` are names and weights (T,), 1 where a window that starts there has the name."""
    found = []
    for name, inside in labels:
        counts = np.array([inside[windows[:, 0]].sum() for windows in rotated])
        mean, low, high = (counts.mean(), *np.quantile(counts, [0.05, 0.95])) if len(counts) else [np.nan] * 3
        found.append(
            RotationCount(name, int(inside[own[:, 0]].sum()), len(counts), float(mean), float(low), float(high))
        )
    return found
