"""Falls of the S&P 500 over 15%, and Treasuries in them: Harvey et al. (2019), JPM 45(5)."""

import numpy as np
import pandas as pd

from backtester.analysis.windows import drawdowns
from replications.figure import Figure, Replication
from replications.sources import Sources, made_market, nav, sp500_total_return

PUBLISHED = (  # peak, trough, return in percent, and the sign of ten-year Treasuries in excess of bills
    ("1987-08-25", "1987-10-19", -32.9, -1),
    ("1990-07-16", "1990-10-11", -19.2, -1),
    ("1998-07-17", "1998-08-31", -19.2, 1),
    ("2000-09-01", "2002-10-09", -47.4, 1),
    ("2007-10-09", "2009-03-09", -55.2, 1),
    ("2010-04-23", "2010-07-02", -15.6, 1),
    ("2011-04-29", "2011-10-03", -18.6, 1),
    ("2018-09-20", "2018-12-24", -19.4, 1),
)
POINTS = 0.4
ABOUT = (
    "A fall counts from the highest close since the last fall's trough. Their index is S&P's own total return; ours is "
    "the price with Shiller's dividends accrued by the day, which puts a quarter's dividends some weeks off: a "
    "tolerance of 0.4 points. Ten-year Treasuries, held through the engine, are compared by sign."
)


def replicate(sources: Sources) -> Replication:
    """The eight falls, on their dates, and the sign of bonds less bills in each."""
    stocks = sp500_total_return(sources.column)["1984-12-31":"2018-12-31"]
    others = sources.us_long.levels[["bonds", "bills"]].reindex(stocks.index).ffill()
    both = made_market(others.assign(stocks=stocks))
    held, bonds, bills = nav("hold", both), nav("hold(asset='bonds')", both), both.levels["bills"]
    found = _falls(held)
    figures = [Figure("falls", len(PUBLISHED), len(found), 0)]
    for (peak, trough, depth, sign), (own_peak, own_trough, own) in zip(PUBLISHED, found, strict=False):
        days = abs((pd.Timestamp(peak) - own_peak).days) + abs((pd.Timestamp(trough) - own_trough).days)
        beyond = bonds[trough] / bonds[peak] - bills[trough] / bills[peak]
        figures += [
            Figure(f"{peak} to {trough}", depth, 100 * own, POINTS, "%"),
            Figure("days that its dates are off", 0, days, 0),
            Figure("sign of bonds less bills in it", sign, 1.0 if beyond > 0 else -1.0, 0),
        ]
    return Replication(
        "Falls of stocks, and Treasuries in them", ABOUT, tuple(figures), pd.DataFrame({"S&P 500": held})
    )


def _falls(level: "pd.Series[float]") -> list[tuple[pd.Timestamp, pd.Timestamp, float]]:
    """Peak, trough and return of each fall, counted from the highest close since the last fall's trough."""
    found, start = [], 0
    while first := next(iter(drawdowns(np.asarray(level, np.float64)[start:], at_least=0.15)), None):
        peak, trough = start + first.peak, start + first.trough
        found.append((level.index[peak], level.index[trough], first.depth))
        start = trough
    return found
