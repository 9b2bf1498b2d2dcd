"""The rhythm of a history: how often it has sessions, as inferred from its dates, and constants that depend on it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.errors import DataError

MIN_DATES = 10  # fewer dates do not contradict a stated rhythm
MIN_WEEKEND_SHARE = 0.25  # of Saturdays and Sundays, if every day is a session: 2/7 then, 1/5 in Tel Aviv (Sundays)
PERIODS_A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}
SESSIONS_TOLERANCE = 0.2  # share by which the stated number of sessions a year may differ from the rhythm's


@dataclass(frozen=True)
class Rhythm:
    """The frequency of a history's sessions: its name in the manifest, and constants that depend on it.

    `window_sessions` is about a month, or a single session that is longer: the longest window in which stocks and bonds
    fall together (a sell-off), and the fewest sessions between two of them.
    `correlation_months` is the length of a rolling correlation. `periods` are those at whose ends a strategy can trade.
    `days_apart` is the usual number of calendar days between two dates, from the fewest to the most. `period_code` is
    pandas' code for the day, week, month or quarter that a session stands for.
    """

    name: str
    sessions_a_year: float
    window_sessions: int
    correlation_months: int
    periods: tuple[str, ...]
    days_apart: tuple[int, int]
    period_code: str = "D"

    @property
    def span(self) -> str:
        """The span of a session in words: day, week, month or quarter."""
        return {"D": "day", "W-SUN": "week", "M": "month", "Q": "quarter"}[self.period_code]

    @property
    def session(self) -> str:
        """The word for a session: `session` on an exchange's calendar, else day, week, month or quarter."""
        return "session" if self.name == "daily" else self.span

    def words_for(self, sessions: int) -> str:
        """The number of sessions in words: 21 sessions, 4 weeks, 1 month."""
        return f"{sessions} {self.session}{'' if sessions == 1 else 's'}"

    def length_words(self, sessions: int) -> str:
        """The length of a history in words: 4,879 sessions, 240 monthly sessions."""
        return f"{sessions:,} {'' if self.name == 'daily' else self.name.replace(' ', '-') + ' '}sessions"

    def sessions_in(self, period: str) -> int:
        """The number of sessions in a week, month, quarter or year, rounded."""
        return round(self.sessions_a_year / PERIODS_A_YEAR[period])

    @property
    def block_sessions(self) -> int:
        """The shortest mean block of a block bootstrap, in sessions: three windows."""
        return 3 * self.window_sessions

    @property
    def correlation_sessions(self) -> int:
        """The length of a rolling correlation in sessions."""
        return round(self.correlation_months * self.sessions_a_year / 12)


LONG_PERIODS = ("month", "quarter", "year")
RHYTHMS = {
    rhythm.name: rhythm
    for rhythm in (
        # name, sessions a year, sessions of a window, months of a correlation
        Rhythm("daily", 252, 21, 3, periods=("day", "week", *LONG_PERIODS), days_apart=(1, 4)),
        Rhythm("every day", 365, 31, 3, periods=("day", "week", *LONG_PERIODS), days_apart=(1, 1)),
        Rhythm("weekly", 52, 4, 12, periods=("week", *LONG_PERIODS), days_apart=(6, 8), period_code="W-SUN"),
        Rhythm("monthly", 12, 1, 36, periods=LONG_PERIODS, days_apart=(27, 32), period_code="M"),
        Rhythm("quarterly", 4, 1, 120, periods=LONG_PERIODS[1:], days_apart=(88, 93), period_code="Q"),
    )
}
DAILY = RHYTHMS["daily"]


def slowest_rhythm(names: Iterable[str]) -> Rhythm:
    """The rhythm with the fewest sessions a year among those of these names."""
    return min((RHYTHMS[name] for name in names), key=lambda rhythm: rhythm.sessions_a_year)


