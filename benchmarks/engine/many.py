"""Measures of many books: each book's net asset values are measured as they are made, and not kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.analysis.measures import MEASURE_NAMES, measure_books, measure_inputs
from backtester.analysis.windows import Window
from backtester.arrays import Array
from backtester.engine.kernel import Kept, Orders, Prices, TradingTerms
from backtester.engine.many import LEDGER_LINES, count_books, stream_many
from backtester.errors import DataError

ANNUAL = ("turnover_annual", *(f"{line}_annual" for line in LEDGER_LINES))


@dataclass(frozen=True)
class Measured:
    """By book: `values` (B, M), the measures `names` as `measures` and `account_measures` define them over all
    sessions, dates as session numbers; `windows` (B, W), the return in each window; `ruin` (B,), the session of ruin
    or -1."""

    names: tuple[str, ...]
    values: Array
    windows: Array
    ruin: "np.typing.NDArray[np.int64]"

    @property
    def table(self) -> pd.DataFrame:
        """The measures, a row a book."""
        return pd.DataFrame(self.values, columns=list(self.names))


def measure_many(
    books: tuple[Prices, Orders, TradingTerms],
    sessions: pd.DatetimeIndex,
    *,
    sessions_a_year: float = 252,
    reference: Array | None = None,
    windows: Sequence[Window] = (),
    threads: int | None = None,
) -> Measured:
    """The measures of every book, and its returns in some windows; at least three sessions are needed.

    `reference` (T,) is the net asset value that the measures against the reference are set against.
    Memory grows with what is returned, whatever the number of sessions.
    """
    prices, orders, terms = books
    if len(sessions) != len(prices.bills) or len(sessions) < 3:
        raise DataError(f"{len(sessions)} dates for {len(prices.bills)} sessions; one a session, and at least three")
    count = count_books(orders)
    bounds = np.array([(window.start, window.end) for window in windows], dtype=np.int64).reshape(-1, 2)
    values, returns = np.empty((count, len(MEASURE_NAMES) + len(ANNUAL))), np.full((count, len(bounds)), np.nan)
    ruin = np.empty(count, dtype=np.int64)
    ground = measure_inputs(sessions, prices.bills, sessions_a_year=sessions_a_year, reference=reference)

    def measure(first: int, kept: Kept) -> None:
        rows = slice(first, first + len(kept.nav))
        starts, ends = kept.nav[:, bounds[:, 0]], kept.nav[:, bounds[:, 1]]
        values[rows] = np.hstack([measure_books(kept.nav, ground), kept.totals / ground.years])
        returns[rows] = np.divide(ends, starts, out=returns[rows], where=starts > 0) - 1
        ruin[rows] = kept.ruin

    stream_many(prices, orders, terms, measure, keep=("nav", "totals"), threads=threads)
    return Measured((*MEASURE_NAMES, *ANNUAL), values, returns, ruin)
