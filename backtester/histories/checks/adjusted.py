"""The check of adjusted closes: rows that were appended to an older file, whose own rows lack the dividends since.

If the file also has unadjusted closes it is certain: the ratio of adjusted to unadjusted closes can only rise. If not,
decimals show it: closes since the last dividend are whole cents, closes before are not, so that whole cents in the
middle are the end of an older file. In a file that is rounded to cents throughout, a false step of the size of a
dividend cannot be distinguished from a move of the market, and is not reported.
"""

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.histories.checks.dates import rhythm_of_dates
from backtester.histories.checks.finding import Finding, dated_finding, listed_dates, span_finding
from backtester.histories.checks.subject import CheckedSeries, significant, tick_size, true_runs
from backtester.pages.format import numbered

FEWEST_WHOLE_CENTS = 8  # in a row between adjusted values; by chance about one value in fifty is whole cents
MAX_PRICE = 1000.0  # of larger prices a fiftieth or more look like whole cents by chance
MIN_RATIO_FALL = 2e-5  # of the ratio: larger than an effect of rounding to 32-bit floats
MIN_FALL_DOLLARS = 0.011  # divided by the price, a fall of the ratio larger than an effect of rounding to cents


def check_decimals(subject: CheckedSeries) -> list[Finding]:
    """A warning for each stretch of whole cents between adjusted values."""
    numbers = subject.rounded_values
    if subject.kind in ("yield", "rate", "return") or tick_size(numbers) or rhythm_of_dates(subject.dates) != "daily":
        return []
    cents = whole_cents(numbers)
    if cents.mean() > 0.5:
        return []
    dates = subject.dates
    findings = []
    for first, last in true_runs(cents):
        if last - first >= FEWEST_WHOLE_CENTS and last < len(cents) and first > 0:
            text = f"{last - first} values in whole cents between adjusted ones: an older file ended here, and what "
            text += "follows was appended; take the whole series anew"
            ends = dates[first], dates[last - 1]
            findings.append(span_finding("warning", "appended", subject.name, ends, message=text))
    return findings


def whole_cents(numbers: Array) -> Flags:
    """Flags of the prices that are whole cents to the precision of a 32-bit float; false for prices above 1,000."""
    flags: Flags = np.abs(numbers - np.round(numbers, 2)) < np.maximum(1e-7 * np.abs(numbers), 2e-6)
    return flags & (np.abs(numbers) < MAX_PRICE)


def check_ratio(name: str, table: pd.DataFrame) -> list[Finding]:
    """Findings on the ratio of adjusted to unadjusted close, which should never fall, and should end at 1.

    `table` has the columns `close` and `adj close` of a file, by date; `name` is that of the file.
    """
    closes = table.dropna()
    closes = closes[(closes > 0).all(axis=1)]
    unadjusted = closes["close"].to_numpy(dtype=float)
    ratio = significant(closes["adj close"].to_numpy(dtype=float)) / significant(unadjusted)
    findings = []
    changes = np.diff(ratio) / ratio[:-1]
    falls = np.flatnonzero(changes < -np.maximum(MIN_RATIO_FALL, MIN_FALL_DOLLARS / unadjusted[1:]))
    if len(falls):
        dates = pd.DatetimeIndex(closes.index[falls + 1])
        text = (
            f"adjusted over unadjusted close falls on {numbered(len(dates), 'date')}, by {-changes[falls].min():.2%} "
            f"at most: rows of a later adjustment were appended; take the whole series anew: {listed_dates(dates)}"
        )
        findings.append(dated_finding("warning", "appended", name, dates, message=text))
    if len(ratio) and abs(ratio[-1] - 1) > 1e-3:
        last = pd.DatetimeIndex(closes.index[-1:])
        text = f"adjusted over unadjusted close ends at {ratio[-1]:.4f}, not 1: the file was cut, or is a mixture"
        findings.append(dated_finding("note", "appended", name, last, message=text))
    return findings
