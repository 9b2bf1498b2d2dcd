"""A quoted level with all income in it, such as a fund's price with dividends reinvested."""

from backtester.arrays import Array
from backtester.histories.series import QuotedAsset
from backtester.histories.series_inputs import SeriesInputs


class TotalReturn(QuotedAsset):
    """A total return, whose level is the quoted one."""

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The figures at each session."""
        return inputs.quoted(role, used_by=repr(role))
