"""Series straight out of the providers' files, by the house's own parser."""

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.histories.derived import growth, par_bond_returns
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.sessions import days_between
from folders import shared_file


def raw(file: str, column: str) -> "pd.Series[float]":
    """A column of a provider's file by date, dates without a value left out; the test skips where there is no file."""
    return find_column(parse_table(shared_file(file).read_bytes(), file), column, file).dropna()


def built_bond(yields: "pd.Series[float]", *, years: float) -> "pd.Series[float]":
    """The level of a par bond of that maturity, built from yields in percent."""
    dates = pd.DatetimeIndex(yields.index)
    returns = par_bond_returns(yields.to_numpy() / 100, days_between(dates), maturity_years=years)
    return pd.Series(growth(returns, np.ones(len(dates), dtype=bool)), dates)


def sp500_total_return() -> "pd.Series[float]":
    """The S&P 500 with dividends from 1960 on: its closes, and Shiller's yearly dividend accrued by calendar days.

    Each close's dividend rate lies on the straight line between Shiller's months; a session earns days / 365 of it.
    """
    price = raw("yahoo/GSPC.csv", "Close")["1959-12-31":]
    dividends = raw("shiller/shiller_sp500.csv", "Dividend")
    dividends = dividends[dividends > 0]  # zeros stand for months that are not known yet
    price = price[price.index <= dividends.index[-1]]
    rate = np.interp(_days(price), _days(dividends), dividends.to_numpy())
    paid = rate * days_between(pd.DatetimeIndex(price.index)) / 365
    returns = (price.to_numpy()[1:] + paid[1:]) / price.to_numpy()[:-1]
    return pd.Series(np.cumprod(np.append(1.0, returns)), price.index)


def monthly_returns(level: "pd.Series[float]") -> "pd.Series[float]":
    """Returns from month-end close to month-end close."""
    return level.resample("ME").last().pct_change(fill_method=None)


def _days(series: "pd.Series[float]") -> Array:
    return (series.index - pd.Timestamp(1900, 1, 1)) / pd.Timedelta(days=1)
