"""Buy one-month puts 5% below the market on the portfolio's stocks, and sell calls 5% above it to pay for them.

Hypothesis: who gives up months of more than 5% is paid for it nearly what protection costs.
Fails when: a fall is followed by a leap that the calls give away (April 2020), or goes on slowly (2022).
Source: Israelov and Klein (2016), Journal of Alternative Investments 18(4), 41-54, Risk and Return of Equity Index
Collar Strategies. The strikes are those of the history's series `put` and `call`.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field


def weights(base: pd.DataFrame, *, cover: Annotated[float, Field(ge=0, le=1)] = 1.0) -> pd.DataFrame:
    """The base with puts bought and calls sold on the share `cover` of its stocks; none where it holds no stocks."""
    covered = cover * base["stocks"].clip(lower=0.0)
    return base.assign(put=base.get("put", 0.0) + covered, call=base.get("call", 0.0) - covered)
