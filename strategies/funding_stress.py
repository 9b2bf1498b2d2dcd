"""Hold bills for bonds while overnight funding is dear, and bonds again once the Fed buys.

Hypothesis: who holds Treasuries on borrowed cash must sell when funding dries up (March 2020); the Fed's purchases end
that.
Fails when: nearly always. The rate is published the next morning, and on 18 March 2020, when it was highest, so were
yields: what is sold then is sold at the bottom. In April 2025 funding stayed calm. It does not pay, and its page shows
what each episode and its first eight sessions came to.
Source: Vissing-Jorgensen (2021), Journal of Monetary Economics 124, 19-57, on March 2020; Afonso et al. (2020), Federal
Reserve Bank of New York Staff Reports 918, on September 2019. A tenth of a point over interest on reserves, a month's
memory, and 2% in four weeks as the pace of the Fed's balance sheet at which it is buying, are choices.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.signals import growth, recently_true


def state(
    sessions_a_year: float,
    funding_stress: pd.Series | None = None,
    fed_assets: pd.Series | None = None,
    *,
    threshold: Annotated[float, Field(ge=0, le=5)] = 0.10,
    memory: Annotated[int, Field(ge=1, le=252)] = 21,
    asset_growth: Annotated[float, Field(gt=0, lt=1)] = 0.02,
) -> pd.Series:
    """Whether within the last `memory` sessions of a daily history the rate on overnight funding stood more than
    `threshold` points over interest on reserves, and the Fed's balance sheet did not grow by `asset_growth` in four
    weeks in as many sessions. Not before there is such a rate."""
    if funding_stress is None:
        raise ValueError("the history has no series 'funding_stress'")
    memory = max(1, round(memory * sessions_a_year / 252))
    dear = recently_true(funding_stress > threshold, memory)
    return dear if fed_assets is None else dear & ~recently_true(growth(fed_assets, 28) > asset_growth, memory)


def weights(base: pd.DataFrame, state: pd.Series, *, sold: Annotated[float, Field(ge=0, le=1)] = 1.0) -> pd.DataFrame:
    """The base less the share `sold` of its bonds while funding is dear; what is sold is in bills."""
    return base.assign(bonds=base["bonds"] * (1 - sold * state))
