"""A par bond of constant maturity, priced from its yield: each session a new one is bought."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from backtester.arrays import Array
from backtester.histories.derived import level_from_returns, par_bond_returns
from backtester.histories.keys import BARE_NUMBER
from backtester.histories.series import Asset, Series, source_fault
from backtester.histories.series_inputs import SeriesInputs


class Bond(Asset):
    """A bond whose yield, compounded semi-annually, is the series with the role (name) given as `yield`, in percent."""

    roles: ClassVar[tuple[str, ...]] = ("yield",)  # the keys whose values are roles of other series

    yield_: Annotated[str, Field(alias="yield")]
    maturity_years: Annotated[float, BARE_NUMBER, Field(gt=0, le=100, multiple_of=0.5)]  # bare: not in quotation marks

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        return source_fault(self.yield_, others, ("yield", "rate"), "a yield or a rate")

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,) that grows by `derived.par_bond_returns`; NaN where there is no yield."""
        yields = inputs.quoted(self.yield_, used_by=repr(role))
        returns = par_bond_returns(yields / 100, inputs.days, maturity_years=self.maturity_years)
        return level_from_returns(returns, ~np.isnan(yields))
