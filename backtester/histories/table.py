"""What a history's table in a manifest may say: its own keys, and those of each kind of series."""

import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Kind = Literal["total_return", "price", "bond", "bills", "yield", "rate", "level", "annual_change", "rolling_put"]
ASSET_KINDS = ("total_return", "price", "bond", "bills", "rolling_put")
FIGURES = ("file", "column")
GAPS = ("absent", "carry_days")
PUBLISHED = ("known", "lag_sessions")
KEYS = {  # kind: the keys that it needs, and those that it takes besides
    "total_return": (FIGURES, ("funded", *GAPS)),
    "price": (FIGURES, ("funded", "carry", *GAPS)),
    "bond": (("yield", "maturity_years"), ("funded",)),
    "bills": (("yield",), ()),
    "yield": (FIGURES, (*PUBLISHED, *GAPS)),
    "rate": (FIGURES, (*PUBLISHED, *GAPS)),
    "level": (FIGURES, (*PUBLISHED, *GAPS)),
    "annual_change": (("of",), ()),
    "rolling_put": (("of", "volatility"), ("moneyness", "funded")),
}
ANY_KIND = ("kind", "unit", "source", "licence", "note")
RESERVED = ("returns", "base", "portfolio", "calendar", "sessions_a_year")  # no series, to whoever reads them
TAKEN = (*RESERVED, "date", "pair")  # columns of every file, and of a run's levels


def as_date(value: object) -> object:
    """The date that was written; a bare number is no count of seconds here."""
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError(f"{value!r} is no date; write it like 2020-01-31") from error


def _in_order(stretch: tuple[datetime.date, datetime.date]) -> tuple[datetime.date, datetime.date]:
    if stretch[1] < stretch[0]:
        raise ValueError(f"the stretch ends on {stretch[1]}, before it begins on {stretch[0]}; swap the two")
    return stretch


def _as_number(value: object) -> object:
    """The number that was written; neither true nor a text stands for one."""
    if isinstance(value, bool | str):
        raise ValueError(
            f"{str(value).lower() if isinstance(value, bool) else repr(value)} is no number; write it bare"
        )
    return value


NUMBER = BeforeValidator(_as_number)
Date = Annotated[datetime.date, BeforeValidator(as_date)]
Stretch = Annotated[tuple[Date, Date], AfterValidator(_in_order)]
RhythmName = Literal["daily", "every day", "weekly", "monthly", "quarterly"]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Series(BaseModel):
    """One series of a history, under the role it plays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    unit: str
    source: str
    licence: str
    note: str = ""
    file: str | None = None
    column: str | None = None
    known: str | None = None
    lag_sessions: Annotated[int, NUMBER, Field(ge=0, le=1000)] = 0
    funded: Annotated[bool, Field(strict=True)] = True
    carry: Literal["bills"] | None = None
    yield_: Annotated[str | None, Field(alias="yield")] = None
    absent: tuple[Stretch, ...] = ()
    carry_days: Annotated[int | None, NUMBER, Field(ge=1, le=400)] = None
    maturity_years: Annotated[float | None, NUMBER, Field(gt=0, le=100, multiple_of=0.5)] = None
    of: str | None = None
    volatility: str | None = None
    moneyness: Annotated[float, NUMBER, Field(gt=0, le=1)] = 0.95

    @property
    def is_asset(self) -> bool:
        """Whether it can be held, and so has a total return."""
        return self.kind in ASSET_KINDS

    @property
    def derived_from(self) -> str | None:
        """The role it is computed from, if it has no figures of its own."""
        return self.yield_ or self.of

    @property
    def computed_from(self) -> list[str]:
        """Every role without whose figures it cannot be computed, bills aside."""
        return [role for role in (self.derived_from, self.volatility) if role is not None]

    @model_validator(mode="after")
    def _has_the_keys_of_its_kind(self) -> "Series":
        needed, optional = KEYS[self.kind]
        given = self.model_dump(by_alias=True, exclude_defaults=True)
        for key in needed:
            if key not in given:
                raise ValueError(f"a series of kind {self.kind!r} needs the key {key!r}")
        for key in given:
            if key not in (*ANY_KIND, *needed, *optional):
                raise ValueError(f"a series of kind {self.kind!r} has no use for the key {key!r}; leave it out")
        if self.kind == "rolling_put" and self.funded:
            raise ValueError("a series of kind 'rolling_put' is a notional that uses no cash; say funded = false")
        if self.known is not None and self.lag_sessions:
            raise ValueError("'known' and 'lag_sessions' both say when a value is known; leave one out")
        return self


class HistoryTable(BaseModel):
    """One history as the manifest writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    rhythm: RhythmName | None = None
    sessions_a_year: Annotated[float, NUMBER, Field(gt=0, le=366)] = 252
    close: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "16:00"
    calendar: str | None = None
    until: Date | None = None
    imported: tuple[Role, ...] = ()  # what `data build` and `data fetch` leave as it is
    series: dict[Role, Series]
    files: dict[str, Annotated[str, StringConstraints(pattern=r"^sha256 [0-9a-f]{64}$")]]
