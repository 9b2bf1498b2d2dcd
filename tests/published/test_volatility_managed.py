"""The volatility-managed market: Moreira and Muir (2017), Journal of Finance 72, Table I, 1926-08 to 2015-04.

Each published figure is met to within one unit of its last decimal: they are rounded to it, and French's file has been
revised since (REFERENCES found 4.87 for 4.86, and 4.78, 3.99 and 3.64 after costs for 4.77, 3.98 and 3.63).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from backtester.arrays import Array
from backtester.histories.market import Market
from raw import monthly_returns

FIRST, LAST = "1926-08", "2015-04"
UNIT = 0.01


@dataclass(frozen=True)
class Managed:
    """By month: the market in excess of bills, the weight in it, and the managed excess return."""

    market: "pd.Series[float]"
    weight: "pd.Series[float]"
    managed: "pd.Series[float]"

    def after_costs(self, bps: float) -> "pd.Series[float]":
        """The managed return less basis points of the weight traded; the first month's purchase is free."""
        return self.managed - bps * 1e-4 * self.weight.diff().abs().fillna(0.0)


def regression(y: "pd.Series[float]", x: "pd.Series[float]") -> tuple[float, float, float, float]:
    """Alpha and its standard error (robust to heteroskedasticity) in percent a year, beta, and R squared."""
    design = np.column_stack([np.ones(len(x)), x])
    solved: Array = np.linalg.solve(design.T @ design, design.T @ y.to_numpy())
    left = y.to_numpy() - design @ solved
    inverse = np.linalg.inv(design.T @ design)
    covariance = inverse @ (design.T * left**2) @ design @ inverse * len(x) / (len(x) - 2)
    fit = 1 - float(left @ left) / float(((y - y.mean()) ** 2).sum())
    return 1200 * float(solved[0]), 1200 * float(np.sqrt(covariance[0, 0])), float(solved[1]), fit


@pytest.fixture(scope="module")
def managed(us_long: Market) -> Managed:
    """Last month's realised variance, about the mean and scaled to 22 days, sets this month's weight."""
    returns = us_long.levels[["stocks", "bills"]].pct_change(fill_method=None)
    daily = (returns["stocks"] - returns["bills"]).dropna()
    by_month = daily.groupby(pd.DatetimeIndex(daily.index).to_period("M"))
    variance = 22 * by_month.var(ddof=0)
    stocks, bills = (monthly_returns(us_long.levels[role]).to_period("M") for role in ("stocks", "bills"))
    excess = (stocks - bills)[FIRST:LAST]
    raw_weight = (1 / variance.shift(1))[FIRST:LAST]
    weight = raw_weight * excess.std() / (raw_weight * excess).std()
    return Managed(excess, weight, weight * excess)


def test_alpha_and_beta(managed: Managed) -> None:
    """Alpha 4.86% a year with a standard error of 1.56, beta 0.61, R squared 0.37, over 1,065 months."""
    told = regression(managed.managed, managed.market)
    assert len(managed.market) == 1065
    np.testing.assert_allclose(told, [4.86, 1.56, 0.61, 0.37], rtol=0, atol=UNIT)


def test_turnover(managed: Managed) -> None:
    """The weight changes by 0.73 a month on average."""
    assert abs(managed.weight.diff().abs().mean() - 0.73) <= UNIT


@pytest.mark.parametrize(("bps", "published"), [(1, 4.77), (10, 3.98), (14, 3.63)])
def test_alpha_after_costs(managed: Managed, bps: float, published: float) -> None:
    """Alpha is left after 1, 10 and 14 basis points a unit traded."""
    assert abs(regression(managed.after_costs(bps), managed.market)[0] - published) <= UNIT


def test_volatilities_match(managed: Managed) -> None:
    """The constant that scales the weight makes the managed market as volatile as the market."""
    assert abs(managed.managed.std() / managed.market.std() - 1) < 1e-12
