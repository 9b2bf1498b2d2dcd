"""Scale the portfolio so that its trailing volatility meets a target.

Hypothesis: volatility clusters, and return does not rise with it, so less risk after volatile weeks costs little.
Fails when: the fall comes out of calm (February 2018), or the market turns up before volatility is down (April 2020).
Source: Moreira and Muir (2017), Journal of Finance 72, 1611-1644. Target, window and the cap on leverage are choices.
"""

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

DEFAULT_RECIPE = "vol_target"
DAILY = 252  # sessions a year of the history that `window` counts in
FEWEST = 10  # returns in a window


def weights(
    base: pd.DataFrame,
    portfolio: pd.Series,
    sessions_a_year: float,
    *,
    target: Annotated[float, Field(gt=0, le=1)] = 0.08,
    window: Annotated[int, Field(ge=10, le=756)] = 63,
    max_leverage: Annotated[float, Field(gt=0, le=3)] = 1.5,
) -> pd.DataFrame:
    """The base times target over trailing volatility, at most `max_leverage` times; the base itself in the warm-up.

    `window` is in sessions of a daily history, 63 a quarter of a year; of another rhythm it is as long a time, and at
    least ten sessions.
    """
    sessions = max(FEWEST, round(window * sessions_a_year / DAILY))
    volatility = portfolio.pct_change().rolling(sessions).std() * sessions_a_year**0.5
    leverage = np.minimum(target / volatility, max_leverage).fillna(1.0)
    return base.mul(leverage, axis=0)
