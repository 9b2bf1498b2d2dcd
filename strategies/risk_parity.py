"""Hold stocks and bonds, or any assets, in inverse proportion to their volatility.

Hypothesis: in 60/40 nine tenths of the risk are stocks'; even shares of risk let bonds carry their part.
Fails when: what it holds most of, bonds, falls with the rest (2022), and more so with leverage.
Source: Maillard, Roncalli and Teiletche (2010), Journal of Portfolio Management 36(4), 60-70; inverse volatility is
their equal risk contribution where all correlations are the same. Window and assets are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

FEWEST = 10  # returns in a window


def weights(
    returns: pd.DataFrame,
    sessions_a_year: float,
    *,
    assets: Annotated[tuple[str, ...], Field(min_length=1)] = ("stocks", "bonds"),
    window: Annotated[int, Field(ge=10, le=756)] = 126,
    invested: Annotated[float, Field(gt=0, le=3)] = 1.0,
) -> pd.DataFrame:
    """Shares that add up to `invested`, by the standard deviation of the last `window` returns; no target before one
    is known. An asset without a return or without risk in that time has none of it.

    `window` is in sessions of a daily history; of another rhythm it is as long a time, and at least ten sessions.
    """
    risk = returns.reindex(columns=list(assets)).rolling(max(FEWEST, round(window * sessions_a_year / 252))).std()
    inverse = 1 / risk.where(risk > 0)
    shares = inverse.div(inverse.sum(axis=1, min_count=1), axis=0) * invested
    return shares.fillna(0.0).where(shares.notna().any(axis=1))
