"""The alignment of series on sessions: assets keep a level over a short gap, observables wait for their publication.

Sessions are the dates of a history's `stocks`; observables are series that can be read but not held.
"""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Integers
from backtester.errors import DataError
from backtester.histories.keys import DateRange
from backtester.histories.series_inputs import Figures, Publications

OPEN_END = datetime.date(2199, 12, 31)  # the last date of a range that never ends
CARRY_DAYS = 10  # Golden Week closed Tokyo from 2019-04-27 to 2019-05-06, ten days after its last close


@dataclass(frozen=True)
class GapRules:
    """The manifest's rules about gaps in a series.

    In the date ranges `absent`, both ends included, the series has no level; elsewhere the last level is carried for at
    most `carry_days` calendar days. `role` is the series' name in the history, for error messages.
    """

    role: str = ""
    absent: tuple[DateRange, ...] = ()
    carry_days: int = CARRY_DAYS


def align_asset(
    where: str, values: "pd.Series[float]", sessions: pd.DatetimeIndex, gaps: GapRules = GapRules()
) -> tuple[Array, int]:
    """The level at each session (T,), NaN before the first, and the number of sessions on which it was carried.

    A value dated between two sessions counts at the later one. A session without a new value since the session before
    carries the last level, for at most `gaps.carry_days` calendar days from the date of its value. In the date ranges
    `gaps.absent` the level is NaN, and after one until there is a value dated after it. Raise DataError, with what can
    be done, if a gap is longer. `where` names the series in the message.
    """
    if not gaps.absent and values.index.equals(sessions):
        unchanged: Array = np.array(values, dtype=np.float64)
        return unchanged, 0
    latest = values.index.searchsorted(sessions, side="right") - 1  # place of the last value; -1 before the first
    has_level = latest >= 0
    if not has_level.any():
        return np.full(len(sessions), np.nan), 0
    is_new = has_level & np.append(True, latest[1:] != latest[:-1])
    # from when days without a value are counted: the date of the last value, or the end of a range of absence after it
    gap_start = values.index[latest.clip(min=0)].to_numpy()
    only_older = np.zeros_like(has_level)  # sessions after a range of absence whose last value is from before its end
    for first, last in gaps.absent:
        end = pd.Timestamp(last)
        is_after = sessions > end
        has_level &= (sessions < pd.Timestamp(first)) | is_after
        dated_before_end = is_after & (gap_start <= end.to_datetime64())
        only_older |= has_level & dated_before_end
        gap_start = np.where(dated_before_end, end.to_datetime64(), gap_start)
    carried = has_level & ~is_new
    too_long = carried & ((sessions.to_numpy() - gap_start) > np.timedelta64(gaps.carry_days, "D"))
    if too_long.any():
        place = int(too_long.argmax())
        dates, since = pd.DatetimeIndex(values.index), pd.Timestamp(gap_start[place])
        raise _too_long(where, dates, session=sessions[place], since=since, gaps=gaps)
    has_level, carried = has_level & ~only_older, carried & ~only_older
    levels = np.where(has_level, values.to_numpy()[latest.clip(min=0)], np.nan)
    return levels, int(carried.sum())


def _too_long(
    where: str, dates: pd.DatetimeIndex, session: pd.Timestamp, since: pd.Timestamp, gaps: GapRules
) -> DataError:
    """The error of a gap that is too long at `session`, with the remedies that suit the series.

    The series has ended, is slower than the sessions, or lacks values. `dates` are those of its values; `since` is the
    date of the value that is carried, or the end of a range of absence after it.
    """
    begin = (since + pd.Timedelta(days=1)).date()
    keys = f"the manifest's series {gaps.role!r}" if gaps.role else "the manifest"
    if session > dates[-1]:
        return DataError(
            f"{where}: its last value is of {dates[-1].date()}, and the sessions go on; in {keys} say absent = "
            f'[["{begin}", "{OPEN_END}"]], or end the history there with until = {dates[-1].date()}'
        )
    after = dates[int(dates.searchsorted(session))]
    end = (after - pd.Timedelta(days=1)).date()
    steps = np.diff(dates.to_numpy()) / np.timedelta64(1, "D")
    text = f"{where}: no value from {begin} to {end}, more than {gaps.carry_days} days"
    if np.median(steps) > gaps.carry_days:
        text += f"; it has one every {np.median(steps):.0f} days: give daily figures, measure at the ends of months or "
        text += f"quarters with run --rhythm, or let each stand until the next with carry_days = {steps.max():.0f} in "
        return DataError(text + keys)
    return DataError(
        f'{text}; fill the gap at the source, or in {keys} say absent = [["{begin}", "{end}"]] to hold nothing in it, '
        f"or carry_days = {(after - since).days} to let the level stand"
    )


def first_known(figures: Figures, sessions: pd.DatetimeIndex, *, lag_sessions: int, close: str) -> Integers:
    """The number of the session at whose close each figure became known; `len(sessions)` or more if there is none.

    With times of publication it is the first session whose close, at the time of day `close`, is not earlier; without,
    `lag_sessions` after the first session on or after the figure's date.
    """
    if figures.published_at is None:
        return sessions.searchsorted(figures.values.index, side="left") + lag_sessions
    closes = sessions + pd.Timedelta(f"{close}:00")
    return closes.searchsorted(pd.DatetimeIndex(figures.published_at), side="left")


def known_at_closes(published: Publications, sessions: pd.DatetimeIndex) -> "pd.Series[float]":
    """The value known at each session's close, NaN before the first was published.

    Of the values that are known, it is the one of the latest date.
    """
    latest = np.full(len(sessions), -1)  # by session, the place of the latest value; -1 before the first
    in_history = published.first_session < len(sessions)
    np.maximum.at(latest, published.first_session[in_history], np.arange(len(published.values))[in_history])
    latest = np.maximum.accumulate(latest)
    values = np.append(published.values.to_numpy(), np.nan)[latest]  # place -1 is the NaN that was appended
    return pd.Series(values, sessions)


def refuse_infinite(where: str, level: Array, sessions: pd.DatetimeIndex) -> None:
    """Raise DataError, with the date, if a level (T,), or its ratio to the level before, is infinite."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        infinite = np.isinf(level[1:] / level[:-1]) | np.isinf(level[1:])
    if infinite.any():
        date = sessions[int(infinite.argmax()) + 1].date()
        raise DataError(f"{where}: no finite return on {date}; mend the source and build it again")


def refuse_too_few(history: str, sessions: pd.DatetimeIndex, until: datetime.date | None) -> None:
    """Raise DataError if a history has fewer than two sessions up to that date."""
    if len(sessions) < 2:
        has = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'}{f' up to {until}' if until else ''}"
        raise DataError(f"history {history!r} has {has}; at least two are needed")
