"""Hold gold and the dollar together beside the portfolio: one for a flight from the dollar, one for a flight to it.

Hypothesis: what falls with stocks and bonds is sold for one of the two: for dollars in a scramble for funding (March
2020) or when the Fed raises rates (2022), for gold when the dollar itself is in doubt (April 2025).
Fails when: the two move against each other and so cost both their carry, or everyone sells what they can.
Source: Baur and Lucey (2010), The Financial Review 45, 217-229, on gold; Maggiori (2017), American Economic Review 107,
3038-3071, on the dollar. The sizes are those of the two overlays alone, halved: a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.funding import Fund, add_asset


def weights(
    base: pd.DataFrame,
    *,
    gold: Annotated[float, Field(ge=-1, le=1)] = 0.05,
    dollar: Annotated[float, Field(ge=-1, le=1)] = 0.10,
    fund: Fund = "bills",
) -> pd.DataFrame:
    """Add both to the base portfolio's weights, gold first."""
    return add_asset(add_asset(base, "gold", gold, fund), "dollar", dollar, fund)
