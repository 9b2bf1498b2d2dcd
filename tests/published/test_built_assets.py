"""Built bonds, bills and currency against what was traded: the fall of 2020 to 2023, TLT, IEF, SHY, and UUP."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.derived import bill_returns, level_from_returns, price_returns
from backtester.histories.market import Market
from backtester.histories.sessions import days_between
from raw import monthly_returns, raw
from replications.sources import built_bond

WHOLE_YEARS = slice("2008", "2024")
UUP_FEE = 0.76  # percent a year: the fund's expenses, 0.74 to 0.78 as told from year to year


def fund(name: str) -> "pd.Series[float]":
    """The adjusted closes of a fund; the file's last row is an intraday quote and left out."""
    return raw(f"yahoo/{name}.csv", "Close").iloc[:-1]


def bills() -> "pd.Series[float]":
    """The level of bills at the three-month yield."""
    rate = raw("fred/DGS3MO.csv", "value")
    dates = pd.DatetimeIndex(rate.index)
    returns = bill_returns(rate.to_numpy() / 100, days_between(dates))
    return pd.Series(level_from_returns(returns, np.ones(len(dates), dtype=bool)), dates)


@pytest.mark.parametrize(("role", "published"), [("bonds", -26.8), ("long_bonds", -52.8)])
def test_fall_of_long_bonds(us_long: Market, role: str, published: float) -> None:
    """From 2020-03-09 to 2023-10-19 the built bonds lost 26.8% and 52.8%, within the issue's half a point."""
    level = us_long.levels[role]
    assert abs(100 * (level["2023-10-19"] / level["2020-03-09"] - 1) - published) <= 0.5


def test_fall_of_tlt() -> None:
    """TLT, of shorter maturity, lost about 48%: between the built twenty-year bond and the thirty-year."""
    window = slice("2020-03-09", "2023-10-19")
    lost = [
        level.iloc[-1] / level.iloc[0] - 1
        for level in (
            built_bond(raw("fred/DGS20.csv", "value")[window], years=20),
            fund("TLT")[window],
            built_bond(raw("fred/DGS30.csv", "value")[window], years=30),
        )
    ]
    assert round(100 * lost[1]) == -48
    assert lost[0] > lost[1] > lost[2]


BONDS = [  # fund, its maturities, the yields built from, and the bounds of the slope
    ("SHY", "DGS2", 2, 1.00, 1.10),  # 1 to 3 years
    ("IEF", "DGS7", 7, 0.80, 1.00),  # 7 to 10
    ("IEF", "DGS10", 10, 1.05, 1.20),
    ("TLT", "DGS20", 20, 0.80, 1.00),  # 20 to 30
    ("TLT", "DGS30", 30, 1.00, 1.15),
]


@pytest.mark.parametrize(("name", "yields", "years", "low", "high"), BONDS)
def test_bonds_against_funds(name: str, yields: str, years: float, low: float, high: float) -> None:
    """A built bond moves as its fund does: more where its maturity is longer, less where it is shorter.

    Per unit of slope and in excess of bills it earns what the fund does within 0.7 points a year (SHY: 0.1): it has no
    roll-down, which the funds of 7 to 10 years earned, and the fund has a fee of 0.15%.
    """
    curve = raw(f"fred/{yields}.csv", "value")
    curve = curve["2006-02-09":] if yields == "DGS30" else curve  # no thirty-year bond was sold before
    levels = pd.DataFrame({"bond": built_bond(curve, years=years), "fund": fund(name), "bills": bills()}).dropna()
    monthly = levels.resample("ME").last().pct_change().dropna()
    slope = float(np.polyfit(monthly["fund"], monthly["bond"], 1)[0])
    assert low < slope < high
    assert monthly.corr().loc["bond", "fund"] > 0.98
    annual = levels.resample("YE").last().pct_change().loc[WHOLE_YEARS]
    excess = annual[["bond", "fund"]].sub(annual["bills"], axis=0).mean()
    assert abs(excess["bond"] / slope - excess["fund"]) <= (0.001 if name == "SHY" else 0.007)


def test_bills_against_french(us_long: Market) -> None:
    """Bills at the three-month yield earn 0.2 points a year more than French's one-month bills, as the curve has it."""
    levels = pd.DataFrame({"ours": bills(), "french": us_long.levels["bills"]}).dropna()
    annual = 100 * levels.resample("YE").last().pct_change().loc["1982":"2025"]
    gap = annual["ours"] - annual["french"]
    assert 0.1 < gap.mean() < 0.35
    assert gap.abs().max() < 1.7  # 1982, with bills at 11%


def test_currency_with_carry_against_uup() -> None:
    """The dollar index with bills earns what UUP does before its fee, within 0.2 points a year over all.

    The fund holds futures on the same six currencies, which pay the difference of interest rates; taking it as zero is
    right on average and errs by up to 1.5 points a year for years: foreign rates were below the dollar's from 2017 on.
    """
    index, bill = raw("yahoo/DXY.csv", "DXY"), bills()
    levels = pd.DataFrame({"index": index, "bills": bill, "fund": fund("UUP")}).dropna()
    returns = price_returns(levels["index"].to_numpy()) + price_returns(levels["bills"].to_numpy())
    built = pd.Series(level_from_returns(returns, np.ones(len(levels), dtype=bool)), levels.index)
    monthly = pd.DataFrame({"built": monthly_returns(built), "fund": monthly_returns(levels["fund"])}).dropna()
    assert monthly.corr().loc["built", "fund"] > 0.99
    years = (levels.index[-1] - levels.index[0]).days / 365.25
    grown = [100 * ((level.iloc[-1] / level.iloc[0]) ** (1 / years) - 1) for level in (built, levels["fund"])]
    assert abs(grown[0] - grown[1] - UUP_FEE) <= 0.2
    gaps = 100 * (monthly["built"] - monthly["fund"])
    for regime, sign in ((slice("2008", "2016"), 1), (slice("2017", "2025"), -1)):
        assert 0 < sign * (12 * gaps[regime].mean() - UUP_FEE) <= 1.5
