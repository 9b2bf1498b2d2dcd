"""A put on the whole notional, at a strike below the spot, that is bought again at every roll."""

from typing import Annotated

from pydantic import Field

from backtester.histories.keys import BARE_NUMBER
from backtester.histories.options import Leg
from backtester.histories.rolling import RollingOption


class RollingPut(RollingOption):
    """A bought put; `moneyness` is strike / spot on the day it is bought."""

    moneyness: Annotated[float, BARE_NUMBER, Field(gt=0, le=1)] = 0.95

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The put."""
        return (Leg("put", self.moneyness),)
