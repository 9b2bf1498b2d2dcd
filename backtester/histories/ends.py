"""Figures whose dates stand for a week, month or quarter, and sessions at the ends of such periods.

A monthly figure is dated by the month's last day, or by its last business day: both are the month's. `by_period` dates
it by the session that stands for the month, whatever weekend or holiday lies between.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.errors import DataError
from backtester.histories.align import CARRY_DAYS
from backtester.histories.derived import price_returns
from backtester.histories.manifest import History
from backtester.histories.rhythm import RHYTHMS, Rhythm, crowded, infer_rhythm, rhythm_of
from backtester.histories.sheet import Figures

AT_ENDS = {one.span: one for one in RHYTHMS.values() if one.period != "D"}  # by week, month and quarter


def rhythms_of(history: History, sessions: pd.DatetimeIndex, span: str | None) -> tuple[Rhythm, Rhythm | None]:
    """The rhythm of a history's sessions, and the rhythm of the spans at whose ends it is measured, None
    if it is measured at every session.

    Raise DataError if the dates contradict what the manifest says, or the history has fewer sessions a year than the
    spans.
    """
    table = history.table
    a_year = table.sessions_a_year if "sessions_a_year" in table.model_fields_set else None
    own = rhythm_of(f"history {history.name!r}", sessions, table.rhythm, a_year)
    asked = None if span is None else AT_ENDS[span]
    if asked is None or asked.name == own.name:
        return own, None
    if asked.sessions_a_year > own.sessions_a_year:
        coarser = [name for name, one in AT_ENDS.items() if one.sessions_a_year < own.sessions_a_year]
        text = f"history {history.name!r} is {own.name} and has no {asked.name} sessions to measure at; leave --rhythm "
        raise DataError(f"{text}{span} out{f', or say {coarser[0]}' if coarser else ''}")
    return own, asked


def end_sessions(sessions: pd.DatetimeIndex, rhythm: Rhythm) -> Flags:
    """Flags (T,) of the sessions that end a period; the last session does if no weekday of its period follows it."""
    numbers = sessions.to_period(rhythm.period)
    last = sessions[-1]
    left = np.busday_count((last + pd.Timedelta(days=1)).date(), (numbers[-1].end_time + pd.Timedelta(days=1)).date())
    return np.append(np.diff(numbers.asi8) > 0, left == 0)


def slower_rhythm(dates: pd.DatetimeIndex, sessions: pd.DatetimeIndex, rhythm: Rhythm) -> Rhythm | None:
    """The rhythm of a series that has a value for fewer than half of the sessions; None of any other."""
    if not len(dates):
        return None
    first, last = sessions.searchsorted(dates[[0, -1]])
    if 2 * len(dates) > last - first:
        return None
    own = infer_rhythm(dates)
    return own if own is not None and own.sessions_a_year < rhythm.sessions_a_year else None


def by_period(figures: Figures, sessions: pd.DatetimeIndex, rhythm: Rhythm) -> Figures:
    """The figures with each date that follows the last session of its own week, month or quarter moved to it.

    Figures that have times of publication, or more of them than there are sessions, stay as they are; so does a date
    that is more than ten days late, and one whose period has a figure already.
    """
    dates = pd.DatetimeIndex(figures.values.index)
    own = slower_rhythm(dates, sessions, rhythm) if rhythm.period == "D" else infer_rhythm(dates)
    if figures.known is not None or own is None or own.period == "D" or own.sessions_a_year > rhythm.sessions_a_year:
        return figures
    if rhythm.span == "week" != own.span:
        return figures  # a week's session can be days before the end of a month
    ends = sessions[np.append(np.diff(sessions.to_period(own.period).asi8) > 0, True)]
    place = ends.to_period(own.period).searchsorted(dates.to_period(own.period)).clip(max=len(ends) - 1)
    end = ends[place]
    late = (end.to_period(own.period) == dates.to_period(own.period)) & (dates > end) & ~crowded(dates)
    late &= dates - end <= pd.Timedelta(days=CARRY_DAYS)
    return replace(figures, values=figures.values.set_axis(dates.where(~late, end)))


def with_longer_carry(
    history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex, rhythm: Rhythm
) -> History:
    """The history with `carry_days` long enough that a slower series is carried from one date to the next.

    Only series at least as frequent as `rhythm` are changed.
    """
    series = dict(history.series)
    for role, one in figures.items():
        own = slower_rhythm(pd.DatetimeIndex(one.values.index), sessions, RHYTHMS["every day"])
        if own is not None and own.sessions_a_year >= rhythm.sessions_a_year:
            days = max(history.quoted[role].carry_days or 0, own.days[1] + CARRY_DAYS)
            series[role] = history.quoted[role].model_copy(update={"carry_days": days})
    return replace(history, table=history.table.model_copy(update={"series": series}))


def seen_figures(
    history: History, figures: dict[str, Figures], dated: dict[str, Figures], rhythm: Rhythm
) -> dict[str, Figures]:
    """The figures that observables are read from: with their own dates if sessions are daily or a lag is stated."""
    if rhythm.period == "D":
        return figures
    return {role: one if history.quoted[role].lag_sessions else dated[role] for role, one in figures.items()}


def asset_dates(history: History, role: str, dated: dict[str, Figures]) -> pd.DatetimeIndex:
    """The dates of an asset's figures, or of those that it is computed from."""
    return pd.DatetimeIndex(dated[history.priced_by(role)].values.index)


def slower_assets(
    history: History, dated: dict[str, Figures], sessions: pd.DatetimeIndex, rhythm: Rhythm
) -> dict[str, str]:
    """The names of the rhythms, by role, of assets that have a value for fewer than half of the sessions."""
    found = {role: slower_rhythm(asset_dates(history, role, dated), sessions, rhythm) for role in history.assets}
    return {role: own.name for role, own in found.items() if own is not None}


def carried_at(history: History, dated: dict[str, Figures], levels: pd.DataFrame) -> dict[str, int]:
    """The numbers of sessions, by asset, at which it has a level but no figure since the session before."""
    found = {}
    for role, level in levels.items():
        last = asset_dates(history, str(role), dated).searchsorted(pd.DatetimeIndex(levels.index), side="right")
        found[str(role)] = int(((np.diff(last, prepend=0) == 0) & level.notna().to_numpy()).sum())
    return found


def cash_returns(levels: pd.DataFrame) -> Array:
    """The returns (T,) of cash, from the level of bills: 0 at the first level, NaN before it and without bills."""
    if "bills" not in levels:
        return np.full(len(levels), np.nan)
    returns = price_returns(levels["bills"].to_numpy())
    returns[int(levels["bills"].notna().to_numpy().argmax())] = 0.0
    return returns
