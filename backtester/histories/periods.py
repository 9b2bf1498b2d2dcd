"""Weeks, months and quarters: figures that are dated by such a period, and markets that are measured at their ends.

Providers date a monthly figure by the month's last day or by its last business day. `moved_to_last_sessions` dates it
by the month's last session, whatever weekend or holiday lies between.

A rhythm is how often sessions, or the values of a series, come; a role is the name of a series, such as `stocks`.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtester.arrays import Array, Flags
from backtester.errors import DataError
from backtester.histories.align import CARRY_DAYS
from backtester.histories.derived import price_returns
from backtester.histories.manifest import History
from backtester.histories.rhythm import RHYTHMS, Rhythm, checked_rhythm, infer_rhythm, shares_period
from backtester.histories.series_inputs import Figures

RHYTHM_OF_SPAN = {rhythm.span: rhythm for rhythm in RHYTHMS.values() if rhythm.period_code != "D"}  # week, month, ...


def choose_rhythms(history: History, sessions: pd.DatetimeIndex, span: str | None) -> tuple[Rhythm, Rhythm | None]:
    """The rhythm of a history's sessions, and that of the periods at whose ends it is to be measured.

    `span` (week, month or quarter) names these periods. The second is None if it is None or that of the sessions: then
    every session counts. Raise DataError if
    the dates contradict the manifest, or the sessions are rarer than the periods.
    """
    table = history.table
    sessions_a_year = table.sessions_a_year if "sessions_a_year" in table.model_fields_set else None
    own = checked_rhythm(f"history {history.name!r}", sessions, table.rhythm, sessions_a_year)
    asked = None if span is None else RHYTHM_OF_SPAN[span]
    if asked is None or asked.name == own.name:
        return own, None
    if asked.sessions_a_year > own.sessions_a_year:
        longer = [name for name, rhythm in RHYTHM_OF_SPAN.items() if rhythm.sessions_a_year < own.sessions_a_year]
        text = f"history {history.name!r} is {own.name} and has no {asked.name} sessions to measure at; leave --rhythm "
        raise DataError(f"{text}{span} out{f', or say {longer[0]}' if longer else ''}")
    return own, asked


def end_sessions(sessions: pd.DatetimeIndex, rhythm: Rhythm) -> Flags:
    """Flags (T,) of the sessions that end a period of the rhythm.

    The last session ends its period if no weekday of the period follows it.
    """
    own_periods = sessions.to_period(rhythm.period_code)
    next_day = sessions[-1] + pd.Timedelta(days=1)
    weekdays_left = np.busday_count(next_day.date(), (own_periods[-1].end_time + pd.Timedelta(days=1)).date())
    return np.append(np.diff(own_periods.asi8) > 0, weekdays_left == 0)


def slower_rhythm(dates: pd.DatetimeIndex, sessions: pd.DatetimeIndex, rhythm: Rhythm) -> Rhythm | None:
    """The rhythm of a series with these dates if it has values for fewer than half of the sessions; else None.

    None also if its dates have no rhythm, or one that is no slower than `rhythm`, that of the sessions.
    """
    if not len(dates):
        return None
    first, last = sessions.searchsorted(dates[[0, -1]])
    if 2 * len(dates) > last - first:
        return None
    own = infer_rhythm(dates)
    return own if own is not None and own.sessions_a_year < rhythm.sessions_a_year else None


def moved_to_last_sessions(figures: Figures, sessions: pd.DatetimeIndex, rhythm: Rhythm) -> Figures:
    """The figures, with dates that follow the last session of their own week, month or quarter moved to that session.

    `rhythm` is that of the sessions. Figures with times of publication, and figures more frequent than sessions, stay
    as they are. So does a date more than ten days after the session, and one whose period already has a figure.
    """
    dates = pd.DatetimeIndex(figures.values.index)
    own = slower_rhythm(dates, sessions, rhythm) if rhythm.period_code == "D" else infer_rhythm(dates)
    if figures.published_at is not None or own is None or own.period_code == "D":
        return figures
    if own.sessions_a_year > rhythm.sessions_a_year:
        return figures
    if rhythm.span == "week" and own.span != "week":
        return figures  # a month can end days after its last weekly session, where its figure would be known too early
    last_sessions = sessions[np.append(np.diff(sessions.to_period(own.period_code).asi8) > 0, True)]
    own_periods, session_periods = (days.to_period(own.period_code) for days in (dates, last_sessions))
    places = session_periods.searchsorted(own_periods).clip(max=len(last_sessions) - 1)
    last_session = last_sessions[places]  # by date, that of its period, if the period has sessions
    moves = (session_periods[places] == own_periods) & (dates > last_session) & ~shares_period(dates)
    moves &= dates - last_session <= pd.Timedelta(days=CARRY_DAYS)
    return replace(figures, values=figures.values.set_axis(dates.where(~moves, last_session)))


def with_longer_carry(
    history: History, figures: dict[str, Figures], sessions: pd.DatetimeIndex, rhythm: Rhythm
) -> History:
    """The history with `carry_days` long enough that a series slower than its sessions is carried to its next date.

    Only series at least as frequent as `rhythm`, that of the ends at which the history is measured, are changed.
    """
    series = dict(history.series)
    for role, own_figures in figures.items():
        own = slower_rhythm(pd.DatetimeIndex(own_figures.values.index), sessions, RHYTHMS["every day"])
        if own is not None and own.sessions_a_year >= rhythm.sessions_a_year:
            days = max(history.quoted[role].carry_days or 0, own.days_apart[1] + CARRY_DAYS)
            series[role] = history.quoted[role].model_copy(update={"carry_days": days})
    return replace(history, table=history.table.model_copy(update={"series": series}))


def observable_figures(
    history: History, figures: dict[str, Figures], dated: dict[str, Figures], rhythm: Rhythm
) -> dict[str, Figures]:
    """The figures, by role, that observables (series that can be read but not held) are computed from.

    These are `figures`, with the dates of the file, if sessions are daily or the series has a lag, which counts from
    these dates; else `dated`, moved by `moved_to_last_sessions`.
    """
    if rhythm.period_code == "D":
        return figures
    return {role: own if history.quoted[role].lag_sessions else dated[role] for role, own in figures.items()}


def asset_dates(history: History, role: str, dated: dict[str, Figures]) -> pd.DatetimeIndex:
    """The dates of an asset's figures, or of the figures from which it is priced."""
    return pd.DatetimeIndex(dated[history.price_source(role)].values.index)


