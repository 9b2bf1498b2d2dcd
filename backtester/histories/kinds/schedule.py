"""Dates that are known ahead, such as the Fed's meetings: columns of the calendar that strategies read."""

import numpy as np
import pandas as pd

from backtester.arrays import Flags, Integers
from backtester.histories.keys import Date
from backtester.histories.series import CalendarSeries, Quoted
from backtester.histories.series_inputs import SeriesInputs
from backtester.histories.sessions import sessions_between

FAR_PAST, FAR_FUTURE = pd.Timestamp(1800, 1, 1), pd.Timestamp(2200, 1, 1)


class ScheduledDates(Quoted, CalendarSeries):
    """The dates on which the series' column has a figure, whatever it is, and those of `dropped`.

    `dropped` are dates that were called off, `added` dates that were set at short notice: pairs of the date and the day
    on which the change became known. All other dates were always known.
    """

    dropped: tuple[tuple[Date, Date], ...] = ()
    added: tuple[tuple[Date, Date], ...] = ()

    def columns(self, role: str, inputs: SeriesInputs, calendar: str) -> pd.DataFrame:
        """By session, the number of sessions since the last date and to the next one; both are 0 on a date.

        The two columns are named `sessions_since_` and `sessions_to_`, followed by the role (the name of the series).

        A future date counts if it was known at the session's close, and the sessions up to it follow the calendar's
        rules; a past date counts if it was not called off. NaN before the first date that is a session, and after
        the last.
        """
        called_off, set_late = (dict(map(_timestamps, pairs)) for pairs in (self.dropped, self.added))
        dates = pd.DatetimeIndex(inputs.figures(role).values.index).union(pd.DatetimeIndex(list(called_off)))
        dates = dates.sort_values().as_unit("s")
        known_from = pd.DatetimeIndex([set_late.get(date, FAR_PAST) for date in dates]).as_unit("s").to_numpy()
        known_until = pd.DatetimeIndex([called_off.get(date, FAR_FUTURE) for date in dates]).as_unit("s").to_numpy()
        sessions, days = inputs.sessions, inputs.sessions.to_numpy()
        if not len(dates):
            names = [f"sessions_since_{role}", f"sessions_to_{role}"]
            return pd.DataFrame(np.nan, index=sessions, columns=names)

        def is_known(places: Integers) -> Flags:
            """By session, whether there is a date at that place in `dates`, and it was known at the session's close."""
            valid = np.clip(places, 0, len(dates) - 1)
            flags: Flags = (places == valid) & (known_from[valid] <= days) & (days < known_until[valid])
            return flags

        # the places of the next and the last date of each session, moved on over dates that were not known there
        following, last = dates.searchsorted(days, side="left"), dates.searchsorted(days, side="right") - 1
        while (unknown := ~is_known(following) & (following < len(dates))).any():
            following += unknown
        while (unknown := ~is_known(last) & (last >= 0)).any():
            last -= unknown
        next_dates, last_dates = (dates[np.clip(places, 0, len(dates) - 1)] for places in (following, last))
        sessions_to = sessions_between(sessions, next_dates, calendar).astype(float)
        sessions_since = np.arange(len(sessions)) - sessions.searchsorted(last_dates).astype(float)
        sessions_to[~is_known(following)] = np.nan
        sessions_since[~is_known(last) | (last_dates < sessions[0])] = np.nan
        return pd.DataFrame({f"sessions_since_{role}": sessions_since, f"sessions_to_{role}": sessions_to}, sessions)


def _timestamps(pair: tuple[Date, Date]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Both dates as pandas has them."""
    return pd.Timestamp(pair[0]), pd.Timestamp(pair[1])
