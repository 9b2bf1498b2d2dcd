"""Adding an asset to a portfolio's weights, paid for with cash or by selling other assets."""

from typing import Literal

import pandas as pd

Fund = Literal["bills", "prorata", "stocks", "bonds"]


def add_asset(base: pd.DataFrame, asset: str, size: "float | pd.Series[float]", fund: Fund = "bills") -> pd.DataFrame:
    """The weights `base` (sessions x assets) with `size` more of the asset; a number, or one for each session.

    `fund` is what is sold: `bills`, that is cash, borrowed if there is none; `prorata`, everything in proportion, cash
    too; `stocks` or `bonds`, as far as the base holds them, so that less is bought if it holds too little. A negative
    size sells the asset short and buys `fund`. An unfunded asset, such as a future, needs no
    payment: what is sold for it becomes cash.
    """
    bought = pd.Series(size, base.index, dtype=float)
    if fund == "prorata":
        base = base.mul(1 - bought, axis=0)
    elif fund != "bills":
        bought = bought.clip(upper=base[fund].clip(lower=0.0))
        base = base.assign(**{fund: base[fund] - bought})
    return base.assign(**{asset: base.get(asset, 0.0) + bought})