def slower_assets(
    history: History, dated: dict[str, Figures], sessions: pd.DatetimeIndex, rhythm: Rhythm
) -> dict[str, str]:
    """The name of its rhythm for each asset that has values for fewer than half of the sessions, by role."""
    rhythms = {role: slower_rhythm(asset_dates(history, role, dated), sessions, rhythm) for role in history.assets}
    return {role: own.name for role, own in rhythms.items() if own is not None}


def carried_counts(history: History, dated: dict[str, Figures], levels: pd.DataFrame) -> dict[str, int]:
    """By asset, the number of sessions at which it has a level, but no figure since the session before."""
    counts = {}
    for role, level in levels.items():
        dates = asset_dates(history, str(role), dated)
        figures_so_far = dates.searchsorted(pd.DatetimeIndex(levels.index), side="right")
        counts[str(role)] = int(((np.diff(figures_so_far, prepend=0) == 0) & level.notna().to_numpy()).sum())
    return counts


def cash_returns(levels: pd.DataFrame) -> Array:
    """The returns (T,) of cash from the level of bills: 0 at its first value, NaN before; all NaN without bills."""
    if "bills" not in levels:
        return np.full(len(levels), np.nan)
    returns = price_returns(levels["bills"].to_numpy())
    returns[int(levels["bills"].notna().to_numpy().argmax())] = 0.0
    return returns
