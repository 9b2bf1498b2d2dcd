"""`SeriesInputs`: the other series and the sessions that a series of any kind is computed from."""

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from backtester.arrays import Array, Flags, Integers


@dataclass(frozen=True, eq=False)
class Figures:
    """A series as its file has it.

    `values` are by ascending date; dates without a value are left out. `published_at` has the time of publication of
    each, by the same dates; None where the manifest names no column of times.
    """

    values: "pd.Series[float]"
    published_at: "pd.Series[pd.Timestamp] | None" = None


@dataclass(frozen=True, eq=False)
class Publications:
    """An observable's values by date; `first_session` is the number of the session at whose close each became known.

    Sessions are numbered from 0; the number of a value that no session knows is the count of sessions or more.
    """

    values: "pd.Series[float]"
    first_session: Integers


class SeriesInputs(Protocol):
    """A history's figures on its T sessions, as the methods that compute a series may read them.

    A role is the name of a series, such as `stocks`. These methods are `series.Asset.level`,
    `series.Observable.published` and `series.CalendarSeries.columns`. Arrays are (T,), one value a session.
    `levels.HistoryInputs` implements this protocol.
    """

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """The dates of the sessions."""

    @property
    def days(self) -> Array:
        """The calendar days since the session before; 0 at the first."""

    @property
    def bill_returns(self) -> Array:
        """The return of cash since the session before, NaN before bills start."""

    @property
    def bill_rates(self) -> Array:
        """The rate of bills, a fraction a year."""

    def kind_of(self, role: str) -> str:
        """The kind of a series, such as `price` or `bond`."""

    def figures(self, role: str) -> Figures:
        """The role's own figures by date."""

    def quoted(self, role: str, *, used_by: str) -> Array:
        """The role's own figures at each session, carried over short gaps.

        `used_by` names the series that is computed from them, for error messages.
        """

    def level(self, role: str) -> Array:
        """The level of an asset, whose ratios a holding earns, NaN before it starts."""

    def published(self, role: str) -> Publications:
        """The values of an observable, or of a series with figures of its own, and when each became known."""

    def refuse_missing(self, role: str, what: str, missing: Flags) -> None:
        """Raise DataError if `missing` (T,) is true on a session; the message gives the first such date.

        `what` is the input, in words, that the series of `role` lacks there.
        """

    def first_known(self, figures: Figures, *, lag_sessions: int) -> Integers:
        """The number of the session at whose close each figure became known.

        Without times of publication this is `lag_sessions` after the first session on or after its date.
        """
