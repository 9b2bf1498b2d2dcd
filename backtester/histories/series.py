"""What kinds of series have in common: the manifest's keys of a series, and the method that computes its values."""

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
    """The word as a Python name: a keyword gets an underscore, so that `yield` becomes `yield_`."""
    return f"{word}_" if keyword.iskeyword(word) else word


class Series(BaseModel):
    """One series of a history, as the manifest describes it. Each file of `kinds` has one subclass.

    A role is the name of a series in its history, such as `stocks`. `roles` names the fields whose values are roles of
    other series from which it is computed, first the one from which it is priced. `unit`, `source`, `licence` and
    `note` are texts for readers.
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
        """The roles of the series from which it is computed; bills, which many kinds need, are not listed."""
        return [str(getattr(self, python_name(key))) for key in self.roles]

    @property
    def priced_from(self) -> str | None:
        """The role of the series that it is priced from; None if it has figures of its own."""
        return next(iter(self.computed_from), None)

    def fault(self, others: Mapping[str, "Series"]) -> str:
        """The reason why it cannot be computed in a history with the series `others`; empty if it can.

        The text continues a sentence that begins with the name of the series: "is built from ...".
        """
        return ""


class Asset(Series):
    """A series that can be held. Its level grows by its total return or, if not `funded`, by that in excess of bills.

    `label` and `colour` are for tables and charts. If `shown` is false it is read, and appears in tables, only when a
    strategy names it.
    """

    is_asset: ClassVar[bool] = True

    funded: StrictBool = True
    label: Annotated[str, Field(max_length=40)] = ""
    colour: Colour | None = None
    shown: StrictBool = True

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The level at each session (T,), NaN before it starts; a holding grows by its ratios. `role` is its own."""
        raise NotImplementedError


class Unfunded(Asset):
    """An asset that uses no cash, such as a future or an option; its return is in excess of bills."""

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        if self.funded:
            return f"a series of kind {self.kind!r} is a notional that uses no cash; say funded = false"
        if "bills" not in others:
            return "is priced with the rate of bills and the history has none; add a series 'bills'"
        return ""


class Observable(Series):
    """A series that can be read but not held."""

    is_observable: ClassVar[bool] = True

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """Its values by date, and when each was first known. `role` is its own."""
        raise NotImplementedError


class CalendarSeries(Series):
    """Dates that are known ahead. They become columns of the `calendar` that strategies read."""

    is_schedule: ClassVar[bool] = True

    def columns(self, role: str, inputs: SeriesInputs, calendar: str) -> pd.DataFrame:
        """A table of T rows with what was known at each session's close.

        `calendar` names the calendar whose rules give the sessions to come, see `checks.calendars`.
        """
        raise NotImplementedError


class Quoted(Series):
    """A series with figures of its own, in a column of a file.

    A figure that is not above `floor` is refused; the error ends in `refusal`. In the date ranges `absent` the series
    has no figures; elsewhere a figure is carried for at most `carry_days` calendar days, by default
    `align.CARRY_DAYS`. A figure is known `lag_sessions` sessions after its date.
    """

    floor: ClassVar[float] = 0.0
    refusal: ClassVar[str] = "is not above zero"

    file: str
    column: str
    absent: tuple[DateRange, ...] = ()
    carry_days: Annotated[int | None, BARE_NUMBER, Field(ge=1, le=400)] = None
    lag_sessions: Annotated[int, BARE_NUMBER, Field(ge=0, le=1000)] = 0

    @property
    def time_columns(self) -> list[str]:
        """The names of the columns of dates and, if there is one, of times of publication."""
        return ["date"]

    def published(self, role: str, inputs: SeriesInputs) -> Publications:
        """Its figures by date, and when each was first known."""
        figures = inputs.figures(role)
        return Publications(figures.values, inputs.first_known(figures, lag_sessions=self.lag_sessions))


class QuotedAsset(Quoted, Asset):
    """An asset whose price is known at the close of its date."""

    @model_validator(mode="after")
    def _has_no_lag(self) -> "QuotedAsset":
        """The series. Raise ValueError if it has a lag."""
        if self.lag_sessions:
            raise ValueError(f"a series of kind {self.kind!r} has no use for the key 'lag_sessions'; leave it out")
        return self


class QuotedObservable(Quoted, Observable):
    """An observable, known at the times in the column named `known`, or else `lag_sessions` after its date."""

    known: str | None = None

    @property
    def time_columns(self) -> list[str]:
        """The names of the columns of dates and, if there is one, of times of publication."""
        return ["date", *([self.known] if self.known else [])]

    def fault(self, others: Mapping[str, Series]) -> str:
        """The reason why it cannot be computed, empty if it can: see `Series.fault`."""
        if self.known is not None and self.lag_sessions:
            return "'known' and 'lag_sessions' both say when a value is known; leave one out"
        return ""


def source_fault(role: str, others: Mapping[str, Series], kinds: tuple[str, ...] = (), needed: str = "") -> str:
    """The reason why a series cannot be built from that of `role`; empty if it can.

    The series of the role must have figures of its own and be of one of `kinds`, which `needed` names in words; without
    `kinds` any kind will do. The text continues a sentence, as that of `Series.fault`.
    """
    quoted = [name for name, series in others.items() if isinstance(series, Quoted)]
    if role not in quoted:
        return f"is built from {role!r}, which has no figures of its own here; {did_you_mean(role, quoted)}"
    if kinds and others[role].kind not in kinds:
        return f"is built from {role!r}, which is of kind {others[role].kind!r}; it needs {needed}"
    return ""
