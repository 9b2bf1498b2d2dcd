"""Hold fixed shares of any assets, the rest in bills.

Hypothesis: the plainest hedge is to hold less of what falls; every other strategy has to beat a mix like this.
Fails when: everything that it holds falls together, in proportion to what it holds.
Source: Sharpe (1991), Financial Analysts Journal 47(1), 7-9: against any active rule stands the passive mix. The
default, two thirds of 60/40, is a choice.
"""

from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(ge=-3, le=3)]


def weights(
    *,
    shares: Annotated[dict[str, Share], Field(min_length=1)] = {"stocks": 0.40, "bonds": 0.27},  # noqa: B006 - never changed
) -> dict[str, float]:
    """The shares of net asset value by asset; what they leave is cash, and more than one borrows."""
    return dict(shares)
