"""Scale the portfolio so that its expected volatility meets a target.

Hypothesis: volatility clusters, and return does not rise with it, so less risk after volatile weeks costs little.
Fails when: the fall comes out of calm (February 2018), or the market turns up before volatility is down (April 2020).
Source: Moreira and Muir (2017), Journal of Finance 72, 1611-1644; Cederburg, O'Doherty, Wang and Yan (2020), Journal of
Financial Economics 138, 95-117, find no gain that could have been had in time. Target, window and the cap on leverage
are choices.
"""

from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from backtester.plugins.signals import deviation

DEFAULT_RECIPE = "vol_target"
LABEL = "Volatility target {target:%}"
DAILY = 252  # sessions a year of the history that `window` counts in
FEWEST = 10  # returns in a window


def weights(
    base: pd.DataFrame,
    portfolio: pd.Series,
    sessions_a_year: float,
    vix: pd.Series | None = None,
    *,
    target: Annotated[float, Field(gt=0, le=1)] = 0.08,
    window: Annotated[int, Field(ge=10, le=756)] = 63,
    max_leverage: Annotated[float, Field(gt=0, le=3)] = 1.5,
    estimate: Literal["realised", "ewma", "vix"] = "realised",
) -> pd.DataFrame:
    """The base times target over volatility, at most `max_leverage` times; the base itself in the warm-up.

    Volatility is that of the last `window` returns; `ewma`: of all, the newest weighted most, with the window's mean
    age; `vix`: of the last ones times VIX over its mean in the window, where there is one. `window` is in sessions of a
    daily history, 63 a quarter of a year; of another rhythm it is as long a time, and at least ten sessions.
    """
    if estimate == "vix" and vix is None:
        raise ValueError("estimate='vix' needs a history with a series 'vix'; take 'realised' or 'ewma'")
    sessions = max(FEWEST, round(window * sessions_a_year / DAILY))
    if estimate == "ewma":
        last = portfolio.pct_change().ewm(span=sessions, min_periods=sessions).std()
    else:
        last = deviation(portfolio, sessions)
    volatility = last * sessions_a_year**0.5
    if estimate == "vix" and vix is not None:
        volatility *= (vix / vix.rolling(sessions).mean()).fillna(1.0)
    leverage = np.minimum(target / volatility, max_leverage).fillna(1.0)
    return base.mul(leverage, axis=0)
