"""Checks of open, high, low, close and volume: rows that contradict themselves, and an unfinished last day."""

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.histories.checks.adjusted import whole_cents
from backtester.histories.checks.finding import Finding, Severity, dated_finding, listed_dates
from backtester.histories.checks.subject import significant
from backtester.pages.format import numbered

OHLC = ("open", "high", "low", "close")
LOT = 100  # shares: providers round the volume of a finished day to whole lots
ROWS_BEFORE = 20  # rows with which the last one is compared


def check_bars(name: str, table: pd.DataFrame) -> list[Finding]:
    """A warning of rows whose low is not the lowest or whose high is not the highest; notes on rows without a range.

    `table` has columns named in lower case, by date.
    """
    prices = {column: significant(table[column].to_numpy(dtype=float), 6) for column in OHLC}
    only_close = (prices["open"] == 0) | (prices["high"] == 0) | (prices["low"] == 0)
    upper = np.maximum(prices["open"], prices["close"])
    lower = np.minimum(prices["open"], prices["close"])
    rounding = 2e-6 * np.abs(prices["close"]) + 1e-9
    wrong = ~only_close & ((prices["low"] > lower + rounding) | (prices["high"] < upper - rounding))
    flat = (prices["high"] == prices["low"]) & ~only_close
    return [
        *_row_finding("warning", name, table, flags=wrong, what="where open or close lies outside low and high"),
        *_row_finding(
            "note", name, table, flags=only_close, what="whose open, high or low is zero: only the close is known"
        ),
        *(
            _row_finding("note", name, table, flags=flat, what="whose four prices are one")
            if flat.mean() > 0.01
            else []
        ),
    ]


def _row_finding(severity: Severity, name: str, table: pd.DataFrame, flags: Flags, what: str) -> list[Finding]:
    """One finding on the flagged rows, none if there are none; `what` describes them in words."""
    if not flags.any():
        return []
    dates = pd.DatetimeIndex(table.index[flags])
    text = f"{numbered(len(dates), 'row')} {what}: {listed_dates(dates)}"
    return [dated_finding(severity, "bars", name, dates, message=text)]


def unfinished_signs(table: pd.DataFrame) -> list[str]:
    """The signs, in words, that the last row was quoted while the market was open; empty if there are none.

    Its volume is not in whole lots, or its prices not in whole cents, as those of the rows before are. `table` has
    columns named in lower case, by date; without 20 earlier rows there are no signs.
    """
    table = table[[column for column in (*OHLC, "volume") if column in table]].dropna()
    if len(table) <= ROWS_BEFORE:
        return []
    signs = []
    recent, last = table.iloc[-4:-1], table.iloc[-1]
    volume = table["volume"].to_numpy(dtype=float)[-1 - ROWS_BEFORE :] if "volume" in table else np.zeros(1)
    if (volume[:-1] > 0).all() and (volume[:-1] % LOT == 0).all() and volume[-1] % LOT:
        signs.append(f"its volume {volume[-1]:,.0f} is not in lots of {LOT} as all before")
    prices = [column for column in OHLC if column in table]
    in_cents = {column: whole_cents(significant(recent[column].to_numpy(dtype=float))) for column in prices}
    odd = [column for column in prices if not whole_cents(significant(last[[column]].to_numpy(dtype=float)))[0]]
    if odd and all(flags.all() for flags in in_cents.values()):
        signs.append(f"its {' and '.join(odd)} {'are' if len(odd) > 1 else 'is'} not in whole cents as all before")
    return signs


def check_last_row(name: str, table: pd.DataFrame) -> list[Finding]:
    """A warning if the last row shows signs of an unfinished day: see `unfinished_signs`."""
    signs = unfinished_signs(table)
    if not signs:
        return []
    text = f"it looks like a quote of an unfinished day: {'; '.join(signs)}; leave it out"
    last = pd.DatetimeIndex(table[list(OHLC)].dropna().index[-1:])
    return [dated_finding("warning", "last row", name, last, message=text)]
