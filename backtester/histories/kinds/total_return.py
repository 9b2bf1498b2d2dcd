"""A quoted level with all income in it, such as a fund's price with dividends reinvested."""

from backtester.arrays import Array
from backtester.histories.series import QuotedAsset
from backtester.histories.sheet import Sheet


class TotalReturn(QuotedAsset):
    """A total return, whose level is the quoted one."""

    def level(self, role: str, sheet: Sheet) -> Array:
        """The figures at each session."""
        return sheet.quoted(role, by=repr(role))
