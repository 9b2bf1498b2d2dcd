"""Swap bonds for bills while stocks and bonds have been falling and rising together.

Hypothesis: bonds that move with stocks are a second helping of the same risk; bills are not. The sign of the
correlation persists for years, so the trailing sign says which regime this is.
Fails when: the regime turns, as around 2000 (bonds soared while the trailing sign still said otherwise), or bills pay
less than the term premium that is given up.
Source: Ilmanen (2003), Journal of Fixed Income 13, 55-66, on the changing sign of the correlation. Monthly returns:
in 2022 their correlation was 0.6, that of daily ones 0.2; 36 months is a choice.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field

DEFAULT_RECIPE = "bills_for_bonds"
LABEL = "Bills for bonds"


def weights(
    base: pd.DataFrame,
    stocks: pd.Series,
    bonds: pd.Series,
    calendar: pd.DataFrame,
    sessions_a_year: float,
    *,
    months: Annotated[int, Field(ge=6, le=120)] = 36,
    threshold: Annotated[float, Field(ge=-1, le=1)] = 0.0,
) -> pd.DataFrame:
    """The base without its bonds (so in bills) from a month-end with correlation above the threshold to the next.

    Of quarterly sessions it looks back on the quarters of as many months, and on six at least.
    """
    count = max(6, round(months * min(1.0, sessions_a_year / 12)))
    monthly = pd.DataFrame({"stocks": stocks, "bonds": bonds})[calendar["month"]].pct_change()
    correlation = monthly["stocks"].rolling(count).corr(monthly["bonds"])
    together = (correlation > threshold).reindex(base.index).ffill().fillna(False).astype(bool)
    return base.assign(bonds=base["bonds"].where(~together, 0.0))
