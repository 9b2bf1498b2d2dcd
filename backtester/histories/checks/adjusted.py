"""Adjusted closes to which later rows were appended: the old rows lack the dividends paid since.

With an unadjusted close beside it the sign is certain: the ratio of adjusted to unadjusted can only rise. Without one,
decimals are a sign: rows since the last dividend are whole cents, rows before are not, so whole cents in the middle are
the end of an older file. In a file that is rounded to cents throughout, a false step the size of a dividend cannot be
distinguished from a move of the market, and is not reported.
"""

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, dated_finding, listed_dates, span_finding
from backtester.histories.checks.subject import CheckedSeries, significant, tick_size, true_runs
from backtester.pages.format import numbered

ISLAND = 8  # whole cents in a row between adjusted values; by chance about one value in fifty is whole cents
MAX_PRICE = 1000.0  # of larger prices a fiftieth or more look like whole cents by chance
RATIO_FALL = 2e-5  # of the ratio: more than rounding to 32-bit floats and half a cent leaves


def check_decimals(subject: CheckedSeries) -> list[Finding]:
    """A warning for each stretch of whole cents between adjusted values."""
    numbers = subject.rounded_values
    if subject.kind in ("yield", "rate", "return") or tick_size(numbers) or rhythm_of_dates(subject.dates) != "daily":
        return []
    cents = whole_cents(numbers)
    if cents.mean() > 0.5:
        return []
    dates = subject.dates
    return [
        span_finding(
            "warning",
            "appended",
            subject.name,
            (dates[first], dates[last - 1]),
            f"{last - first} values in whole cents between adjusted ones: an older file ended here, and what follows "
            "was appended; take the whole series anew",
        )
        for first, last in true_runs(cents)
        if last - first >= ISLAND and last < len(cents) and first > 0
    ]


def whole_cents(numbers: Array) -> Flags:
    """Flags of the prices that are whole cents to the precision of a 32-bit float; false for prices above 1,000."""
    near: Flags = np.abs(numbers - np.round(numbers, 2)) < np.maximum(1e-7 * np.abs(numbers), 2e-6)
    return near & (np.abs(numbers) < MAX_PRICE)


def check_ratio(name: str, table: pd.DataFrame) -> list[Finding]:
    """Findings on the ratio of adjusted to unadjusted close: it never falls, and ends at 1. `table` has both, by
    date."""
    both = table.dropna()
    both = both[(both > 0).all(axis=1)]
    ratio = significant(both["adj close"].to_numpy(dtype=float)) / significant(both["close"].to_numpy(dtype=float))
    findings = []
    falls = np.diff(ratio) / ratio[:-1]
    wrong = np.flatnonzero(falls < -np.maximum(RATIO_FALL, 0.011 / both["close"].to_numpy(dtype=float)[1:]))
    if len(wrong):
        dates = pd.DatetimeIndex(both.index[wrong + 1])
        text = (
            f"adjusted over unadjusted close falls on {numbered(len(dates), 'date')}, by {-falls[wrong].min():.2%} "
            f"at most: rows of a later adjustment were appended; take the whole series anew: {listed_dates(dates)}"
        )
        findings.append(dated_finding("warning", "appended", name, dates, text))
    if len(ratio) and abs(ratio[-1] - 1) > 1e-3:
        last = pd.DatetimeIndex(both.index[-1:])
        text = f"adjusted over unadjusted close ends at {ratio[-1]:.4f}, not 1: the file was cut, or is a mixture"
        findings.append(dated_finding("note", "appended", name, last, text))
    return findings
