"""A future on an asset, such as a bond: its return in excess of bills, without cash."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from backtester.arrays import Array
from backtester.errors import did_you_mean
from backtester.histories.derived import level_from_returns, price_returns
from backtester.histories.series import Asset, Series, Unfunded
from backtester.histories.sheet import Sheet


class Future(Unfunded):
    """A future on the funded asset with the role `of`.

    A future is worth what the asset would be if it were bought with borrowed bills: its margin earns bills, its price
    falls by what the asset would pay. Neither the basis, nor the choice of what is delivered, nor a roll is in it.
    """

    roles: ClassVar[tuple[str, ...]] = ("of",)

    of: str

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        funded = [role for role, one in others.items() if isinstance(one, Asset) and one.funded and role != "bills"]
        if not super().fault(others) and self.of not in funded:
            return f"is a future on {self.of!r}, which is no funded asset here; {did_you_mean(self.of, funded)}"
        return super().fault(others)

    def level(self, role: str, sheet: Sheet) -> Array:
        """The level (T,) that grows by the asset's return less that of bills; NaN before both are known."""
        level, bills = sheet.level(self.of), sheet.bill_returns
        waits = np.append(np.isnan(bills[1:]), False)  # for the first session whose rate is known
        return level_from_returns(price_returns(level) - bills, ~np.isnan(level) & ~waits)
