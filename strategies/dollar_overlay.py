"""Hold the dollar against a broad basket of currencies beside the portfolio, or with a negative size the basket.

Hypothesis: in a scramble for funding the world buys dollars; in an inflation shock the Fed's rates draw them in (2022).
Fails when: investors flee the dollar itself (from 2 to 11 April 2025 stocks, bonds and the dollar all fell).
Source: Maggiori (2017), American Economic Review 107, 3038-3071, on the dollar's rise in crises. The default size is a
choice. The index earns bills; the interest differential against foreign bills is taken as zero.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.funding import Fund, add_asset

DEFAULT_RECIPE = "dollar_overlay"
LABEL = "Dollar {size:%}, financed"


def weights(
    base: pd.DataFrame, *, size: Annotated[float, Field(ge=-1, le=1)] = 0.20, fund: Fund = "bills"
) -> pd.DataFrame:
    """Add the dollar to the base portfolio's weights."""
    return add_asset(base, "dollar", size, fund)
