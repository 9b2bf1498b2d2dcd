"""The built bonds against funds of a like but shorter maturity: IEF holds 7 to 10 years, TLT 20 to 30."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from backtester.histories.market import Market
from folders import fact

WHOLE_YEARS = slice("2008", "2024")  # the funds' figures run from 2007-01-03 to 2025-11-28


@dataclass(frozen=True)
class Comparison:
    """Monthly and annual returns of a built bond, its fund and bills, and the slope of the first on the second."""

    monthly: pd.DataFrame
    annual: pd.DataFrame
    slope: float


def compared(market: Market, bond: str, fund: str) -> Comparison:
    """The built bond and its fund, on the sessions of both."""
    levels = pd.DataFrame({"bond": market.levels[bond], "fund": fact(fund), "bills": market.levels["bills"]}).dropna()
    monthly = levels.resample("ME").last().pct_change().dropna()
    annual = levels.resample("YE").last().pct_change().loc[WHOLE_YEARS]
    return Comparison(monthly, annual, float(np.polyfit(monthly["fund"], monthly["bond"], 1)[0]))


PAIRS = pytest.mark.parametrize(
    ("bond", "fund", "low", "high"), [("bonds", "IEF", 1.05, 1.20), ("long_bonds", "TLT", 1.00, 1.15)]
)


@PAIRS
def test_slope_on_the_fund(us: Market, bond: str, fund: str, low: float, high: float) -> None:
    """A longer maturity moves more: the slope of monthly returns is above one, and what it leaves is small."""
    told = compared(us, bond, fund)
    assert low < told.slope < high
    assert len(told.monthly) == 226
    assert told.monthly.corr().loc["bond", "fund"] > 0.99


@PAIRS
def test_annual_return_per_unit_of_slope(us: Market, bond: str, fund: str, low: float, high: float) -> None:
    """Over whole calendar years the bond's return divided by the slope is the fund's, within 0.7 points on average.

    Single years differ by more, both ways: the curve bends, and the fund holds other maturities.
    """
    told = compared(us, bond, fund)
    assert abs((told.annual["bond"] / told.slope - told.annual["fund"]).mean()) <= 0.007


@PAIRS
def test_annual_excess_return_per_unit_of_slope(us: Market, bond: str, fund: str, low: float, high: float) -> None:
    """The same in excess of bills, which is what a position of that slope would have earned once it was financed."""
    told = compared(us, bond, fund)
    bond_excess, fund_excess = told.annual["bond"] - told.annual["bills"], told.annual["fund"] - told.annual["bills"]
    assert abs((bond_excess / told.slope - fund_excess).mean()) <= 0.007


def test_the_ten_year_lacks_its_roll_down(us: Market) -> None:
    """What the built ten-year bond earns less than IEF is the roll-down it does not have: it is always to one side."""
    told = compared(us, "bonds", "IEF")
    assert -0.010 < (told.annual["bond"] / told.slope - told.annual["fund"]).mean() < -0.004
