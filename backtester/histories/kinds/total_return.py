"""A level from a file that includes all income, such as a fund's price with dividends reinvested."""

from backtester.arrays import Array
from backtester.histories.series import QuotedAsset
from backtester.histories.series_inputs import SeriesInputs


class TotalReturn(QuotedAsset):
    """A total-return index, used as it is quoted."""

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The figures at each session (T,), NaN before the first."""
        return inputs.quoted(role, used_by=repr(role))
