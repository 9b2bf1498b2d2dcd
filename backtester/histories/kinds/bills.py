"""Bills, computed from their rate: what cash earns."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from backtester.arrays import Array
from backtester.histories.derived import level_from_returns
from backtester.histories.series import Asset, Series, source_fault
from backtester.histories.series_inputs import SeriesInputs


class Bills(Asset):
    """Bills that earn a rate in percent a year: the series whose role (its name in the history) is given as `yield`."""

    roles: ClassVar[tuple[str, ...]] = ("yield",)  # the keys whose values are roles of other series

    yield_: Annotated[str, Field(alias="yield")]

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        return source_fault(self.yield_, others, ("yield", "rate"), "a yield or a rate")

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,), one a session, of cash that earns the rate; NaN where there is no rate."""
        has_rate = ~np.isnan(inputs.quoted(self.yield_, used_by=repr(role)))
        return level_from_returns(inputs.bill_returns, has_rate)
