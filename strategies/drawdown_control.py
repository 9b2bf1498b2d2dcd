"""Hold the portfolio in proportion to the cushion above a floor that rises with its own highest value (CPPI).

Hypothesis: who must not lose more than a tenth can hold several times the distance to that, and less as it shrinks.
Fails when: one session loses more than 1 / multiplier before anything is sold (19 October 1987: 20.5% breaks a
multiplier of 5), and after a fall, when it is in bills and misses the recovery.
Source: Black and Perold (1992), Journal of Economic Dynamics and Control 16, 403-426; the floor that rises is Estep and
Kritzman's (1988), Journal of Portfolio Management 14(4), 38-42. Multiplier and loss are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

REBALANCE = "day"


def state(
    portfolio: pd.Series,
    bills: pd.Series,
    *,
    loss: float,
    multiplier: float,
    max_exposure: float,
) -> pd.Series:
    """`below half` while it holds less than half of what it holds when it stands at its highest."""
    half = min(multiplier * loss, max_exposure) / 2
    held = _exposures(portfolio, bills, loss, multiplier, max_exposure)
    return pd.Series(["below half" if one < half else "" for one in held], portfolio.index)


def weights(
    base: pd.DataFrame,
    portfolio: pd.Series,
    bills: pd.Series,
    *,
    loss: Annotated[float, Field(gt=0, lt=1)] = 0.15,
    multiplier: Annotated[float, Field(ge=1, le=20)] = 4.0,
    max_exposure: Annotated[float, Field(gt=0, le=3)] = 1.0,
) -> pd.DataFrame:
    """The base times `multiplier` x (value - floor) / value, at most `max_exposure` times; the rest in bills.

    The floor is `1 - loss` of the highest value so far. Value is that of the rule itself, kept without costs and lag:
    while bills earn nothing less than zero it stays above the floor exactly when no session loses 1 / `multiplier`.
    """
    return base.mul(_exposures(portfolio, bills, loss, multiplier, max_exposure), axis=0)


def _exposures(
    portfolio: pd.Series, bills: pd.Series, loss: float, multiplier: float, max_exposure: float
) -> list[float]:
    """How many times it holds the base after each session."""
    moves = portfolio.pct_change().fillna(0.0).tolist()
    cash = bills.pct_change().fillna(0.0).tolist()
    exposures, standing, exposure = [], 1.0, 0.0  # standing: the value over the highest so far, at most one
    for move, earned in zip(moves, cash, strict=True):
        standing = min(1.0, max(0.0, standing * (1 + exposure * move + (1 - exposure) * earned)))
        cushion = 1 - (1 - loss) / standing if standing > 1 - loss else 0.0
        exposures.append(exposure := min(multiplier * cushion, max_exposure))
    return exposures
