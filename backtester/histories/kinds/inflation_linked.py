"""A par inflation-linked bond of constant maturity, priced from its real yield and accrued by a price index."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from backtester.arrays import Array
from backtester.histories.derived import level_from_returns, par_bond_returns, reference_index
from backtester.histories.keys import BARE_NUMBER
from backtester.histories.series import Asset, Series, source_fault
from backtester.histories.series_inputs import SeriesInputs


class InflationLinked(Asset):
    """A bond whose principal grows with the series of consumer prices whose role (its name) is given as `index`.

    Its real yield is the series with the role given as `yield`: in percent a year, compounded semi-annually.
    """

    roles: ClassVar[tuple[str, ...]] = ("yield", "index")  # the keys whose values are roles of other series

    yield_: Annotated[str, Field(alias="yield")]
    index: str
    maturity_years: Annotated[float, BARE_NUMBER, Field(gt=0, le=100, multiple_of=0.5)]  # bare: not in quotation marks

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        fault_of_yield = source_fault(self.yield_, others, ("yield", "rate"), "a yield or a rate")
        return fault_of_yield or source_fault(self.index, others, ("level",), "a level")

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,) that grows by (1 + real return) x (reference index / that of the session before) - 1.

        NaN where there is no yield. Raise DataError if there is one, but no reference index. `role` is its own.
        """
        yields = inputs.quoted(self.yield_, used_by=repr(role))
        real_returns = par_bond_returns(yields / 100, inputs.days, maturity_years=self.maturity_years)
        index = reference_index(inputs.figures(self.index).values, inputs.sessions)  # of prices 2 to 3 months old
        growth = np.ones(len(index))
        growth[1:] = index[1:] / index[:-1]
        has_yield = ~np.isnan(yields)
        inputs.refuse_missing(role, f"{self.index!r} of two and three months before", has_yield & np.isnan(index))
        return level_from_returns((1 + real_returns) * growth - 1, has_yield)
