"""A price without income, such as gold's; with `carry` its holder also earns the return of bills."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from backtester.arrays import Array
from backtester.histories.derived import level_from_returns, price_returns
from backtester.histories.series import QuotedAsset, Series
from backtester.histories.series_inputs import SeriesInputs


class Price(QuotedAsset):
    """A price. Its level is the price itself or, with `carry`, grows by the return of the price plus that of bills."""

    carry: Literal["bills"] | None = None

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        if self.carry == "bills" and "bills" not in others:
            return "earns bills and the history has none; add a series 'bills', or leave out 'carry'"
        return ""

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,), NaN where there is no price; with carry, also before the first session with a bill rate."""
        prices = inputs.quoted(role, used_by=repr(role))
        if self.carry is None:
            return prices
        bills = inputs.bill_returns
        has_no_rate = np.append(np.isnan(bills[1:]), False)  # today's rate is what is earned by the next session
        return level_from_returns(price_returns(prices) + bills, ~np.isnan(prices) & ~has_no_rate)
