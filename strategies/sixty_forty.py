"""Hold 60% stocks and 40% bonds.

Hypothesis: bonds rise when stocks crash, so the mix hedges itself.
Fails when: both fall together: forced sellers (March 2020), inflation (2022), a flight from the dollar (April 2025).
Source: the conventional balanced portfolio; Damodaran's annual table of its parts since 1928.
"""

from typing import Annotated

from pydantic import Field


def weights(*, stocks: Annotated[float, Field(ge=0, le=1)] = 0.60) -> dict[str, float]:
    """Stocks at the given weight, bonds with the rest."""
    return {"stocks": stocks, "bonds": 1 - stocks}


def label(stocks: float) -> str:
    """Both weights in percent, as 60/40."""
    return f"{100 * stocks:.6g}/{100 * (1 - stocks):.6g}"


LABEL = label
