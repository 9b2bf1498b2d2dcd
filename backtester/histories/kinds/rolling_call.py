"""A call on the whole notional, at a strike above the spot, that is bought again at every roll."""

from typing import Annotated

from pydantic import Field

from backtester.histories.keys import BARE_NUMBER
from backtester.histories.options import Leg
from backtester.histories.rolling import RollingOption


class RollingCall(RollingOption):
    """Calls that are bought; `moneyness` is strike / spot on that day. Held short beside puts they make a collar."""

    moneyness: Annotated[float, BARE_NUMBER, Field(ge=1, le=2)] = 1.05  # bare: not in quotation marks

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The call."""
        return (Leg("call", self.moneyness),)
