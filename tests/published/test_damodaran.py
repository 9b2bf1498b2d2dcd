"""Damodaran's annual table: 60/40 of the S&P 500 and the ten-year bond, rebalanced each year.

`damodaran.csv` has his figures in percent: returns from the edition of January 2026, yields from that of January 2021
(histretSP, pages.stern.nyu.edu/~adamodar). From the providers' files his table can be made again from 1962 on; the
yields that he has before 1953, and the dividends before 1960, come from other sources (Shiller's long rate rose by 0.31
points in 1931, his by 0.71, so that with Shiller's no bond was lost that year).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from raw import raw

PUBLISHED = {1931: -27.33, 1937: -20.65, 2022: -17.96, 1974: -14.74, 2008: -13.89}
BOTH_FELL = [1931, 1941, 1969, 2018, 2022]


def bond_return(before: "pd.Series[float]", after: "pd.Series[float]") -> "pd.Series[float]":
    """His return in percent: last year's yield, and that bond's price, still of ten years, at this year's."""
    face = (1 + after / 100) ** -10
    coupon = before / 100
    return 100 * (coupon + coupon * (1 - face) / (after / 100) + face - 1)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "damodaran.csv", index_col="year")


@pytest.fixture(scope="module")
def ours() -> pd.DataFrame:
    """Both returns from 1963 to 2022: December's average yield to 1998, from then on the year's last."""
    price, daily = raw("yahoo/GSPC.csv", "Close"), raw("fred/DGS10.csv", "value")
    dividends = raw("shiller/shiller_sp500.csv", "Dividend")
    dividends = dividends[dividends.index.month == 12].groupby(lambda date: date.year).last()
    closes = price.groupby(price.index.year).last()
    december = daily[daily.index.month == 12]
    averages, lasts = december.groupby(december.index.year).mean(), daily.groupby(daily.index.year).last()
    yields = pd.concat([averages.loc[:1998], lasts.loc[1999:]])
    stocks = 100 * ((closes + dividends) / closes.shift(1) - 1)
    return pd.DataFrame({"stocks": stocks, "bonds": bond_return(yields.shift(1), yields)}).loc[1963:2022]


def pair(returns: pd.DataFrame) -> "pd.Series[float]":
    """60/40 in percent a year."""
    return 0.6 * returns["stocks"] + 0.4 * returns["bonds"]


def both_fell(returns: pd.DataFrame) -> list[int]:
    """The years in which stocks and bonds lost."""
    return list(returns.index[(returns["stocks"] < 0) & (returns["bonds"] < 0)])


def test_his_pair_and_his_joint_years(table: pd.DataFrame) -> None:
    """His own columns give the worst years of 60/40, in order, and the five in which both legs lost."""
    worst = pair(table).nsmallest(5).round(2)
    assert dict(worst) == PUBLISHED
    assert list(worst.index) == list(PUBLISHED)
    assert both_fell(table) == BOTH_FELL


def test_his_bond(table: pd.DataFrame) -> None:
    """His yields give his bond returns by the formula, each of the 93 years to the rounding of a hundredth."""
    formula = bond_return(table["yield"].shift(1), table["yield"]).dropna()
    assert len(formula) == 93
    np.testing.assert_allclose(formula, table["bonds"].loc[formula.index], rtol=0, atol=0.005 + 1e-9)


def test_bonds_again(table: pd.DataFrame, ours: pd.DataFrame) -> None:
    """From DGS10: to 1998 within the rounding of his yields to basis points, later within a few of them.

    One basis point of yield moves the bond by 0.07 to 0.09 points. His last yield of the year is not H.15's: 2.21 for
    2.25 at the end of 2008, 4.02 for 4.04 at the end of 2007.
    """
    gaps = (ours["bonds"] - table["bonds"]).loc[1963:2022].abs()
    assert gaps.loc[:1998].max() <= 0.09
    assert gaps.loc[1999:].max() <= 4 * 0.09
    assert gaps.loc[1999:].mean() <= 0.09


def test_stocks_again(table: pd.DataFrame, ours: pd.DataFrame) -> None:
    """From closes and Shiller's dividends: within 0.35 points, a tenth of the dividend, and 0.1 on average."""
    gaps = (ours["stocks"] - table["stocks"]).abs()
    assert gaps.max() <= 0.35
    assert gaps.mean() <= 0.1


@pytest.mark.parametrize("year", [1974, 2008, 2022])
def test_pair_again(ours: pd.DataFrame, year: int) -> None:
    """The published 60/40 of the years that the files cover, within 0.1 points: see the two tests above."""
    assert abs(pair(ours)[year] - PUBLISHED[year]) <= 0.1


def test_joint_years_again(ours: pd.DataFrame) -> None:
    """From 1963 on both legs lost in 1969, 2018 and 2022, and in no other year."""
    assert both_fell(ours) == [year for year in BOTH_FELL if year >= 1963]
