"""One level less another on the same date, such as a rate of funding less the rate on reserves."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar
from pydantic import StrictBool

from backtester.arrays import Flags
from backtester.histories.series import Observable, Series, source_fault
from backtester.histories.series_inputs import Publications, SeriesInputs


class Spread(Observable):
    """The series `of` less the series `less`, on each date of `of`; of `less` the last value up to that date.

    `month_ends` is false where the last working day of each month (neither weekend nor federal holiday) is left out,
    and the value before is carried over it.
    """

    roles: ClassVar[tuple[str, ...]] = ("of", "less")

    of: str
    less: str
    month_ends: StrictBool = True

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        return source_fault(self.of, others) or source_fault(self.less, others)

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """The differences, each known as soon as both its values are."""
        one, other = inputs.published(self.of), inputs.published(self.less)
        place = other.values.index.searchsorted(one.values.index, side="right") - 1
        there = place >= 0
        if not self.month_ends:
            there &= ~_last_working_days(pd.DatetimeIndex(one.values.index))
        values = one.values[there] - other.values.to_numpy()[place[there]]
        return Publications(values, np.maximum(one.first_session[there], other.first_session[place[there]]))


def _last_working_days(dates: pd.DatetimeIndex) -> Flags:
    """By date, whether it is the last of its month on which federal offices are open; the rule is known ahead."""
    if not len(dates):
        return np.zeros(0, dtype=bool)
    first, last = dates[0], dates[-1] + pd.DateOffset(months=1)
    holidays = USFederalHolidayCalendar().holidays(first, last).to_numpy("datetime64[D]")
    ends = np.busday_offset(
        (dates.to_period("M") + 1).to_timestamp().to_numpy("datetime64[D]"), -1, roll="forward", holidays=holidays
    )
    found: Flags = dates.to_numpy("datetime64[D]") == ends
    return found
