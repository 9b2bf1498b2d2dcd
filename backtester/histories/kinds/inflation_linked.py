"""A par inflation-linked bond of constant maturity: its real yield repriced, accrued by a price index."""

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
    """A bond with the real yield of the role `yield`, in percent a year, semi-annual, accrued by the prices `index`."""

    roles: ClassVar[tuple[str, ...]] = ("yield", "index")

    yield_: Annotated[str, Field(alias="yield")]
    index: str
    maturity_years: Annotated[float, BARE_NUMBER, Field(gt=0, le=100, multiple_of=0.5)]

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        real = source_fault(self.yield_, others, ("yield", "rate"), "a yield or a rate")
        return real or source_fault(self.index, others, ("level",), "a level")

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,) that grows by (1 + real return) x (reference index / reference index before) - 1."""
        yields = inputs.quoted(self.yield_, used_by=repr(role))
        real = par_bond_returns(yields / 100, inputs.days, maturity_years=self.maturity_years)
        prices = reference_index(inputs.figures(self.index).values, inputs.sessions)
        accrued = np.ones(len(prices))
        accrued[1:] = prices[1:] / prices[:-1]
        started = ~np.isnan(yields)
        inputs.refuse_missing(role, f"{self.index!r} of two and three months before", started & np.isnan(prices))
        return level_from_returns((1 + real) * accrued - 1, started)
