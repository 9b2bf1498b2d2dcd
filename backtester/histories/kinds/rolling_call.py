"""A call on the whole notional, at a strike above the spot, that is bought again at every roll."""

from typing import Annotated

from pydantic import Field

from backtester.histories.keys import BARE_NUMBER
from backtester.histories.options import Leg
from backtester.histories.rolling import RollingOption


class RollingCall(RollingOption):
    """A bought call; `moneyness` is strike / spot on the day it is bought. Held short beside a put it is a collar."""

    moneyness: Annotated[float, BARE_NUMBER, Field(ge=1, le=2)] = 1.05

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The call."""
        return (Leg("call", self.moneyness),)
