"""What each kind of series is computed from: the figures of a history's series, on its sessions."""

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from backtester.arrays import Array, Flags, Integers


@dataclass(frozen=True, eq=False)
class Figures:
    """A series as its file has it: values by date, missing dates left out, and when each was published if stated."""

    values: "pd.Series[float]"
    published_at: "pd.Series[pd.Timestamp] | None" = None


@dataclass(frozen=True, eq=False)
class Publications:
    """An observable's values by date, and the number of the session at whose close each was first known."""

    values: "pd.Series[float]"
    first_session: Integers


class SeriesInputs(Protocol):
    """A history's figures on its sessions, from which kinds are computed. Arrays are (T,), a value a session."""

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
        """The kind of a series."""

    def figures(self, role: str) -> Figures:
        """The role's own figures by date."""

    def quoted(self, role: str, *, used_by: str) -> Array:
        """The role's own figures at each session, carried over short gaps; errors name the series `by`,
        which is computed from them."""

    def level(self, role: str) -> Array:
        """The total-return level of an asset, NaN before it starts."""

    def published(self, role: str) -> Publications:
        """The values of a role that is quoted or an observable, and when each was first known."""

    def refuse_missing(self, role: str, what: str, missing: Flags) -> None:
        """Raise DataError, with the first date, if `what` the role is computed from is `missing` (T,) on a session."""

    def first_known(self, figures: Figures, *, lag_sessions: int) -> Integers:
        """The number of the session at whose close each figure is first known.

        If its time of publication is not stated, this is `lag_sessions` after the first session on or after its date.
        """
