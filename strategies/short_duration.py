"""Hold two-year bonds for ten-year ones.

Hypothesis: a bond of two years moves a fifth as much with yields, so it keeps the shelter and gives up the fall (2022).
Fails when: the fall of stocks is one from which Treasuries are the refuge (2008): what is short rises little.
Source: Ilmanen (2011), Expected Returns, chapter 9, on the slope of reward along the curve; Campbell, Pflueger and
Viceira (2020), Journal of Political Economy 128, 3148-3185, on when long bonds hedge. The size, all of 60/40's bonds,
is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.funding import Fund, add_asset


def weights(
    base: pd.DataFrame, *, size: Annotated[float, Field(ge=0, le=1)] = 0.40, fund: Fund = "bonds"
) -> pd.DataFrame:
    """Add short bonds to the base portfolio's weights, in the place of its bonds unless `fund` says otherwise."""
    return add_asset(base, "short_bonds", size, fund)
