"""Named crises: windows with a cause and a source, read from `crises.toml`, found among a market's sessions."""

import datetime
import tomllib
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from backtester.analysis.windows import Window
from backtester.errors import DataError
from backtester.files import bundled
from backtester.histories.rhythm import DAILY, Rhythm
from backtester.places import named_folder


class Crisis(BaseModel):
    """A crisis: a window from the close of `start` to the close of `end`, with its cause and a source.

    `history` is one that covers it. `then_and_now`: it is in the table that compares crises of the past with those
    since 2020. `headline` names its column in the summary table, if it has one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    start: datetime.date
    end: datetime.date
    cause: str
    summary: str
    source: str
    history: str
    then_and_now: bool = False
    headline: str | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Crisis":
        if self.end <= self.start:
            raise ValueError(f"crisis {self.name!r} ends on {self.end}, not after its start {self.start}")
        return self


class _File(BaseModel):
    """The file `crises.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    crisis: list[Crisis] = []


def crises_file(folder: Path | None = None) -> Path:
    """`crises.toml` of the folder, or of the one that BACKTESTER_DATA names, where there is one, else the embedded."""
    own = (named_folder(folder) or bundled("data")) / "crises.toml"
    return own if own.is_file() else bundled("data") / "crises.toml"


def read_crises(folder: Path | None = None) -> list[Crisis]:
    """The crises of `folder/crises.toml` where there is one, else the embedded ones."""
    path = crises_file(folder)
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).crisis
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{path}: [{where}] {first['msg'].removeprefix('Value error, ')}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"cannot read {path}: {error}; it is a TOML file of [[crisis]] tables") from error


def find_window(crisis: Crisis, sessions: pd.DatetimeIndex, rhythm: Rhythm = DAILY) -> Window | None:
    """The window of a crisis among the sessions, None where they do not cover it: from the last close on or before its
    start to the last on or before its end.

    For weekly and longer rhythms (how often sessions come) it ends with the first close on or after its end, so that
    the window holds all of it.
    """
    start, end = pd.Timestamp(crisis.start), pd.Timestamp(crisis.end)
    if start < sessions[0] or end > sessions[-1]:
        return None
    first, last = (int(sessions.searchsorted(date, side="right")) - 1 for date in (start, end))
    if rhythm.period_code != "D":
        last = int(sessions.searchsorted(end))
    return Window(first, last) if last > first else None


def crisis_of(window: Window, crises: list[tuple[Crisis, Window]]) -> Crisis | None:
    """The crisis with the largest overlap with the window, by sessions in both over sessions in either (the Jaccard
    index); None if none overlaps.

    By this measure a short crisis inside a long one (March 2020: the dash for cash) gets the windows that belong to it.
    """

    def jaccard(found: tuple[Crisis, Window]) -> float:
        """The Jaccard index of the window and that of a crisis."""
        shared = window.shared(found[1])
        return shared / (window.sessions + found[1].sessions - shared)

    overlapping = [found for found in crises if window.shared(found[1]) > 0]
    return max(overlapping, key=jaccard)[0] if overlapping else None
