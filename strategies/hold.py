"""Hold one asset, alone or beside the portfolio: a fund with a track record, or any other asset of the history.

Hypothesis: what a fund did in past falls of stocks and bonds says what it will do in the next one.
Fails when: its record is short, smoothed or picked for its past; a fund that died leaves no file.
Source: the record as it stands; Fung and Hsieh (2000), Journal of Financial and Quantitative Analysis 35, 291-307, say
what such records leave out.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

from backtester.plugins.funding import Fund, add_asset

LABEL = "Hold {asset}"


def weights(
    base: pd.DataFrame | None = None,
    *,
    asset: str = "stocks",
    size: Annotated[float, Field(ge=0, le=1)] | None = None,
    fund: Fund = "bills",
) -> dict[str, float] | pd.DataFrame:
    """Alone all of the asset or `size` of it; as an overlay a tenth, or `size`, paid for by `fund`."""
    if base is None:
        return {asset: 1.0 if size is None else size}
    return add_asset(base, asset, 0.10 if size is None else size, fund)
