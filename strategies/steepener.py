"""Hold two-year futures against thirty-year ones, as much duration of either, beside the portfolio.

Hypothesis: when it is the term premium that rises (October 2023, April 2025), long yields rise and short ones do not.
Fails when: the Fed raises rates (2022: short yields rose most), or long bonds are the refuge (2008).
Source: Litterman and Scheinkman (1991), Journal of Fixed Income 1(1), 54-61: after the level it is the slope that moves
the curve. Two years of duration on either side are a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field


def weights(
    base: pd.DataFrame,
    yield_2y: pd.Series,
    yield_30y: pd.Series,
    *,
    years: Annotated[float, Field(ge=0, le=10)] = 2.0,
) -> pd.DataFrame:
    """The base with `years` of duration bought at two years and sold at thirty: a shift of all yields moves nothing."""
    bought, sold = years / _duration(yield_2y, 2), years / _duration(yield_30y, 30)
    return base.assign(
        short_bonds_future=base.get("short_bonds_future", 0.0) + bought.fillna(0.0),
        long_bonds_future=base.get("long_bonds_future", 0.0) - sold.fillna(0.0),
    )


def _duration(percent: pd.Series, maturity: int) -> pd.Series:
    """The modified duration, in years, of a par bond with semi-annual coupons at that yield, its maturity at none."""
    rate = percent / 100
    return ((1 - (1 + rate / 2) ** (-2 * maturity)) / rate).where(rate != 0, maturity)
