"""Buy one-month puts 5% out of the money on the stocks that the portfolio holds.

Hypothesis: a put is the one hedge whose payoff in a fast fall is in writing, whatever bonds do.
Fails when: the fall is slow: each month's put is bought anew, dear after the first fall (2022), and most expire (the
rest of the time they cost some points a year).
Source: Israelov (2019), Journal of Alternative Investments 21(3), 10-33, Pathetic Protection; Cboe's index PPUT is the
same rule on all stocks. Strike and tenor are those of the history's series `put`.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field


def weights(base: pd.DataFrame, *, cover: Annotated[float, Field(ge=0, le=1)] = 1.0) -> pd.DataFrame:
    """The base with puts on the share `cover` of its stocks; on none where it holds no stocks, or is short of them."""
    return base.assign(put=base.get("put", 0.0) + cover * base["stocks"].clip(lower=0.0))
