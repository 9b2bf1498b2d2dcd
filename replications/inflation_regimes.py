"""Stocks while inflation is high: Neville, Draaisma, Funnell, Harvey and van Hemert (2021), JPM 47(8)."""

import pandas as pd

from replications.figure import Figure, Replication
from replications.sources import Sources, annual_growth, by_month, monthly, nav

REGIMES = (  # first and last month of the eight in the United States
    ("1941-04", "1942-05"),
    ("1946-03", "1947-03"),
    ("1950-08", "1951-02"),
    ("1966-02", "1970-01"),
    ("1972-07", "1974-12"),
    ("1977-02", "1980-03"),
    ("1987-02", "1990-11"),
    ("2007-09", "2008-07"),
)
ABOUT = (
    "US stocks, held through the engine, over consumer prices (BLS, all items, not seasonally adjusted), in the eight "
    "months-long regimes in which the paper finds inflation rising above 5%, pooled: 207 months. The paper gives whole "
    "percent and uses the S&P 500 where we have the market of Kenneth French: a tolerance of one point."
)


def replicate(sources: Sources) -> Replication:
    """The real return a year of stocks in all regimes together."""
    value, prices = nav("hold", sources.us_long), by_month(sources.column("cpiai.csv", "Index"))
    real = (1 + monthly(value)) / (1 + prices.pct_change()) - 1
    months = pd.concat([real.loc[first:last] for first, last in REGIMES])
    figures = (
        Figure("months in the regimes", 207, len(months), 0),
        Figure("stocks, real", -7.0, annual_growth(months, years=len(months) / 12), 1.0, "% a year"),
    )
    chart = pd.DataFrame({"stocks": value, "prices": prices.to_timestamp("M").reindex(value.index, method="ffill")})
    return Replication("Stocks while inflation is high", ABOUT, figures, chart.dropna())
