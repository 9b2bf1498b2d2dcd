"""Swap bonds for bills while stocks and bonds have been falling and rising together.

Hypothesis: bonds that move with stocks are a second helping of the same risk; bills are not. The sign of the
correlation persists for years, so the trailing sign says which regime this is.
Fails when: the regime turns, as around 2000 (bonds soared while the trailing sign still said otherwise), or bills pay
less than the term premium that is given up.
Source: Ilmanen (2003), Journal of Fixed Income 13, 55-66, on the changing sign of the correlation. Monthly returns:
in 2022 their correlation was 0.6, that of daily ones 0.2; 36 months is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.signals import monthly_correlation

DEFAULT_RECIPE = "bills_for_bonds"
LABEL = "Bills for bonds"


def state(
    stocks: pd.Series,
    bonds: pd.Series,
    calendar: pd.DataFrame,
    sessions_a_year: float,
    *,
    months: Annotated[int, Field(ge=6, le=120)] = 36,
    threshold: Annotated[float, Field(ge=-1, le=1)] = 0.0,
) -> pd.Series:
    """Whether at the last month-end the correlation of as many monthly returns was above the threshold."""
    return monthly_correlation(stocks, bonds, calendar["month"], sessions_a_year, months) > threshold


def weights(base: pd.DataFrame, state: pd.Series) -> pd.DataFrame:
    """The base without its bonds, so in bills, while both have been moving together."""
    return base.assign(bonds=base["bonds"].where(~state, 0.0))
