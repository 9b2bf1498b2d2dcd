"""The change of a monthly series over twelve months, in percent, such as inflation of consumer prices."""

from collections.abc import Mapping
from typing import ClassVar

import pandas as pd

from backtester.histories.series import Observable, Series, source_fault
from backtester.histories.series_inputs import Publications, SeriesInputs


class AnnualChange(Observable):
    """The change over twelve months of a monthly series, whose role (its name in the history) is given as `of`."""

    roles: ClassVar[tuple[str, ...]] = ("of",)  # the keys whose values are roles of other series

    of: str

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        return source_fault(self.of, others)

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """The changes in percent by date, each known when its month's value was."""
        source = inputs.published(self.of)
        changes = annual_changes(source.values)
        return Publications(changes, source.first_session[source.values.index.get_indexer(changes.index)])


def annual_changes(values: "pd.Series[float]") -> "pd.Series[float]":
    """The change over twelve months in percent, by date: no value where the month a year before has none."""
    before = values.reindex(pd.DatetimeIndex(values.index) - pd.DateOffset(years=1)).to_numpy()
    return pd.Series(100 * (values.to_numpy() / before - 1), values.index).dropna()
