"""A quoted level without income, such as gold's; with `carry` its holder also earns bills."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from backtester.arrays import Array
from backtester.histories.derived import level_from_returns, price_returns
from backtester.histories.series import QuotedAsset, Series
from backtester.histories.sheet import Sheet


class Price(QuotedAsset):
    """A price, whose level is the quoted one or, with `carry`, grows by its returns and those of bills."""

    carry: Literal["bills"] | None = None

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        if self.carry == "bills" and "bills" not in others:
            return "earns bills and the history has none; add a series 'bills', or leave out 'carry'"
        return ""

    def level(self, role: str, sheet: Sheet) -> Array:
        """The level (T,): the price or, with carry, its growth from the first session whose bill rate is known."""
        values = sheet.quoted(role, by=repr(role))
        if self.carry is None:
            return values
        bills = sheet.bill_returns
        waits = np.append(np.isnan(bills[1:]), False)
        return level_from_returns(price_returns(values) + bills, ~np.isnan(values) & ~waits)
