"""Measures of track records, one or thousands at once, by their names in the table of figures.

1. `make_ground` gathers what records are measured on: sessions, the returns of bills, the reference.
2. `measure_books` has them measured by `levels_kernel` and `returns_kernel`, which hold the definitions.
3. `by_name` gives a record's row the types of a document: dates and whole days.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.analysis import levels_kernel, returns_kernel
from backtester.analysis.figures import figures_of
from backtester.analysis.levels_kernel import measure_levels
from backtester.analysis.periods import years_between
from backtester.analysis.returns_kernel import measure_returns
from backtester.arrays import Array, Flags

Measures = dict[str, float | str | None]
COMPUTED = (*levels_kernel.NAMES, *returns_kernel.NAMES)
NAMES = tuple(name for name in figures_of("measures") if name in COMPUTED)
AGAINST_REFERENCE = ("tracking_error", "information_ratio", "beta", "correlation")
ORDER = [COMPUTED.index(name) for name in NAMES]


@dataclass(frozen=True, eq=False)
class Ground:
    """What records are measured on; every array (T,), `reference` (0,) where there is none."""

    sessions: pd.DatetimeIndex
    elapsed: Array
    years: float
    month_ends: Flags
    bills: Array
    reference: Array
    sessions_a_year: float


def make_ground(
    sessions: pd.DatetimeIndex,
    bills: npt.ArrayLike,
    *,
    sessions_a_year: float = 252,
    reference: npt.ArrayLike | None = None,
) -> Ground:
    """The ground of records that share these sessions, at least two.

    `bills` (T,) are the returns of bills, the first unused; `reference` (T,) is the reference's net asset value.
    Without one the measures against it are NaN.
    """
    months = sessions.year.to_numpy() * 12 + sessions.month.to_numpy()
    return Ground(
        sessions=sessions,
        elapsed=_floats((sessions - sessions[0]).days),
        years=years_between(sessions),
        month_ends=np.append(months[1:] != months[:-1], True),
        bills=_floats(bills),
        reference=_floats(() if reference is None else reference),
        sessions_a_year=float(sessions_a_year),
    )


def measure_books(navs: npt.ArrayLike, ground: Ground) -> Array:
    """The measures `NAMES` (B, F) of net asset values (B, T) on the ground's sessions; dates are session numbers.

    From a session of ruin on returns are 0, and the measures show it by a final value of 0 and a drawdown of -1.
    """
    books = _floats(navs)
    of_levels = np.empty((len(books), len(levels_kernel.NAMES)))
    of_returns = np.empty((len(books), len(returns_kernel.NAMES)))
    measure_levels(books, ground.elapsed, ground.years, ground.month_ends, of_levels)
    measure_returns(books, ground.bills, ground.reference, ground.sessions_a_year, of_returns)
    measured: Array = np.hstack([of_levels, of_returns])[:, ORDER]
    return measured


def by_name(row: Array, ground: Ground) -> Measures:
    """One record's row (F,) of `measure_books` by name: dates as 2020-03-04 or None, days as whole numbers."""
    table = figures_of("measures")
    return {name: _typed(value, table[name].kind, ground) for name, value in zip(NAMES, row.tolist(), strict=True)}


def measures(
    nav: "pd.Series[float]", bills: Array, *, sessions_a_year: float, reference: "pd.Series[float] | None" = None
) -> Measures:
    """The measures of one record by name; `nav`, `reference` and `bills` (T,) share their sessions."""
    ground = make_ground(pd.DatetimeIndex(nav.index), bills, sessions_a_year=sessions_a_year, reference=reference)
    return by_name(measure_books(nav.to_numpy()[None], ground)[0], ground)


def compile_measures() -> None:
    """Compile the kernels and write them to the on-disk cache, so that worker processes load them."""
    measure_books([[1.0, 1.0]], make_ground(pd.DatetimeIndex(["2020-01-02", "2020-01-03"]), [0.0, 0.0]))


def session_returns(nav: "pd.Series[float]") -> Array:
    """The return of each session after the first, (T - 1,); 0 where nothing is left to lose."""
    values = np.asarray(nav, dtype=np.float64)
    returns: Array = np.divide(values[1:], values[:-1], out=np.ones(len(values) - 1), where=values[:-1] > 0) - 1
    return returns


def _typed(value: float, kind: str, ground: Ground) -> float | str | None:
    if kind == "date":
        return None if np.isnan(value) else ground.sessions[int(value)].date().isoformat()
    return int(value) if kind == "days" else value


def _floats(values: npt.ArrayLike) -> Array:
    """C-contiguous, writable float64: the one layout that the kernels are compiled for."""
    return np.require(values, np.float64, ["C", "W"])
