"""The providers' files, the long history built of them, and levels that it does not have."""

import math
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.engine.costs import NO_COSTS
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.histories.blueprints.build import build_history, file_reader
from backtester.histories.derived import level_from_returns, par_bond_returns
from backtester.histories.frames import market
from backtester.histories.market import Market
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.sessions import days_between
from backtester.plugins.loader import load_library
from backtester.plugins.recipes import parse_recipe

PLUGINS = Path(__file__).parent / "plugins"
Column = Callable[[str, str], "pd.Series[float]"]


@dataclass(frozen=True)
class Sources:
    """`us_long`, and a reader of a column of a provider's file by date, without what is missing."""

    us_long: Market
    column: Column


def read_sources(folders: list[Path]) -> Sources:
    """The sources in the providers' folders; raise DataError if a file is not there."""
    read = file_reader(*folders)
    with tempfile.TemporaryDirectory() as place:
        market = build_history("us_long", Path(place), read).market
    return Sources(market, lambda file, column: find_column(parse_table(read(file), file), column, file).dropna())


def made_market(levels: pd.DataFrame) -> Market:
    """The market of levels by role. What looks odd in them is real here: 1987, and gold's fixing on holidays."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return market(levels)


def nav(recipe: str, market: Market, *, rebalance: str = "month") -> "pd.Series[float]":
    """The net asset value of a recipe, plugins of `replications/plugins` among them, as papers keep their books: traded
    without cost at the closes that decide."""
    library = load_library((PLUGINS,), installed=False)
    execution = Execution(lag=0, rebalance=rebalance, band=np.inf, costs=NO_COSTS)
    return evaluate(parse_recipe(recipe, library), market, execution).accounts.nav


def monthly(levels: "pd.Series[float]") -> "pd.Series[float]":
    """Returns from month-end to month-end, by month."""
    return by_month(levels.resample("ME").last().pct_change(fill_method=None))


def by_month(series: "pd.Series[float]") -> "pd.Series[float]":
    """A series of one value a month, with the months for its dates."""
    return pd.Series(series.to_numpy(), pd.DatetimeIndex(series.index).to_period("M"))


def annual_growth(returns: "pd.Series[float]", *, years: float) -> float:
    """The growth a year, in percent, of returns that follow each other over so many years."""
    growth = float(np.prod(1 + np.asarray(returns, np.float64)))
    return 100 * math.expm1(math.log(growth) / years)


def built_bond(yields: "pd.Series[float]", *, years: float) -> "pd.Series[float]":
    """The level of a par bond of that maturity, built from yields in percent."""
    dates = pd.DatetimeIndex(yields.index)
    returns = par_bond_returns(yields.to_numpy() / 100, days_between(dates), maturity_years=years)
    return pd.Series(level_from_returns(returns, np.ones(len(dates), dtype=bool)), dates)


def sp500_total_return(column: Column) -> "pd.Series[float]":
    """The S&P 500 with dividends from 1960 on: its closes, and Shiller's yearly dividend accrued by calendar days.

    Each close's dividend rate lies on the straight line between Shiller's months; a session earns days / 365 of it.
    """
    price = column("GSPC.csv", "Close")["1959-12-31":]
    dividends = column("shiller_sp500.csv", "Dividend")
    dividends = dividends[dividends > 0]  # zeros stand for months that are not known yet
    price = price[price.index <= dividends.index[-1]]
    rate = np.interp(_days(price), _days(dividends), dividends.to_numpy())
    paid = rate * days_between(pd.DatetimeIndex(price.index)) / 365
    returns = (price.to_numpy()[1:] + paid[1:]) / price.to_numpy()[:-1]
    return pd.Series(np.cumprod(np.append(1.0, returns)), price.index)


def _days(series: "pd.Series[float]") -> Array:
    """Days since 1900 of each date."""
    since = pd.DatetimeIndex(series.index) - pd.Timestamp(1900, 1, 1)
    return (since / pd.Timedelta(days=1)).to_numpy(np.float64)
