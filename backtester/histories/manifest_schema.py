"""The keys of a history's table in a manifest."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny, StringConstraints

from backtester.histories.keys import BARE_NUMBER, Date
from backtester.histories.kinds import as_series
from backtester.histories.series import Series

RESERVED_WORDS = (
    "returns",
    "base",
    "portfolio",
    "calendar",
    "sessions_a_year",
)  # words that strategies read, and that are no series
REFUSED_ROLES = (
    *RESERVED_WORDS,
    "state",
    "date",
    "pair",
)  # a strategy's own word, and columns of files and of a run's levels
RhythmName = Literal["daily", "every day", "weekly", "monthly", "quarterly"]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class HistoryTable(BaseModel):
    """One history as the manifest writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    rhythm: RhythmName | None = None
    sessions_a_year: Annotated[float, BARE_NUMBER, Field(gt=0, le=366)] = 252
    close: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "16:00"
    calendar: str | None = None
    until: Date | None = None
    imported: tuple[Role, ...] = ()  # what `data build` and `data fetch` leave as it is
    series: dict[Role, SerializeAsAny[Annotated[Series, BeforeValidator(as_series)]]]
    files: dict[str, Annotated[str, StringConstraints(pattern=r"^sha256 [0-9a-f]{64}$")]]
