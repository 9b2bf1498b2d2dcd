"""Putting series onto sessions: assets carry a level over a short gap, observables wait until they were published."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.errors import DataError
from backtester.histories.store import Figures
from backtester.histories.table import Stretch

MAX_CARRY_SESSIONS = 5  # DESIGN: a longer gap in a tradable series is refused, a shorter one counted


def align_asset(
    where: str, values: "pd.Series[float]", sessions: pd.DatetimeIndex, *, absent: tuple[Stretch, ...] = ()
) -> tuple[Array, int]:
    """The level at each session, NaN before the first, and the number of sessions on which it was carried.

    A value dated between two sessions counts at the later one. A session without a value of its own, nor one since the
    session before, carries the last level for at most five sessions in a row; a longer gap raises DataError. Inside
    the stretches in `absent`, which the manifest owns up to, there is no level: NaN; after one it begins with a value
    of its own.
    """
    last = values.index.searchsorted(sessions, side="right") - 1
    started = last >= 0
    if not started.any():
        return np.full(len(sessions), np.nan), 0
    fresh = started & np.diff(last, prepend=-1).astype(bool)
    waiting = np.zeros_like(started)
    for first, last_absent in absent:
        started &= (sessions < pd.Timestamp(first)) | (sessions > pd.Timestamp(last_absent))
        stale = values.index[last.clip(min=0)] <= pd.Timestamp(last_absent)
        waiting |= started & (sessions > pd.Timestamp(last_absent)) & stale
    carried = started & ~fresh
    run = _run_length(carried)
    if (run > MAX_CARRY_SESSIONS).any():
        end = int((run > MAX_CARRY_SESSIONS).argmax())
        begin = sessions[end - MAX_CARRY_SESSIONS]
        raise DataError(
            f"{where}: no value from {begin.date()} for more than {MAX_CARRY_SESSIONS} sessions; "
            "fill the gap at the source, or end the history before it with 'until' in the manifest"
        )
    started, carried = started & ~waiting, carried & ~waiting
    levels = np.where(started, values.to_numpy()[last.clip(min=0)], np.nan)
    return levels, int(carried.sum())


def _run_length(flags: Flags) -> npt.NDArray[np.int64]:
    """At each place, how many flags in a row end there."""
    count = np.cumsum(flags)
    return count - np.maximum.accumulate(np.where(flags, 0, count))


def align_observable(
    figures: Figures, sessions: pd.DatetimeIndex, *, lag_sessions: int, close: str
) -> "pd.Series[float]":
    """The value known at each session's close, NaN before the first was published.

    With publication times, a value is known from the first session whose close is not before its time; without, from
    `lag_sessions` after the first session on or after its date. Of several known values the one of the latest date
    stands, and it stands until the next is known.
    """
    dates = figures.values.index
    if figures.known is None:
        first = sessions.searchsorted(dates, side="left") + lag_sessions
    else:
        closes = sessions + pd.Timedelta(f"{close}:00")
        first = closes.searchsorted(pd.DatetimeIndex(figures.known), side="left")
    latest = np.full(len(sessions), -1)
    inside = first < len(sessions)
    np.maximum.at(latest, first[inside], np.arange(len(dates))[inside])
    latest = np.maximum.accumulate(latest)
    values = np.append(figures.values.to_numpy(), np.nan)[latest]  # the place before the first is the last, NaN
    return pd.Series(values, sessions)


def annual_change(figures: Figures) -> Figures:
    """The change over twelve months in percent, by date: no value where the month a year before has none."""
    values = figures.values
    before = values.reindex(pd.DatetimeIndex(values.index) - pd.DateOffset(years=1)).to_numpy()
    change = pd.Series(100 * (values.to_numpy() / before - 1), values.index).dropna()
    return Figures(change, None if figures.known is None else figures.known[change.index])


def refuse_endless(where: str, level: Array, sessions: pd.DatetimeIndex) -> None:
    """Nothing, unless a level (T,) or its growth in a session is beyond all numbers: then a DataError with the date."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        endless = np.isinf(level[1:] / level[:-1]) | np.isinf(level[1:])
    if endless.any():
        date = sessions[int(endless.argmax()) + 1].date()
        raise DataError(f"{where}: no finite return on {date}; mend the source and build it again")
