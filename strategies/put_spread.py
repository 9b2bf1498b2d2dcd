"""Buy one-month puts 5% out of the money on the portfolio's stocks, and sell puts 15% out of it to pay for a part.

Hypothesis: most joint sell-offs end between the two strikes, and far puts are the dearest for what they pay.
Fails when: a month's fall goes through the lower strike (October 2008, March 2020), or there is none for long.
Source: Israelov and Nielsen (2015), Journal of Alternative Investments 17(4), 11-24, on what protection costs; the
strikes are those of the history's series `put_spread`, and a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field


def weights(base: pd.DataFrame, *, cover: Annotated[float, Field(ge=0, le=1)] = 1.0) -> pd.DataFrame:
    """The base with put spreads on the share `cover` of its stocks; none where it holds no stocks, or is short."""
    return base.assign(put_spread=base.get("put_spread", 0.0) + cover * base["stocks"].clip(lower=0.0))