def infer_rhythm(dates: pd.DatetimeIndex) -> Rhythm | None:
    """The rhythm of ascending dates; None if there are fewer than three, or their spacing is irregular."""
    if len(dates) < 3:
        return None
    days = np.diff(dates.to_numpy()) / np.timedelta64(1, "D")
    typical = float(np.median(days))
    for rhythm in RHYTHMS.values():
        low, high = rhythm.days_apart
        if low <= typical <= high and np.mean(days <= 2 * high) > 0.9:
            is_every_day = rhythm.name == "daily" and np.mean(dates.day_of_week >= 5) > MIN_WEEKEND_SHARE
            return RHYTHMS["every day"] if is_every_day else rhythm
    return None


def checked_rhythm(where: str, sessions: pd.DatetimeIndex, stated: str | None, sessions_a_year: float | None) -> Rhythm:
    """The rhythm of a history's sessions: the stated one, else the inferred one, else daily.

    `sessions_a_year`, if given, replaces the rhythm's own number. Raise DataError if the dates, where there are at
    least ten, contradict either statement. `where` names the history in the message.
    """
    inferred, enough = infer_rhythm(sessions), len(sessions) >= MIN_DATES
    if stated is not None and inferred is not None and enough and inferred.name != stated:
        days = np.median(np.diff(sessions.to_numpy()) / np.timedelta64(1, "D"))
        its_sessions = f"its sessions are {inferred.name}, {days:.0f} days from one to the next"
        raise DataError(f"{where} says rhythm = {stated!r}, and {its_sessions}; say rhythm = {inferred.name!r}")
    rhythm = RHYTHMS[stated] if stated is not None else inferred or DAILY
    if sessions_a_year is None:
        return rhythm
    if (stated or (inferred and enough)) and abs(sessions_a_year / rhythm.sessions_a_year - 1) > SESSIONS_TOLERANCE:
        raise DataError(
            f"{where} says sessions_a_year = {sessions_a_year:g}, and its sessions are {rhythm.name}; some "
            f"{rhythm.sessions_a_year:g} are expected: leave it out"
        )
    return replace(rhythm, sessions_a_year=sessions_a_year)


def are_period_starts(dates: pd.DatetimeIndex) -> bool:
    """Whether weekly, monthly or quarterly dates are each the first day, or first weekday, of their period.

    A date in the same period as the date before, as the last date can be if its period is not over, is ignored. False
    for daily or irregular dates.
    """
    dates = dates[~shares_period(dates)]
    rhythm = infer_rhythm(dates)
    if rhythm is None or rhythm.period_code == "D":
        return False
    starts = dates.to_period(rhythm.period_code).start_time
    weekdays = starts + pd.to_timedelta((7 - starts.day_of_week) * (starts.day_of_week >= 5), unit="D")
    return bool((dates == starts).all() or (dates == weekdays).all())


def moved_to_period_ends(dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The last weekday of the week, month or quarter in which each date lies, whichever is the rhythm of the dates.

    Raise DataError if the dates have none of these rhythms, or two lie in one period.
    """
    rhythm = infer_rhythm(dates)
    if rhythm is None or rhythm.period_code == "D":
        raise DataError("the dates are not weekly, monthly or quarterly; leave out --period-starts")
    if (repeated := shares_period(dates)).any():
        raise DataError(
            f"{dates[repeated][0].date()} lies in the {rhythm.span} of the date before; leave out one of the two"
        )
    ends = dates.to_period(rhythm.period_code).end_time.normalize()
    days_past_friday = np.maximum(ends.day_of_week - 4, 0)
    return pd.DatetimeIndex(ends - pd.to_timedelta(days_past_friday, unit="D")).as_unit("s")


def shares_period(dates: pd.DatetimeIndex) -> Flags:
    """Flags of the dates that lie in the week, month or quarter of the date before, whichever is their rhythm.

    All false for daily or irregular dates.
    """
    rhythm = infer_rhythm(dates)
    flags = np.zeros(len(dates), dtype=bool)
    if rhythm is not None and rhythm.period_code != "D":
        numbers = dates.to_period(rhythm.period_code).asi8
        flags[1:] = numbers[1:] == numbers[:-1]
    return flags
