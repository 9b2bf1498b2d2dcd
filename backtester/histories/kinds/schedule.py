"""Dates that are known ahead, such as the Fed's meetings: columns of the calendar, as they were known at each close."""

import numpy as np
import pandas as pd

from backtester.arrays import Flags, Integers
from backtester.histories.keys import Date
from backtester.histories.series import CalendarSeries, Quoted
from backtester.histories.series_inputs import SeriesInputs
from backtester.histories.sessions import sessions_between

NEVER, ALWAYS = pd.Timestamp(2200, 1, 1), pd.Timestamp(1800, 1, 1)


class ScheduledDates(Quoted, CalendarSeries):
    """The dates are those on which the column has a figure, whatever it is, and those of `dropped`.

    `dropped` are dates that were called off, `added` dates that were set late, each with the date of the news. All
    others were known long ahead.
    """

    dropped: tuple[tuple[Date, Date], ...] = ()
    added: tuple[tuple[Date, Date], ...] = ()

    def columns(self, role: str, inputs: SeriesInputs, calendar: str) -> pd.DataFrame:
        """By session, `sessions_since_` the role's last date and `sessions_to_` its next one; both are 0 on a date.

        A future date counts if it was known at the session's close, and the sessions up to it follow the calendar's
        rules; a past date counts if it was not called off. NaN before the first date that is a session, and after
        the last.
        """
        off, late = (dict(map(_stamps, pairs)) for pairs in (self.dropped, self.added))
        dates = (
            pd.DatetimeIndex(inputs.figures(role).values.index)
            .union(pd.DatetimeIndex(list(off)))
            .sort_values()
            .as_unit("s")
        )
        since = pd.DatetimeIndex([late.get(date, ALWAYS) for date in dates]).as_unit("s").to_numpy()
        until = pd.DatetimeIndex([off.get(date, NEVER) for date in dates]).as_unit("s").to_numpy()
        sessions, days = inputs.sessions, inputs.sessions.to_numpy()
        if not len(dates):
            columns = [f"sessions_since_{role}", f"sessions_to_{role}"]
            return pd.DataFrame(np.nan, index=sessions, columns=columns)

        def known(places: Integers) -> Flags:
            inside = np.clip(places, 0, len(dates) - 1)
            there: Flags = (places == inside) & (since[inside] <= days) & (days < until[inside])
            return there

        ahead, past = dates.searchsorted(days, side="left"), dates.searchsorted(days, side="right") - 1
        while (skipped := ~known(ahead) & (ahead < len(dates))).any():
            ahead += skipped
        while (skipped := ~known(past) & (past >= 0)).any():
            past -= skipped
        following, last = (dates[np.clip(places, 0, len(dates) - 1)] for places in (ahead, past))
        to = sessions_between(sessions, following, calendar).astype(float)
        gone = np.arange(len(sessions)) - sessions.searchsorted(last).astype(float)
        to[~known(ahead)] = np.nan
        gone[~known(past) | (last < sessions[0])] = np.nan
        return pd.DataFrame({f"sessions_since_{role}": gone, f"sessions_to_{role}": to}, sessions)


def _stamps(pair: tuple[Date, Date]) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(pair[0]), pd.Timestamp(pair[1])
