"""Hold bills for a part of everything for some weeks after VIX stood high.

Hypothesis: fear lasts for weeks, and falls of stocks and bonds together come while it does.
Fails when: the fall comes out of calm, or the turn comes while fear is highest (April 2020, April 2025).
Source: an example; the level and the sizes are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from .signals import lately


def weights(
    base: pd.DataFrame,
    vix: pd.Series,
    *,
    level: Annotated[float, Field(gt=0, le=100)] = 30.0,
    sessions: Annotated[int, Field(ge=1, le=252)] = 21,
    less: Annotated[float, Field(ge=0, le=1)] = 0.5,
) -> pd.DataFrame:
    """The base, `less` of it in bills while VIX stood above `level` within so many sessions."""
    return base.mul(1 - less * lately(vix > level, sessions), axis=0)
