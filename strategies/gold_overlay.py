"""Hold gold beside the portfolio, financed with bills.

Hypothesis: in an inflation or funding shock gold rises while both legs of 60/40 fall.
Fails when: everyone sells what they can (March 2020: gold fell with both).
Source: Baur and Lucey (2010), The Financial Review 45, 217-229, who find gold a haven from falling stocks for some days
and none from falling bonds. The default size is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

DEFAULT_RECIPE = "gold_overlay"
LABEL = "Gold {size:%}, financed"


def weights(base: pd.DataFrame, *, size: Annotated[float, Field(ge=0, le=1)] = 0.10) -> pd.DataFrame:
    """Add gold to the base portfolio's weights."""
    return base.assign(gold=base.get("gold", 0.0) + size)
