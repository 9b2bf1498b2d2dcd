"""A put on the whole notional, at a strike below the spot, that is bought again at every roll."""

from typing import Annotated

from pydantic import Field

from backtester.histories.keys import BARE_NUMBER
from backtester.histories.options import Leg
from backtester.histories.rolling import RollingOption


class RollingPut(RollingOption):
    """Puts that are bought; `moneyness` is strike / spot on that day."""

    moneyness: Annotated[float, BARE_NUMBER, Field(gt=0, le=1)] = 0.95  # bare: not in quotation marks

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The put."""
        return (Leg("put", self.moneyness),)
