"""Open, high, low, close and volume: whether they agree, and whether the last row is a quote of an unfinished day."""

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.histories.checks.adjusted import whole_cents
from backtester.histories.checks.finding import Finding, dated_finding, listed_dates
from backtester.histories.checks.subject import significant
from backtester.pages.format import numbered

OHLC = ("open", "high", "low", "close")
LOT = 100  # shares: providers round the volume of a finished day to whole lots
ROWS_BEFORE = 20  # rows with which the last one is compared


def check_bars(name: str, table: pd.DataFrame) -> list[Finding]:
    """Rows whose low is not the lowest or whose high is not the highest; the columns have lower-case names."""
    prices = {column: significant(table[column].to_numpy(dtype=float), 6) for column in OHLC}
    blank = (prices["open"] == 0) | (prices["high"] == 0) | (prices["low"] == 0)
    top = np.maximum(prices["open"], prices["close"])
    bottom = np.minimum(prices["open"], prices["close"])
    near = 2e-6 * np.abs(prices["close"]) + 1e-9
    wrong = ~blank & ((prices["low"] > bottom + near) | (prices["high"] < top - near))
    flat = (prices["high"] == prices["low"]) & ~blank
    return [
        *_rows("warning", name, table, wrong, "where open or close lies outside low and high"),
        *_rows("note", name, table, blank, "whose open, high or low is zero: only the close is known"),
        *(_rows("note", name, table, flat, "whose four prices are one") if flat.mean() > 0.01 else []),
    ]


def _rows(severity: str, name: str, table: pd.DataFrame, flags: Flags, what: str) -> list[Finding]:
    if not flags.any():
        return []
    dates = pd.DatetimeIndex(table.index[flags])
    text = f"{numbered(len(dates), 'row')} {what}: {listed_dates(dates)}"
    return [dated_finding("warning" if severity == "warning" else "note", "bars", name, dates, text)]


def unfinished_signs(table: pd.DataFrame) -> list[str]:
    """The signs, in words, that the last row was taken while the market was open; empty if there are none."""
    table = table[[column for column in (*OHLC, "volume") if column in table]].dropna()
    if len(table) <= ROWS_BEFORE:
        return []
    signs = []
    recent, last = table.iloc[-4:-1], table.iloc[-1]
    volume = table["volume"].to_numpy(dtype=float)[-1 - ROWS_BEFORE :] if "volume" in table else np.zeros(1)
    if (volume[:-1] > 0).all() and (volume[:-1] % LOT == 0).all() and volume[-1] % LOT:
        signs.append(f"its volume {volume[-1]:,.0f} is not in lots of {LOT} as all before")
    prices = [column for column in OHLC if column in table]
    odd = [column for column in prices if not whole_cents(significant(last[[column]].to_numpy(dtype=float)))[0]]
    if odd and all(whole_cents(significant(recent[column].to_numpy(dtype=float))).all() for column in prices):
        signs.append(f"its {' and '.join(odd)} {'are' if len(odd) > 1 else 'is'} not in whole cents as all before")
    return signs


def check_last_row(name: str, table: pd.DataFrame) -> list[Finding]:
    """A warning where the last row shows signs of an unfinished day."""
    signs = unfinished_signs(table)
    if not signs:
        return []
    text = f"it looks like a quote of an unfinished day: {'; '.join(signs)}; leave it out"
    return [dated_finding("warning", "last row", name, pd.DatetimeIndex(table[list(OHLC)].dropna().index[-1:]), text)]
