"""How often a history has sessions, inferred from its dates, and the constants that depend on it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.errors import DataError

MIN_DATES = 10  # fewer dates do not contradict a stated rhythm
WEEKEND = 0.25  # a share of Saturdays and Sundays above which every day is a session; 2/7 there, 1/5 in Tel Aviv
PERIODS_A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}  # how many of each
SESSIONS_TOLERANCE = 0.2  # share by which stated sessions a year may differ from the rhythm's


@dataclass(frozen=True)
class Rhythm:
    """A rhythm's name in the manifest, and its constants.

    `window_sessions` is a month, the longest window of a sell-off and the fewest sessions between two of them;
    `block_sessions` the shortest mean block of a resample, three windows; `correlation_months` what a rolling
    correlation looks back on; `periods` are those whose ends can be traded. `days_apart` are the fewest and the
    most calendar days that usually lie between two dates, and `period_code` is pandas' code of the span of a session.
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
        """So many sessions in words: 21 sessions, 4 weeks, 1 month."""
        return f"{sessions} {self.session}{'' if sessions == 1 else 's'}"

    def length_words(self, sessions: int) -> str:
        """So many sessions as the length of a history: 4,879 sessions, 240 monthly sessions."""
        return f"{sessions:,} {'' if self.name == 'daily' else self.name.replace(' ', '-') + ' '}sessions"

    def sessions_in(self, period: str) -> int:
        """The sessions of a week, month, quarter or year, to the nearest whole number."""
        return round(self.sessions_a_year / PERIODS_A_YEAR[period])

    @property
    def block_sessions(self) -> int:
        """The shortest mean block of a resample: three windows."""
        return 3 * self.window_sessions

    @property
    def correlation_sessions(self) -> int:
        """The sessions of a rolling correlation."""
        return round(self.correlation_months * self.sessions_a_year / 12)


LONG_PERIODS = ("month", "quarter", "year")
RHYTHMS = {
    rhythm.name: rhythm
    for rhythm in (
        Rhythm("daily", 252, 21, 3, ("day", "week", *LONG_PERIODS), (1, 4)),
        Rhythm("every day", 365, 31, 3, ("day", "week", *LONG_PERIODS), (1, 1)),
        Rhythm("weekly", 52, 4, 12, ("week", *LONG_PERIODS), (6, 8), "W-SUN"),
        Rhythm("monthly", 12, 1, 36, LONG_PERIODS, (27, 32), "M"),
        Rhythm("quarterly", 4, 1, 120, LONG_PERIODS[1:], (88, 93), "Q"),
    )
}
DAILY = RHYTHMS["daily"]


def slowest_rhythm(names: Iterable[str]) -> Rhythm:
    """The rhythm of the fewest sessions a year among those of these names."""
    return min((RHYTHMS[name] for name in names), key=lambda one: one.sessions_a_year)


def infer_rhythm(dates: pd.DatetimeIndex) -> Rhythm | None:
    """The rhythm of ascending dates; None if there are fewer than three, or their spacing is irregular."""
    if len(dates) < 3:
        return None
    days = np.diff(dates.to_numpy()) / np.timedelta64(1, "D")
    typical = float(np.median(days))
    for rhythm in RHYTHMS.values():
        low, high = rhythm.days_apart
        if low <= typical <= high and np.mean(days <= 2 * high) > 0.9:
            is_every_day = rhythm.name == "daily" and np.mean(dates.day_of_week >= 5) > WEEKEND
            return RHYTHMS["every day"] if is_every_day else rhythm
    return None


def checked_rhythm(where: str, sessions: pd.DatetimeIndex, stated: str | None, sessions_a_year: float | None) -> Rhythm:
    """The rhythm of a history's sessions: the stated one, else the inferred one, else daily.

    Its sessions a year are those stated, if any. Raise DataError if the dates contradict what is stated.
    """
    kept, enough = infer_rhythm(sessions), len(sessions) >= MIN_DATES
    if stated is not None and kept is not None and enough and kept.name != stated:
        days = np.median(np.diff(sessions.to_numpy()) / np.timedelta64(1, "D"))
        text = (
            f"{where} says rhythm = {stated!r}, and its sessions are {kept.name}, {days:.0f} days from one to the next"
        )
        raise DataError(f"{text}; say rhythm = {kept.name!r}")
    rhythm = RHYTHMS[stated] if stated is not None else kept or DAILY
    if sessions_a_year is None:
        return rhythm
    if (stated or (kept and enough)) and abs(sessions_a_year / rhythm.sessions_a_year - 1) > SESSIONS_TOLERANCE:
        raise DataError(
            f"{where} says sessions_a_year = {sessions_a_year:g}, and its sessions are {rhythm.name}; some "
            f"{rhythm.sessions_a_year:g} are expected: leave it out"
        )
    return replace(rhythm, sessions_a_year=sessions_a_year)


def are_period_starts(dates: pd.DatetimeIndex) -> bool:
    """Whether weekly, monthly or quarterly dates are the first day, or weekday, of their period, and label it.

    A last date that shares its period with the one before is of an unfinished one and left out of account.
    """
    dates = dates[~shares_period(dates)]
    rhythm = infer_rhythm(dates)
    if rhythm is None or rhythm.period_code == "D":
        return False
    starts = dates.to_period(rhythm.period_code).start_time
    weekdays = starts + pd.to_timedelta((7 - starts.day_of_week) * (starts.day_of_week >= 5), unit="D")
    return bool((dates == starts).all() or (dates == weekdays).all())


def moved_to_period_ends(dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The last weekday of the week, month or quarter that each date lies in, by the rhythm that the dates keep.

    Raise DataError if they keep none of these, or two lie in one period.
    """
    rhythm = infer_rhythm(dates)
    if rhythm is None or rhythm.period_code == "D":
        raise DataError("the dates are not weekly, monthly or quarterly; leave out --period-starts")
    if (two := shares_period(dates)).any():
        raise DataError(
            f"{dates[two][0].date()} lies in the {rhythm.span} of the date before; leave out one of the two"
        )
    ends = dates.to_period(rhythm.period_code).end_time.normalize()
    return pd.DatetimeIndex(ends - pd.to_timedelta(np.maximum(ends.day_of_week - 4, 0), unit="D")).as_unit("s")


def shares_period(dates: pd.DatetimeIndex) -> Flags:
    """By date, weekly, monthly or quarterly, whether it lies in the period of the date before."""
    rhythm = infer_rhythm(dates)
    same = np.zeros(len(dates), dtype=bool)
    if rhythm is not None and rhythm.period_code != "D":
        numbers = dates.to_period(rhythm.period_code).asi8
        same[1:] = numbers[1:] == numbers[:-1]
    return same
