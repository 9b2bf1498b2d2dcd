"""The model of a history's table in a manifest, and names that a role (the name of a series) may not have."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny, StringConstraints

from backtester.histories.keys import BARE_NUMBER, Date
from backtester.histories.kinds import as_series
from backtester.histories.series import Series

# Parameters of a strategy that the engine fills with something other than one series.
RESERVED_WORDS = ("returns", "base", "portfolio", "calendar", "sessions_a_year")
# `state` is a function of a strategy; `date` is a column of parquet files, `pair` of a run's levels, `cash` of weights.
REFUSED_ROLES = (*RESERVED_WORDS, "state", "date", "pair", "cash")
RhythmName = Literal["daily", "every day", "weekly", "monthly", "quarterly"]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class HistoryTable(BaseModel):
    """The table of one history.

    `rhythm` is how often there are sessions, inferred from the dates if it is None; `close` the time of day at which
    they close; `calendar` the name of the exchange's calendar; `until` the last date that is used. `imported` are the
    roles that came from the user's own files: `data build` and `data fetch` keep them. `series` are its series by role,
    `files` the hash of each parquet file by its path.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    rhythm: RhythmName | None = None
    sessions_a_year: Annotated[float, BARE_NUMBER, Field(gt=0, le=366)] = 252
    close: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "16:00"
    calendar: str | None = None
    until: Date | None = None
    imported: tuple[Role, ...] = ()
    series: dict[Role, SerializeAsAny[Annotated[Series, BeforeValidator(as_series)]]]
    files: dict[str, Annotated[str, StringConstraints(pattern=r"^sha256 [0-9a-f]{64}$")]]
