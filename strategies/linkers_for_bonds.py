"""Hold inflation-linked bonds for nominal ones.

Hypothesis: what sinks both legs is inflation that nobody expected, and a linker pays it.
Fails when: real yields rise (2013, 2022: linkers lost nearly as much as nominal bonds), or everyone sells what is hard
to sell (October 2008, March 2020).
Source: Campbell, Shiller and Viceira (2009), Brookings Papers on Economic Activity, Spring, 79-120. The size, half of
60/40's bonds, is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.funding import Fund, add_asset


def weights(
    base: pd.DataFrame, *, size: Annotated[float, Field(ge=0, le=1)] = 0.20, fund: Fund = "bonds"
) -> pd.DataFrame:
    """Add linkers to the base portfolio's weights, in the place of its bonds unless `fund` says otherwise."""
    return add_asset(base, "linkers", size, fund)
