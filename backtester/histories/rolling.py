"""The part that kinds of rolling options share: options that expire and are bought again.

They are unfunded assets, which use no cash. A role is the name of a series in a history.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from backtester.arrays import Array
from backtester.errors import did_you_mean
from backtester.histories.keys import BARE_NUMBER
from backtester.histories.options import Contract, Leg, rolling_levels, without_dividends
from backtester.histories.series import Series, Unfunded, source_fault
from backtester.histories.series_inputs import SeriesInputs


class RollingOption(Unfunded):
    """A series of kind rolling put, rolling call or put spread.

    `of` is the role of the underlying price, `volatility` the role of an index of its implied volatility, in percent a
    year, such as the VIX. The options are bought anew on the last session up to the third Friday of every
    `tenor_months`-th month. `slope` is the slope of the volatility smile, see `options.Contract`.
    """

    roles: ClassVar[tuple[str, ...]] = ("of", "volatility")  # the keys whose values are roles of other series

    of: str
    volatility: str
    tenor_months: Annotated[int, BARE_NUMBER, Field(ge=1, le=12)] = 1  # bare: not in quotation marks
    slope: Annotated[float | None, BARE_NUMBER, Field(ge=0, le=5)] = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The contracts that are bought and sold at each roll."""
        raise NotImplementedError

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        levels = [role for role, series in others.items() if series.kind == "level"]
        reason = source_fault(self.of, others)
        if not reason and others[self.of].kind not in ("total_return", "price"):
            reason = f"is on {self.of!r}, which has no price; it needs a total return or a price"
        if not reason and self.volatility not in levels:
            nearest = did_you_mean(self.volatility, levels)
            reason = f"takes its volatility from {self.volatility!r}, which is no level here; {nearest}"
        return super().fault(others) or reason

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,) that `options.rolling_levels` returns. Dividends are first taken out of a total return."""
        spots = inputs.quoted(self.of, used_by=repr(role))
        volatilities = inputs.quoted(self.volatility, used_by=f"{role!r}, volatility") / 100
        if inputs.kind_of(self.of) == "total_return":
            spots = without_dividends(spots, inputs.days)
        contract = Contract(self.legs, self.tenor_months, self.slope)
        return rolling_levels(inputs.sessions, spots, volatilities, rates=inputs.bill_rates, contract=contract)
