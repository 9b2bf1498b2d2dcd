"""Hold less of bonds, and more bills, the more stocks and bonds have been moving together.

Hypothesis: a bond that moves with stocks adds to their risk in proportion to its correlation; the sign lasts for years.
Fails when: the regime turns and the trailing correlation is still that of the one before, or the shock comes out of a
negative correlation (March 2020).
Source: Ilmanen (2003), Journal of Fixed Income 13, 55-66; Brixton et al. (2023), Journal of Portfolio Management 49(4),
64-80, on what drives the correlation. The window and the straight line are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.signals import monthly_correlation


def state(
    stocks: pd.Series,
    bonds: pd.Series,
    calendar: pd.DataFrame,
    sessions_a_year: float,
    *,
    months: Annotated[int, Field(ge=6, le=120)] = 36,
) -> pd.Series:
    """Whether both moved together, so that some of the bonds are sold."""
    return monthly_correlation(stocks, bonds, calendar["month"], sessions_a_year, months) > 0


def weights(
    base: pd.DataFrame,
    stocks: pd.Series,
    bonds: pd.Series,
    calendar: pd.DataFrame,
    sessions_a_year: float,
    *,
    months: Annotated[int, Field(ge=6, le=120)] = 36,
    most: Annotated[float, Field(gt=0, le=1)] = 1.0,
) -> pd.DataFrame:
    """The base less such a share of its bonds as the correlation of the last `months` months is, at most `most`; none
    where it is negative or not known. It changes at month-ends."""
    correlation = monthly_correlation(stocks, bonds, calendar["month"], sessions_a_year, months)
    return base.assign(bonds=base["bonds"] * (1 - correlation.clip(0.0, most).fillna(0.0)))
