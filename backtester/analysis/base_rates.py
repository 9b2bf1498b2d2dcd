"""How often stocks and bonds fell together, beside how often that happens at any time and by chance.

1. `cushion` counts the sell-offs of stocks in which bonds fell too, by period of years (`PERIOD_STARTS`): did bonds
   cushion? Beside each count stands the base rate, the share of all windows of the same lengths in which bonds fell.
2. `rotated_windows` shifts all returns of bonds in time by the same number of sessions, with wrap-around, and finds the
   joint sell-offs of that. The returns of stocks and bonds, their volatility through time and the thresholds stay as
   they are; only which returns coincide changes.
3. `rotation_counts` counts those windows: in all, and by decade and by regime (the sign of the correlation of stocks
   and bonds when a window begins), since the whole record averages opposite regimes.
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

PERIOD_STARTS = (1998, 2020)  # years in which the second and the third period of `cushion` begin
ROTATIONS = 200  # numbers of sessions that returns of bonds are shifted by


@dataclass(frozen=True)
class StockFall:
    """A sell-off of stocks: the dates of its first and last close, and the returns of both legs in it."""

    start: pd.Timestamp
    end: pd.Timestamp
    stocks: float
    bonds: float


@dataclass(frozen=True)
class CushionCount:
    """The number of stock sell-offs that began in a period, and of those in which bonds fell too. The years are the
    first and the last of the period that were measured; `base_rate` is the share of all windows of the same lengths in
    the period in which bonds fell."""

    name: str
    first_year: int
    last_year: int
    both_fell: int
    stock_sell_offs: int
    base_rate: float


@dataclass(frozen=True)
class Cushion:
    """The stock sell-offs of a history between two dates, in order of time, and their counts by period; a period
    without a stock sell-off is left out."""

    history: str
    first: pd.Timestamp
    last: pd.Timestamp
    falls: tuple[StockFall, ...]
    periods: tuple[CushionCount, ...]


def cushion(period: Period) -> Cushion:
    """The stock sell-offs of the measured sessions, and in how many of them bonds fell too."""
    dates, bonds = period.sessions, period.legs.bonds
    windows = stock_sell_offs(period.legs, period.rule)
    moves = [returns_in_windows(level, windows) for level in (period.legs.stocks, bonds)]
    falls = tuple(
        StockFall(dates[start], dates[end], float(in_stocks), float(in_bonds))
        for (start, end), in_stocks, in_bonds in zip(windows.tolist(), *moves, strict=True)
    )
    years = dates.year.to_numpy()
    period_numbers, counts = np.searchsorted(PERIOD_STARTS, years, side="right"), []
    for number in np.unique(period_numbers).tolist():
        inside = period_numbers == number  # (T,)
        begins_inside = inside[windows[:, 0]]  # (W,)
        if begins_inside.any():
            both = int((moves[1][begins_inside] < -AT_PEAK).sum())
            first_year, last_year = int(years[inside].min()), int(years[inside].max())
            name = f"since {first_year}" if number == len(PERIOD_STARTS) else f"from {first_year} to {last_year}"
            rate = _base_rate(bonds, inside, windows[begins_inside])
            counts.append(
                CushionCount(
                    name=name,
                    first_year=first_year,
                    last_year=last_year,
                    both_fell=both,
                    stock_sell_offs=int(begins_inside.sum()),
                    base_rate=rate,
                )
            )
    history = period.market.history.name
    return Cushion(history=history, first=dates[0], last=dates[-1], falls=falls, periods=tuple(counts))


def _base_rate(bonds: Array, inside: "np.typing.NDArray[np.bool_]", windows: Integers) -> float:
    """The share of all windows that begin in sessions flagged `inside` (T,) in which bonds fell, as a mean over the
    lengths of the given windows (W, 2)."""
    lengths, counts = np.unique(windows[:, 1] - windows[:, 0], return_counts=True)
    least = bonds * (1 - AT_PEAK)
    shares = [(bonds[length:] < least[:-length])[inside[:-length]].mean() for length in lengths.tolist()]
    return float(np.average(shares, weights=counts))


@dataclass(frozen=True)
class RotationCount:
    """The number of joint sell-offs of one group, such as a decade, and the mean and the middle 90% (`low` to `high`)
    of their numbers in `rotations` rotations of bonds against stocks; NaN where the record is too short to rotate."""

    name: str
    count: int
    rotations: int
    mean: float
    low: float
    high: float


def rotated_windows(period: Period, *, seed: int) -> list[Integers]:
    """The joint sell-offs (W, 2) of each of `ROTATIONS` rotations of bonds against stocks, by random numbers of
    sessions: at least the length of a window, forwards and backwards. Empty where the record is too short."""
    (stocks, bonds, _), pair_settings, longest = period.legs, period.pair_settings, period.rule.max_sessions
    moves = bonds[1:] / bonds[:-1]
    if len(moves) <= 2 * longest:
        return []
    amounts = np.random.default_rng(seed).integers(longest, len(moves) - longest, ROTATIONS, endpoint=True)
    trades, weight = month_end_trades(period.month_ends.to_numpy()), pair_settings.stocks_weight
    in_stocks = weight * stocks / stocks[trades.sessions][trades.last]  # as a share of NAV at the last trade
    rotated = []
    for amount in amounts:
        rotated_bonds = np.concatenate([[1.0], np.cumprod(np.roll(moves, int(amount)))])
        in_bonds = (1 - weight) * rotated_bonds / rotated_bonds[trades.sessions][trades.last]
        nav = trades.nav(in_stocks + in_bonds)
        rotated.append(joint_sell_offs(Legs(stocks, rotated_bonds, nav), period.rule))
    return rotated


def rotation_counts(
    own: Integers, rotated: Sequence[Integers], labels: Sequence[tuple[str, Array]]
) -> list[RotationCount]:
    """The counts of the actual windows `own` and of the `rotated` ones by group.

    `labels` are the groups: a name, and an array (T,) that is 1 where a window that starts there belongs to it.
    """
    found = []
    for name, inside in labels:
        counts = np.array([inside[windows[:, 0]].sum() for windows in rotated])
        mean, low, high = (counts.mean(), *np.quantile(counts, [0.05, 0.95])) if len(counts) else [np.nan] * 3
        found.append(
            RotationCount(
                name=name,
                count=int(inside[own[:, 0]].sum()),
                rotations=len(counts),
                mean=float(mean),
                low=float(low),
                high=float(high),
            )
        )
    return found
