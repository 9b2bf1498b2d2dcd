"""Buy the dip while the Fed's put is in the money; hold bills for bonds while inflation puts it out of the money.

Hypothesis: after a fall of stocks the Fed eases and stocks recover, as long as inflation lets it. Above the ceiling it
cannot ease, and bonds fall with stocks (2022).
Fails when: easing does not stop the fall (2008: the target was cut from September 2007), or both fall without inflation
above the ceiling (October 2023, April 2025).
Source: Cieslak and Vissing-Jorgensen (2021), Review of Financial Studies 34, 4045-4089: since the mid-1990s low stock
returns predict easing. The fall of 10% is the market's word for a correction; the ceiling of 4% is twice the Fed's
goal, though that is for another index; 2% in four weeks is a pace that the balance sheet keeps only while the Fed
buys or lends in haste. All of these and the sizes are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

DEFAULT_RECIPE = "fed_put"
LABEL = "Fed put"


def weights(
    base: pd.DataFrame,
    stocks: pd.Series,
    fed_target: pd.Series,
    fed_assets: pd.Series,
    inflation: pd.Series,
    sessions_a_year: float,
    *,
    fall: Annotated[float, Field(gt=0, lt=1)] = 0.10,
    asset_growth: Annotated[float, Field(gt=0, lt=1)] = 0.02,
    ceiling: Annotated[float, Field(ge=0, le=20)] = 4.0,
    memory: Annotated[int, Field(ge=1, le=252)] = 63,
    lean: Annotated[float, Field(ge=0, le=1)] = 0.20,
) -> pd.DataFrame:
    """Move up to `lean` of the base from bonds to stocks, or from bonds to bills: only what it owns is sold.

    In the money: within the last `memory` sessions the Fed cut its target or grew its balance sheet by `asset_growth`
    in four weeks, at a time when stocks stood, or within `memory` sessions before had stood, `fall` below their high
    of a year. Out of the money, whatever else: consumer prices rose by more than `ceiling` percent over twelve months.
    `memory` is in sessions of a daily history, 252 a year; of another rhythm it is as long a time.
    """
    year, memory = round(sessions_a_year), max(1, round(memory * sessions_a_year / 252))
    fallen = stocks <= (1 - fall) * stocks.rolling(year, min_periods=1).max()
    cut = fed_target.diff() < 0
    growing = fed_assets > (1 + asset_growth) * _four_weeks_before(fed_assets)
    out_of_the_money = inflation > ceiling
    eased = (cut | growing) & _lately(fallen, memory)  # after the fall, not before it
    in_the_money = _lately(eased, memory) & ~out_of_the_money
    sold = base["bonds"].clip(lower=0, upper=lean).where(in_the_money | out_of_the_money, 0.0)
    return base.assign(bonds=base["bonds"] - sold, stocks=base["stocks"] + sold.where(in_the_money, 0.0))


def _four_weeks_before(series: pd.Series) -> pd.Series:
    """At each session, what was known 28 calendar days before."""
    before = series.reindex(series.index - pd.Timedelta(days=28), method="ffill")
    return before.set_axis(series.index)


def _lately(sign: pd.Series, sessions: int) -> pd.Series:
    """Whether the sign showed at this session or one of those before it."""
    return sign.astype(float).rolling(sessions, min_periods=1).max() > 0
