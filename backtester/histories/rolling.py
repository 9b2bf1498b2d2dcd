"""Options that are bought again at every roll, as unfunded holdings of a history."""

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
    """The keys that kinds of rolling options share: `of` is the role of the price that they are on, `volatility` that
    of an index of its volatility in percent a year, and they are bought anew on every `tenor_months`-th third Friday.

    Volatility is the index plus 2 points at a strike of 95% of the spot, and `slope` more for each unit of strike over
    spot below that: see `options.Contract`.
    """

    roles: ClassVar[tuple[str, ...]] = ("of", "volatility")

    of: str
    volatility: str
    tenor_months: Annotated[int, BARE_NUMBER, Field(ge=1, le=12)] = 1
    slope: Annotated[float | None, BARE_NUMBER, Field(ge=0, le=5)] = None

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The contracts that are bought and sold at each roll."""
        raise NotImplementedError

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        levels = [role for role, one in others.items() if one.kind == "level"]
        source = source_fault(self.of, others)
        if not source and others[self.of].kind not in ("total_return", "price"):
            source = f"is on {self.of!r}, which has no price; it needs a total return or a price"
        if not source and self.volatility not in levels:
            near = did_you_mean(self.volatility, levels)
            source = f"takes its volatility from {self.volatility!r}, which is no level here; {near}"
        return super().fault(others) or source

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level of `options.rolling_levels`; out of a total return its dividends are taken first."""
        spots = inputs.quoted(self.of, used_by=repr(role))
        volatilities = inputs.quoted(self.volatility, used_by=f"{role!r}, volatility") / 100
        if inputs.kind_of(self.of) == "total_return":
            spots = without_dividends(spots, inputs.days)
        contract = Contract(self.legs, self.tenor_months, self.slope)
        return rolling_levels(inputs.sessions, spots, volatilities, inputs.bill_rates, contract)
