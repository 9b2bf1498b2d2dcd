"""Hold the market by the inverse of its variance in the month before.

Hypothesis: variance can be foreseen a month ahead and return does not rise with it, so risk is cheap after calm months.
Fails when: costs and leverage are real, or the constant must be known in advance (Cederburg et al., 2020, Journal of
Financial Economics 138, 95-117, find no gain out of sample).
Source: Moreira and Muir (2017), Journal of Finance 72, 1611-1644.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

REBALANCE = "month"


def weights(
    stocks: pd.Series, bills: pd.Series, calendar: pd.DataFrame, *, scale: Annotated[float, Field(gt=0)] = 0.001
) -> dict[str, pd.Series]:
    """`scale` over the month's variance about its mean, of daily excess returns and scaled to 22 days, at its end."""
    daily = (stocks.pct_change() - bills.pct_change()).dropna()
    month = daily.groupby(pd.DatetimeIndex(daily.index).to_period("M"))
    count = month.cumcount() + 1
    squares = (daily**2).groupby(pd.DatetimeIndex(daily.index).to_period("M")).cumsum()
    variance = 22 * (squares / count - (month.cumsum() / count) ** 2)
    return {"stocks": (scale / variance).reindex(stocks.index).where(calendar["month"])}
