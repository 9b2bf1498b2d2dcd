"""Putting series onto sessions: assets carry a level over a short gap, observables wait until they were published."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array, Integers
from backtester.errors import DataError
from backtester.histories.keys import DateRange
from backtester.histories.sheet import Figures, Publications

FOREVER = datetime.date(2199, 12, 31)  # past every session: the end of a series that has ended
CARRY_DAYS = 10  # Golden Week closed Tokyo from 2019-04-27 to 2019-05-06, ten days after its last close


@dataclass(frozen=True)
class Gaps:
    """Where an asset may have no figures.

    In the date ranges `absent`, both ends included, it has no level; elsewhere a level is carried for at most
    `carry_days` calendar days. `role` is the manifest's table that sets these keys, for error messages.
    """

    role: str = ""
    absent: tuple[DateRange, ...] = ()
    carry_days: int = CARRY_DAYS


def align_asset(
    where: str, values: "pd.Series[float]", sessions: pd.DatetimeIndex, gaps: Gaps = Gaps()
) -> tuple[Array, int]:
    """The level at each session, NaN before the first, and the number of sessions on which it was carried.

    A value dated between two sessions counts at the later one. A session without a value of its own, nor one since the
    session before, carries the last level for at most `gaps.carry_days` calendar days from that value's date. Inside
    the stretches `gaps.absent` there is no level: NaN; after one it begins with a value of its own. Raise DataError,
    with what can be done, if a gap is longer.
    """
    if not gaps.absent and values.index.equals(sessions):
        own: Array = np.array(values, dtype=np.float64)
        return own, 0
    last = values.index.searchsorted(sessions, side="right") - 1
    started = last >= 0
    if not started.any():
        return np.full(len(sessions), np.nan), 0
    fresh = started & np.append(True, last[1:] != last[:-1])
    since = values.index[last.clip(min=0)].to_numpy()
    waiting = np.zeros_like(started)
    for first, last_absent in gaps.absent:
        end = pd.Timestamp(last_absent)
        after = sessions > end
        started &= (sessions < pd.Timestamp(first)) | after
        stale = after & (since <= end.to_datetime64())
        waiting |= started & stale
        since = np.where(stale, end.to_datetime64(), since)
    carried = started & ~fresh
    late = carried & ((sessions.to_numpy() - since) > np.timedelta64(gaps.carry_days, "D"))
    if late.any():
        place = int(late.argmax())
        raise _too_long(where, pd.DatetimeIndex(values.index), sessions[place], pd.Timestamp(since[place]), gaps)
    started, carried = started & ~waiting, carried & ~waiting
    levels = np.where(started, values.to_numpy()[last.clip(min=0)], np.nan)
    return levels, int(carried.sum())


def _too_long(where: str, dates: pd.DatetimeIndex, session: pd.Timestamp, since: pd.Timestamp, gaps: Gaps) -> DataError:
    """The error of a gap that is too long at a session, with the remedies that go with how the data look.

    `since` is the date of the value that is carried, or the end of the stretch without values after it.
    """
    begin = (since + pd.Timedelta(days=1)).date()
    keys = f"the manifest's series {gaps.role!r}" if gaps.role else "the manifest"
    if session > dates[-1]:
        return DataError(
            f"{where}: its last value is of {dates[-1].date()}, and the sessions go on; in {keys} say absent = "
            f'[["{begin}", "{FOREVER}"]], or end the history there with until = {dates[-1].date()}'
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
    """The number of the session at whose close each figure is first known; `len(sessions)` or more if none.

    With publication times, a figure is known from the first session whose close is not before its time; without, from
    `lag_sessions` after the first session on or after its date.
    """
    if figures.known is None:
        return sessions.searchsorted(figures.values.index, side="left") + lag_sessions
    closes = sessions + pd.Timedelta(f"{close}:00")
    return closes.searchsorted(pd.DatetimeIndex(figures.known), side="left")


def as_known(published: Publications, sessions: pd.DatetimeIndex) -> "pd.Series[float]":
    """The value known at each session's close, NaN before the first was published.

    Of several known values the one of the latest date stands, and it stands until the next is known.
    """
    latest = np.full(len(sessions), -1)
    inside = published.first < len(sessions)
    np.maximum.at(latest, published.first[inside], np.arange(len(published.values))[inside])
    latest = np.maximum.accumulate(latest)
    values = np.append(published.values.to_numpy(), np.nan)[latest]  # the place before the first is the last, NaN
    return pd.Series(values, sessions)


def refuse_infinite(where: str, level: Array, sessions: pd.DatetimeIndex) -> None:
    """Raise DataError, with the date, if a level (T,), or its ratio to the level before, is infinite."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        endless = np.isinf(level[1:] / level[:-1]) | np.isinf(level[1:])
    if endless.any():
        date = sessions[int(endless.argmax()) + 1].date()
        raise DataError(f"{where}: no finite return on {date}; mend the source and build it again")


def refuse_too_few(history: str, sessions: pd.DatetimeIndex, until: datetime.date | None) -> None:
    """Raise DataError if a history has fewer than two sessions up to that date."""
    if len(sessions) < 2:
        has = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'}{f' up to {until}' if until else ''}"
        raise DataError(f"history {history!r} has {has}; at least two are needed")
