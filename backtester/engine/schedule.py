"""The schedule: which sessions' targets are traded."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Flags
from backtester.errors import RecipeError, did_you_mean

NAMES = ("day", "week", "month", "quarter", "year", "never")
SPELLING = re.compile(r"(?P<period>[a-z]+)(?:\+(?P<offset>\d{1,3}))?", re.ASCII)


@dataclass(frozen=True)
class Schedule:
    """Decide on the last session of each period, or `offset` sessions after it."""

    period: str
    offset: int = 0

    def __str__(self) -> str:
        """As it is written: `month` or `month+5`."""
        return f"{self.period}+{self.offset}" if self.offset else self.period


def parse_schedule(text: object) -> Schedule:
    """The schedule that `month` or `month+5` spells."""
    if not isinstance(text, str):
        raise RecipeError(f"a schedule of type {type(text).__name__}; it is text, such as month or month+5")
    match = SPELLING.fullmatch(text)
    if match is None or match["period"] not in NAMES:
        near = did_you_mean(text.lower(), NAMES)
        raise RecipeError(f"unknown schedule {text!r}; {near} (month+5: five sessions later)")
    schedule = Schedule(match["period"], int(match["offset"] or 0))
    if schedule.offset and schedule.period in ("day", "never"):
        raise RecipeError(f"schedule {text!r} has an offset; it goes with week, month, quarter and year")
    return schedule


def decisions(schedule: Schedule, calendar: pd.DataFrame, *, first: int) -> Flags:
    """By session, whether its target is to be traded: by the schedule, and at `first`, the first with a target."""
    count = len(calendar)
    if schedule.period == "day":
        flags = np.ones(count, dtype=bool)
    elif schedule.period == "never":
        flags = np.zeros(count, dtype=bool)
    else:
        ends = np.flatnonzero(calendar[schedule.period].to_numpy()) + schedule.offset
        flags = np.zeros(count, dtype=bool)
        flags[ends[ends < count]] = True
    flags[:first] = False
    flags[first : first + 1] = True
    return flags
