"""Series straight out of the providers' files, by the house's own parser."""

import pandas as pd

import replications.sources
from backtester.histories.providers.parse import find_column, parse_table
from folders import shared_file

FOLDERS = {"GSPC.csv": "yahoo", "shiller_sp500.csv": "shiller"}


def raw(file: str, column: str) -> "pd.Series[float]":
    """A column of a provider's file by date, dates without a value left out; the test skips where there is no file."""
    return find_column(parse_table(shared_file(file).read_bytes(), file), column, file).dropna()


def sp500_total_return() -> "pd.Series[float]":
    """The S&P 500 with dividends from 1960 on, as the replications make it."""
    return replications.sources.sp500_total_return(lambda file, column: raw(f"{FOLDERS[file]}/{file}", column))


def monthly_returns(level: "pd.Series[float]") -> "pd.Series[float]":
    """Returns from month-end close to month-end close."""
    return level.resample("ME").last().pct_change(fill_method=None)
