"""Hold one asset, alone or beside the portfolio: a fund with a track record, or any other asset of the history.

Hypothesis: what a fund did in past falls of stocks and bonds says what it will do in the next one.
Fails when: its record is short, smoothed or picked for its past; a fund that died leaves no file.
Source: the record as it stands; Fung and Hsieh (2000), Journal of Financial and Quantitative Analysis 35, 291-307, say
what such records leave out.
"""

from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

LABEL = "Hold {asset}"


def weights(
    base: pd.DataFrame | None = None,
    *,
    asset: str = "stocks",
    size: Annotated[float, Field(ge=0, le=1)] | None = None,
    fund: Literal["bills", "prorata", "stocks", "bonds"] = "bills",
) -> dict[str, float] | pd.DataFrame:
    """Alone all of the asset or `size` of it. As an overlay a tenth, or `size`, paid for by bills (borrowed where there
    is no cash), by all holdings pro rata, or by stocks or bonds as far as the base holds them."""
    if base is None:
        return {asset: 1.0 if size is None else size}
    bought = pd.Series(0.10 if size is None else size, base.index)
    if fund == "prorata":
        base = base.mul(1 - bought, axis=0)
    elif fund != "bills":
        bought = bought.clip(upper=base[fund].clip(lower=0.0))
        base = base.assign(**{fund: base[fund] - bought})
    return base.assign(**{asset: base.get(asset, 0.0) + bought})
