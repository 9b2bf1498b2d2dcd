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
    """The series whose role (its name) is given as `of`, minus the one given as `less`, on each date of `of`.

    Of `less` it takes the last value up to that date.

    If `month_ends` is false, the last working day of each month (neither weekend nor federal holiday) is left out, so
    that the value before it stands: rates of funding jump on these days.
    """

    roles: ClassVar[tuple[str, ...]] = ("of", "less")  # the keys whose values are roles of other series

    of: str
    less: str
    month_ends: StrictBool = True

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        return source_fault(self.of, others) or source_fault(self.less, others)

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """The differences by date, each known as soon as both its values are."""
        minuend, subtrahend = inputs.published(self.of), inputs.published(self.less)
        latest = subtrahend.values.index.searchsorted(minuend.values.index, side="right") - 1
        used = latest >= 0  # -1 on dates before the first value that is subtracted
        if not self.month_ends:
            used &= ~_last_working_days(pd.DatetimeIndex(minuend.values.index))
        values = minuend.values[used] - subtrahend.values.to_numpy()[latest[used]]
        first_session = np.maximum(minuend.first_session[used], subtrahend.first_session[latest[used]])
        return Publications(values, first_session)


def _last_working_days(dates: pd.DatetimeIndex) -> Flags:
    """Flags of the dates that are the last of their month on which United States federal offices are open."""
    if not len(dates):
        return np.zeros(0, dtype=bool)
    first, last = dates[0], dates[-1] + pd.DateOffset(months=1)
    holidays = USFederalHolidayCalendar().holidays(first, last).to_numpy("datetime64[D]")
    next_months = (dates.to_period("M") + 1).to_timestamp().to_numpy("datetime64[D]")
    last_days = np.busday_offset(next_months, -1, roll="forward", holidays=holidays)
    flags: Flags = dates.to_numpy("datetime64[D]") == last_days
    return flags
