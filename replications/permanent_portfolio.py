"""The permanent portfolio: equal parts of stocks, long bonds, gold and bills, brought back once a year."""

import pandas as pd

from backtester.analysis.measures import calendar_years
from replications.figure import Figure, Replication
from replications.sources import Sources, annual_growth, built_bond, made_market, nav

ABOUT = (
    "Stocks of Kenneth French, bills and gold are those of us_long; long bonds are built from the 30-year yield, and "
    "from the 20-year one to February 1977 and from 2002 to 2006, when no 30-year bond was sold. That yield jumps on "
    "1973-01-04, which costs the bond 8%: it is kept as it is. The engine brings all back at each year's end without "
    "cost. The published figures are of the S&P 500 and of bought bonds: a tolerance of 0.3 points a year, and of half "
    "a point in the worst year."
)
NO_BOND = ("2002-02-19", "2006-02-08")


def replicate(sources: Sources) -> Replication:
    """Growth from 1972 to 2014 and to 2025, and the worst year."""
    levels = sources.us_long.levels[["stocks", "gold", "bills"]]["1971-12-31":"2025-12-31"].ffill()
    levels = levels.assign(long_bonds=_long_bonds(sources).reindex(levels.index, method="ffill"))
    value = nav("permanent", made_market(levels), rebalance="year")
    years = 100 * pd.Series(calendar_years(value))
    years.index = years.index.astype(int)
    figures = (
        Figure("1972 to 2014", 9.22, annual_growth(years.loc[1972:2014] / 100, years=2014 - 1971), 0.3, "% a year"),
        Figure("1981, the worst year", -5.43, float(years[1981]), 0.5, "%"),
        Figure("1972 to 2025", 8.81, annual_growth(years.loc[1972:2025] / 100, years=2025 - 1971), 0.3, "% a year"),
    )
    return Replication("The permanent portfolio", ABOUT, figures, pd.DataFrame({"a quarter each": value}))


def _long_bonds(sources: Sources) -> "pd.Series[float]":
    thirty, twenty = sources.column("DGS30.csv", "value"), sources.column("DGS20.csv", "value")
    thirty = thirty[(thirty.index < NO_BOND[0]) | (thirty.index > NO_BOND[1])]
    longer = built_bond(thirty, years=30).pct_change()
    longer[longer.index.to_series().diff().dt.days > 10] = float("nan")  # the return over the gap is no bond's
    returns = longer.combine_first(built_bond(twenty, years=20).pct_change())
    return (1 + returns.fillna(0.0)).cumprod()
