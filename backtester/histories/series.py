"""What every kind of series has: the manifest's keys, and how it is computed from a sheet."""

import keyword
from collections.abc import Mapping
from typing import Annotated, ClassVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from backtester.arrays import Array
from backtester.errors import did_you_mean
from backtester.histories.keys import BARE_NUMBER, Colour, DateRange
from backtester.histories.series_inputs import Publications, SeriesInputs


def python_name(word: str) -> str:
    """The word as a name in Python: `yield`, a keyword, becomes `yield_`."""
    return f"{word}_" if keyword.iskeyword(word) else word


class Series(BaseModel):
    """One series of a history, under the role it plays. Each file of `kinds` has one subclass: a kind.

    `roles` are the keys whose values are roles that it is computed from, the first the one that it is priced from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    is_asset: ClassVar[bool] = False
    is_observable: ClassVar[bool] = False
    is_schedule: ClassVar[bool] = False
    roles: ClassVar[tuple[str, ...]] = ()

    kind: str
    unit: str
    source: str
    licence: str
    note: str = ""

    @property
    def computed_from(self) -> list[str]:
        """Every role without which it cannot be computed, bills aside."""
        return [str(getattr(self, python_name(key))) for key in self.roles]

    @property
    def priced_from(self) -> str | None:
        """The role that it is priced from, if it has no figures of its own."""
        return next(iter(self.computed_from), None)

    def fault(self, others: Mapping[str, "Series"]) -> str:
        """Why it cannot be computed in a history of those series, as the rest of a sentence; empty if it can."""
        return ""


class Asset(Series):
    """A series that can be held: it has a total return, or if unfunded a return in excess of bills.

    One that is not `shown` is read, and appears in tables, only if a strategy names it.
    """

    is_asset: ClassVar[bool] = True

    funded: StrictBool = True
    label: Annotated[str, Field(max_length=40)] = ""
    colour: Colour | None = None
    shown: StrictBool = True

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level (T,) by which a holding of it grows, NaN before it starts."""
        raise NotImplementedError


class Unfunded(Asset):
    """A notional that uses no cash, whose return is in excess of bills."""

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        if self.funded:
            return f"a series of kind {self.kind!r} is a notional that uses no cash; say funded = false"
        if "bills" not in others:
            return "is priced with the rate of bills and the history has none; add a series 'bills'"
        return ""


class Observable(Series):
    """A series that can be read but not held."""

    is_observable: ClassVar[bool] = True

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """Its values by date, and when each was first known."""
        raise NotImplementedError


class CalendarSeries(Series):
    """Dates that are known ahead: columns of what strategies read as `calendar`."""

    is_schedule: ClassVar[bool] = True

    def columns(self, role: str, inputs: SeriesInputs, calendar: str) -> pd.DataFrame:
        """Columns by session, with what was known at its close; `calendar` names the calendar of future sessions."""
        raise NotImplementedError


class Quoted(Series):
    """A series with figures of its own, in a column of a file.

    A figure that is not above `floor` is refused with an error that says `refusal`. In the date ranges `absent` there
    are no figures; elsewhere a figure is carried for at most `carry_days` calendar days.
    """

    floor: ClassVar[float] = 0.0
    refusal: ClassVar[str] = "is not above zero"

    file: str
    column: str
    absent: tuple[DateRange, ...] = ()
    carry_days: Annotated[int | None, BARE_NUMBER, Field(ge=1, le=400)] = None
    lag_sessions: Annotated[int, BARE_NUMBER, Field(ge=0, le=1000)] = 0

    @property
    def times(self) -> list[str]:
        """The columns of dates and, if there is one, of times of publication."""
        return ["date"]

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """Its figures, and when each was first known."""
        figures = inputs.figures(role)
        return Publications(figures.values, inputs.first_known(figures, lag_sessions=self.lag_sessions))


class QuotedAsset(Quoted, Asset):
    """An asset whose price is known at the close of its date."""

    @model_validator(mode="after")
    def _has_no_lag(self) -> "QuotedAsset":
        if self.lag_sessions:
            raise ValueError(f"a series of kind {self.kind!r} has no use for the key 'lag_sessions'; leave it out")
        return self


class QuotedObservable(Quoted, Observable):
    """An observable as it was published: at the times in the column `known`, or `lag_sessions` after its date."""

    known: str | None = None

    @property
    def times(self) -> list[str]:
        """The columns of dates and, if there is one, of times of publication."""
        return ["date", *([self.known] if self.known else [])]

    def fault(self, others: Mapping[str, Series]) -> str:
        """Why it cannot be computed; empty if it can: see `Series.fault`."""
        if self.known is not None and self.lag_sessions:
            return "'known' and 'lag_sessions' both say when a value is known; leave one out"
        return ""


def source_fault(role: str, others: Mapping[str, Series], kinds: tuple[str, ...] = (), needed: str = "") -> str:
    """Why a series cannot be built from the role: it has no figures of its own, or is not of one of the `kinds`.

    Empty if it can; without `kinds` any kind will do. `needed` names the kinds in words.
    """
    quoted = [name for name, one in others.items() if isinstance(one, Quoted)]
    if role not in quoted:
        return f"is built from {role!r}, which has no figures of its own here; {did_you_mean(role, quoted)}"
    if kinds and others[role].kind not in kinds:
        return f"is built from {role!r}, which is of kind {others[role].kind!r}; it needs {needed}"
    return ""
