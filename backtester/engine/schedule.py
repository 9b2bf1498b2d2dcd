"""The schedule of rebalancing: the sessions on which trades are decided, to be made `lag` sessions later."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.errors import RecipeError, did_you_mean
from backtester.histories.rhythm import DAILY, Rhythm

PERIOD_NAMES = ("day", "week", "month", "quarter", "year", "never")
LONGER_PERIODS = ("week", "month", "quarter", "year")  # periods of several sessions, over which tranches can be spread
SCHEDULE_SPELLING = re.compile(r"(?P<period>[a-z]+)(?:\+(?P<offset>\d{1,3}))?(?:/(?P<tranches>\d{1,3}))?", re.ASCII)


@dataclass(frozen=True)
class Schedule:
    """A schedule: decide on the last session of each period, or `offset` sessions after it.

    A period is one of `PERIOD_NAMES`; `rhythm` is how often the history has sessions, from daily to quarterly.

    With several tranches the money is split into as many books, whose offsets are spread evenly over a period: this
    averages out the luck of a single day. Hoffstein, Sibears and Faber (2019), Rebalance Timing Luck: The
    Difference Between Hired and Fired, Journal of Index Investing.
    """

    period: str
    offset: int = 0
    tranches: int = 1
    rhythm: Rhythm = DAILY

    def __str__(self) -> str:
        """As it is written: `month`, `month+5` or `month/4`."""
        offset = f"+{self.offset}" if self.offset else ""
        return self.period + offset + (f"/{self.tranches}" if self.tranches > 1 else "")

    @property
    def offsets(self) -> list[int]:
        """The offset of each tranche, in sessions."""
        step = _period_sessions(self.period, self.rhythm) / self.tranches
        return [self.offset + round(tranche * step) for tranche in range(self.tranches)]


def parse_schedule(text: object, rhythm: Rhythm = DAILY) -> Schedule:
    """The schedule of a text such as `month`, `month+5` or `month/4`. Raise RecipeError if it is not understood, or too
    fine for a history of this rhythm."""
    if not isinstance(text, str):
        raise RecipeError(f"a schedule of type {type(text).__name__}; it is text, such as month or month+5")
    match = SCHEDULE_SPELLING.fullmatch(text)
    if match is None or match["period"] not in PERIOD_NAMES:
        near = did_you_mean(re.split(r"[+/]", text.lower())[0], PERIOD_NAMES)
        raise RecipeError(f"unknown schedule {text!r}; {near} (month+5: five sessions later; month/4: four tranches)")
    schedule = Schedule(match["period"], int(match["offset"] or 0), int(match["tranches"] or 1), rhythm)
    if schedule.period not in (*rhythm.periods, "never"):
        possible = f"{', '.join(rhythm.periods)} or never"
        raise RecipeError(
            f"schedule {text!r} is finer than the sessions of the history, which are {rhythm.name}; {possible}"
        )
    # an offset of 0 goes with any period, as in day+0; tranches, even one as in day/1, only with longer ones
    for what, given in (("an offset", match["offset"] and schedule.offset), ("tranches", match["tranches"])):
        if given and schedule.period not in LONGER_PERIODS:
            raise RecipeError(f"schedule {text!r} has {what}; it goes with week, month, quarter and year")
    most = _period_sessions(schedule.period, rhythm)
    if not 1 <= schedule.tranches <= most:
        possible = f"1 to {most}" if most > 1 else f"one session in a {rhythm.name} history: leave them out"
        raise RecipeError(f"schedule {text!r} has {schedule.tranches} tranches; a {schedule.period} has {possible}")
    return schedule


def _period_sessions(period: str, rhythm: Rhythm) -> int:
    """The number of sessions in a period; 1 for `day` and `never`, which cannot be split into tranches."""
    return rhythm.sessions_in(period) if period in LONGER_PERIODS else 1


def decisions(schedule: Schedule, calendar: pd.DataFrame, *, first: int) -> Flags:
    """Flags (T,), or (N, T) for N > 1 tranches, of the sessions on which trades are decided.

    These are the sessions of the schedule from session `first` on, which is the first with a target and always marked.
    `calendar` marks by session the ends of weeks, months, quarters and years.
    """
    flags = np.array([_decisions(schedule.period, offset, calendar) for offset in schedule.offsets])
    flags[:, :first] = False
    flags[:, first : first + 1] = True
    return flags if schedule.tranches > 1 else flags[0]


def _decisions(period: str, offset: int, calendar: pd.DataFrame) -> Flags:
    """Flags (T,) of the sessions that come `offset` sessions after the end of a period."""
    count = len(calendar)
    if period == "day":
        return np.ones(count, dtype=bool)
    flags = np.zeros(count, dtype=bool)
    if period != "never":
        ends = np.flatnonzero(calendar[period].to_numpy()) + offset
        flags[ends[ends < count]] = True
    return flags
