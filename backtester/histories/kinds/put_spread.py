"""A bought put and a sold put with a lower strike, renewed at every roll."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from backtester.histories.keys import BARE_NUMBER
from backtester.histories.options import Leg
from backtester.histories.rolling import RollingOption
from backtester.histories.series import Series


class PutSpread(RollingOption):
    """A put spread; `moneyness` and `sold_moneyness` are strike / spot of the bought and the sold put."""

    moneyness: Annotated[float, BARE_NUMBER, Field(gt=0, le=1)] = 0.95  # bare: not in quotation marks
    sold_moneyness: Annotated[float, BARE_NUMBER, Field(gt=0, le=1)] = 0.85

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The bought put and the sold put."""
        return Leg("put", self.moneyness), Leg("put", self.sold_moneyness, count=-1.0)

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        if self.sold_moneyness >= self.moneyness:
            return f"sells at {self.sold_moneyness:g} and buys at {self.moneyness:g}; sell the lower strike"
        return super().fault(others)
