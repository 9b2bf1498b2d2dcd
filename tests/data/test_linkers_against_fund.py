"""The built inflation-linked bonds against the fund TIP, whose maturities are shorter."""

import numpy as np
import pandas as pd

from backtester.histories.market import Market
from raw import raw

WHOLE_YEARS = slice("2008", "2024")


def test_linkers_move_and_earn_as_the_fund_does(us: Market) -> None:
    """By month they move 1.1 to 1.3 times as the fund, and a unit of that earned within 0.7 points a year of it.

    The fund paid its holders more in 2008 and 2009, when its bonds were hard to trade and the curve's yield was a
    model's: their correlation is 0.95, and 0.97 from 2010 on.
    """
    fund = raw("yahoo/TIP.csv", "Close")
    levels = pd.DataFrame({"linkers": us.levels["linkers"], "fund": fund, "bills": us.levels["bills"]}).dropna()
    levels = levels[:"2026-02"]  # the file's last row is an intraday quote
    monthly = levels.resample("ME").last().pct_change().dropna()
    slope = float(np.polyfit(monthly["fund"], monthly["linkers"], 1)[0])
    assert 1.1 < slope < 1.3
    assert monthly.corr().loc["linkers", "fund"] > 0.94
    assert monthly["2010":].corr().loc["linkers", "fund"] > 0.96
    annual = levels.resample("YE").last().pct_change().loc[WHOLE_YEARS]
    assert abs((annual["linkers"] / slope - annual["fund"]).mean()) <= 0.007
    excess = annual.sub(annual["bills"], axis=0)
    assert abs((excess["linkers"] / slope - excess["fund"]).mean()) <= 0.007


def test_linkers_gained_in_the_inflation_of_2021(us: Market) -> None:
    """They returned 5 percent in 2021, when Treasuries of ten years lost."""
    year = us.levels.loc[["2020-12-31", "2021-12-31"]].pct_change().iloc[-1]
    assert 0.04 < year["linkers"] < 0.06
    assert year["bonds"] < -0.02
