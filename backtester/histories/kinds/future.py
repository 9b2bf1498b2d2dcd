"""A future on an asset, such as a bond: its return in excess of bills, without cash."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from backtester.arrays import Array
from backtester.errors import did_you_mean
from backtester.histories.derived import level_from_returns, price_returns
from backtester.histories.series import Asset, Series, Unfunded
from backtester.histories.series_inputs import SeriesInputs


class Future(Unfunded):
    """A future on a funded asset (bought with cash), whose role (its name in the history) is given as `of`.

    It returns what the asset would if it were bought with money borrowed at the bill rate. The basis, the seller's
    choice of what to deliver, and the cost of rolling are not modelled.
    """

    roles: ClassVar[tuple[str, ...]] = ("of",)  # the keys whose values are roles of other series

    of: str

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        assets = {role: series for role, series in others.items() if isinstance(series, Asset) and role != "bills"}
        funded = [role for role, asset in assets.items() if asset.funded]
        if not super().fault(others) and self.of not in funded:
            return f"is a future on {self.of!r}, which is no funded asset here; {did_you_mean(self.of, funded)}"
        return super().fault(others)

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,) that grows by the asset's return less that of bills; NaN before both are known."""
        level, bills = inputs.level(self.of), inputs.bill_returns
        has_no_rate = np.append(np.isnan(bills[1:]), False)  # today's rate is what is paid by the next session
        return level_from_returns(price_returns(level) - bills, ~np.isnan(level) & ~has_no_rate)
