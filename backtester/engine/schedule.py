"""The schedule: which sessions' targets are traded."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.errors import RecipeError, did_you_mean

NAMES = ("day", "week", "month", "quarter", "year", "never")
SESSIONS = {"week": 5, "month": 21, "quarter": 63, "year": 252}  # of a period, over which its tranches are spread
SPELLING = re.compile(r"(?P<period>[a-z]+)(?:\+(?P<offset>\d{1,3}))?(?:/(?P<tranches>\d{1,3}))?", re.ASCII)


@dataclass(frozen=True)
class Schedule:
    """Decide on the last session of each period, or `offset` sessions after it.

    With several tranches the money is split into as many books, each with the offset moved on by its part of a period:
    the luck of a single day is averaged away. Hoffstein, Sibears and Faber (2019), Rebalance Timing Luck: The
    Difference Between Hired and Fired, Journal of Index Investing.
    """

    period: str
    offset: int = 0
    tranches: int = 1

    def __str__(self) -> str:
        """As it is written: `month`, `month+5` or `month/4`."""
        offset = f"+{self.offset}" if self.offset else ""
        return self.period + offset + (f"/{self.tranches}" if self.tranches > 1 else "")

    @property
    def offsets(self) -> list[int]:
        """Each tranche's offset."""
        step = SESSIONS.get(self.period, 0) / self.tranches
        return [self.offset + round(tranche * step) for tranche in range(self.tranches)]


def parse_schedule(text: object) -> Schedule:
    """The schedule that `month`, `month+5` or `month/4` spells."""
    if not isinstance(text, str):
        raise RecipeError(f"a schedule of type {type(text).__name__}; it is text, such as month or month+5")
    match = SPELLING.fullmatch(text)
    if match is None or match["period"] not in NAMES:
        near = did_you_mean(re.split(r"[+/]", text.lower())[0], NAMES)
        raise RecipeError(f"unknown schedule {text!r}; {near} (month+5: five sessions later; month/4: four tranches)")
    schedule = Schedule(match["period"], int(match["offset"] or 0), int(match["tranches"] or 1))
    for what, given in (("an offset", match["offset"] and schedule.offset), ("tranches", match["tranches"])):
        if given and schedule.period not in SESSIONS:
            raise RecipeError(f"schedule {text!r} has {what}; it goes with week, month, quarter and year")
    most = SESSIONS.get(schedule.period, 1)
    if not 1 <= schedule.tranches <= most:
        raise RecipeError(f"schedule {text!r} has {schedule.tranches} tranches; a {schedule.period} has 1 to {most}")
    return schedule


def decisions(schedule: Schedule, calendar: pd.DataFrame, *, first: int) -> Flags:
    """By session (T,), or tranche and session (N, T) where there are several, whether its target is to be traded: by
    the schedule, and at `first`, the first with a target, in every tranche."""
    flags = np.array([_decisions(schedule.period, offset, calendar) for offset in schedule.offsets])
    flags[:, :first] = False
    flags[:, first : first + 1] = True
    return flags if schedule.tranches > 1 else flags[0]


def _decisions(period: str, offset: int, calendar: pd.DataFrame) -> Flags:
    count = len(calendar)
    if period == "day":
        return np.ones(count, dtype=bool)
    flags = np.zeros(count, dtype=bool)
    if period != "never":
        ends = np.flatnonzero(calendar[period].to_numpy()) + offset
        flags[ends[ends < count]] = True
    return flags
