"""Gold: its longest fall, and what it did in the months in which stocks and bonds fell together."""

import pandas as pd
import pytest

from backtester.histories.market import Market
from raw import monthly_returns, raw


def test_fall_of_1980_to_1999(us_long: Market) -> None:
    """From 850.00 on 1980-01-21 to 252.80 on 1999-07-20 the London afternoon fix lost 70.3%."""
    fix = raw("lbma/gold_pm_usd.csv", "close")
    assert (fix["1980-01-21"], fix["1999-07-20"]) == (850.0, 252.8)
    assert round(100 * (fix["1999-07-20"] / fix["1980-01-21"] - 1), 1) == -70.3
    level = us_long.levels["gold"]
    assert level["1999-07-20"] / level["1980-01-21"] == fix["1999-07-20"] / fix["1980-01-21"]


@pytest.fixture(scope="module")
def months(us_long: Market) -> pd.DataFrame:
    """Monthly returns since 1980."""
    levels = us_long.levels[["stocks", "bonds", "gold"]]
    return pd.DataFrame({role: monthly_returns(levels[role]) for role in levels})["1980":]


def test_no_hedge_in_a_joint_fall(months: pd.DataFrame) -> None:
    """In the months since 1980 in which stocks and ten-year bonds both fell gold's mean return is negative.

    It is -0.7% over 84 months, against +0.5% over all; the median is negative too, so that no single month decides.
    """
    both = months[(months["stocks"] < 0) & (months["bonds"] < 0)]["gold"]
    assert len(both) > 80
    assert both.mean() < 0 < months["gold"].mean()
    assert both.median() < 0
