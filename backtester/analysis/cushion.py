"""Did bonds cushion? In how many falls of stocks bonds fell too, by period, beside how often they fall at any time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.period import Period
from backtester.analysis.scorecard import window_returns
from backtester.analysis.selloffs import stock_selloffs
from backtester.arrays import Array, Integers

PERIODS = ((1, 1997), (1998, 2019), (2020, 9999))  # first and last years


@dataclass(frozen=True)
class StockFall:
    """A stock sell-off, by the dates of its first and last close, and what both legs returned in it."""

    start: pd.Timestamp
    end: pd.Timestamp
    stocks: float
    bonds: float


@dataclass(frozen=True)
class Count:
    """In how many of so many stock sell-offs that began in a period, by the years of it that were measured, bonds fell
    too; `base_rate` is the share of all windows of their lengths, in the period, in which bonds fell: what a fall of
    stocks has to differ from."""

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
    periods: tuple[Count, ...]


def cushion(period: Period) -> Cushion:
    """The stock sell-offs of the measured sessions."""
    dates, bonds = period.sessions, period.legs.bonds
    windows = stock_selloffs(period.legs, period.rule)
    moves = [window_returns(level, windows) for level in (period.legs.stocks, bonds)]
    falls = tuple(
        StockFall(dates[start], dates[end], float(in_stocks), float(in_bonds))
        for (start, end), in_stocks, in_bonds in zip(windows.tolist(), *moves, strict=True)
    )
    years = dates.year.to_numpy()
    counts = []
    for first, last in PERIODS:
        inside = (years >= first) & (years <= last)
        own = inside[windows[:, 0]]
        if own.any():
            both = int((moves[1][own] < 0).sum())
            first_year, last_year = int(years[inside].min()), int(years[inside].max())
            name = f"since {first_year}" if last == PERIODS[-1][1] else f"from {first_year} to {last_year}"
            rate = _base_rate(bonds, inside, windows[own])
            counts.append(Count(name, first_year, last_year, both, int(own.sum()), rate))
    return Cushion(period.market.history.name, dates[0], dates[-1], falls, tuple(counts))


def _base_rate(bonds: Array, inside: "np.typing.NDArray[np.bool_]", windows: Integers) -> float:
    """The share of windows that begin inside in which bonds fell, the mean over the lengths of those windows."""
    lengths, counts = np.unique(windows[:, 1] - windows[:, 0], return_counts=True)
    shares = [(bonds[length:] < bonds[:-length])[inside[:-length]].mean() for length in lengths.tolist()]
    return float(np.average(shares, weights=counts))
