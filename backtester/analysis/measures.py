"""Measures of track records, one or thousands at once, by their names in the table of figures.

1. `measure_inputs` gathers what records are measured on: sessions, the returns of bills, the reference.
2. `measure_books` has them measured by `levels_kernel` and `returns_kernel`, which hold the definitions.
3. `named_measures` gives a record's row the types of a document: dates and whole days.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from backtester.analysis import levels_kernel, returns_kernel
from backtester.analysis.figures import figures_in
from backtester.analysis.levels_kernel import FEWEST_DAYS, measure_levels
from backtester.analysis.returns_kernel import measure_returns
from backtester.arrays import Array, Flags, Integers, kernel_floats
from backtester.histories.derived import DAYS_A_YEAR
from backtester.histories.rhythm import DAILY

Measures = dict[str, float | str | None]
COMPUTED = (*levels_kernel.LEVELS_NAMES, *returns_kernel.RETURNS_NAMES)
MEASURE_NAMES = tuple(name for name in figures_in("measures") if name in COMPUTED)
AGAINST_REFERENCE = (  # measures that are NaN without a reference
    *("tracking_error", "information_ratio", "beta", "correlation", "alpha"),
    *("up_capture", "down_capture", "probability_above_reference"),
)
ORDER = [COMPUTED.index(name) for name in MEASURE_NAMES]  # from the kernels' order to that of the table of figures


@dataclass(frozen=True, eq=False)
class MeasureInputs:
    """What records of T sessions are measured on, each array (T,): `elapsed` calendar days since the first session, the
    `years` at the last one, flags of `month_ends`, returns of `bills`, and the `reference`'s net asset value, (0,)
    without one."""

    sessions: pd.DatetimeIndex
    elapsed: Array
    years: float
    month_ends: Flags
    bills: Array
    reference: Array
    sessions_a_year: float


def measure_inputs(
    sessions: pd.DatetimeIndex,
    bills: npt.ArrayLike,
    *,
    sessions_a_year: float,
    reference: npt.ArrayLike | None = None,
) -> MeasureInputs:
    """The inputs of records that share these sessions, at least two.

    `bills` (T,) are the returns of bills, the first unused; `reference` (T,) is the reference's net asset value.
    Without one the measures against it are NaN.
    """
    months = _months(sessions)
    return MeasureInputs(
        sessions=sessions,
        elapsed=kernel_floats((sessions - sessions[0]).days),
        years=years_between(sessions),
        month_ends=np.append(months[1:] != months[:-1], True),
        bills=kernel_floats(bills),
        reference=kernel_floats(() if reference is None else reference),
        sessions_a_year=float(sessions_a_year),
    )


def measure_books(navs: npt.ArrayLike, inputs: MeasureInputs) -> Array:
    """`MEASURE_NAMES` (B, F) of net asset values (B, T) on the inputs' sessions; dates are session numbers.

    From a session of ruin on returns are 0, and the measures show it by a final value of 0 and a drawdown of -1.
    """
    books = kernel_floats(navs)
    of_levels = np.empty((len(books), len(levels_kernel.LEVELS_NAMES)))
    of_returns = np.full((len(books), len(returns_kernel.RETURNS_NAMES)), np.nan)
    workspace = np.empty((returns_kernel.WORK_ARRAYS, len(inputs.bills)))
    measure_levels(books, inputs.elapsed, inputs.years, inputs.month_ends, inputs.reference, of_levels)
    measure_returns(books, inputs.bills, inputs.reference, inputs.sessions_a_year, workspace, of_returns)
    measured: Array = np.hstack([of_levels, of_returns])[:, ORDER]
    if inputs.elapsed[-1] < FEWEST_DAYS:
        measured[:, MEASURE_NAMES.index("alpha")] = np.nan
    return measured


def named_measures(row: Array, inputs: MeasureInputs) -> Measures:
    """One record's row (F,) of `measure_books` by name: dates as text (2020-03-04) or None, days as whole numbers."""
    table = figures_in("measures")
    return {
        name: _typed(value, table[name].kind, inputs) for name, value in zip(MEASURE_NAMES, row.tolist(), strict=True)
    }


def compile_measures() -> None:
    """Compile the kernels and write them to the on-disk cache, so that worker processes load them."""
    days = pd.DatetimeIndex(["2020-01-02", "2020-01-03"])
    bills = np.zeros(len(days))
    measure_books(1 + bills[None], measure_inputs(days, bills, sessions_a_year=DAILY.sessions_a_year))


def _typed(value: float, kind: str, inputs: MeasureInputs) -> float | str | None:
    """The value of a measure in the type that its kind has in a document."""
    if kind == "date":
        return None if np.isnan(value) else inputs.sessions[int(value)].date().isoformat()
    return int(value) if kind == "days" else value


def years_between(sessions: pd.DatetimeIndex) -> float:
    """Calendar days from the first session to the last over 365.25."""
    return float((sessions[-1] - sessions[0]).days / DAYS_A_YEAR)


def calendar_years(nav: "pd.Series[float]") -> dict[str, float]:
    """Each year's return from the last close of the year before; the first and last years can be parts of one."""
    years = pd.DatetimeIndex(nav.index).year
    return dict(zip(map(str, np.unique(years)), _period_returns(nav, years.to_numpy(dtype=np.int64)), strict=True))


def calendar_months(nav: "pd.Series[float]") -> dict[str, float]:
    """Each month's return from the last close of the month before, by 2007-02; those at the ends can be parts of one.

    A month of which the record has only its first session has no return, and is left out.
    """
    months = _months(pd.DatetimeIndex(nav.index))
    names = np.unique(months).astype(str).tolist()
    returns = dict(zip(names, _period_returns(nav, months.astype(np.int64)), strict=True))
    if len(months) < 2 or months[1] != months[0]:
        del returns[names[0]]
    return returns


def _months(sessions: pd.DatetimeIndex) -> "npt.NDArray[np.datetime64]":
    """The month of each session, (T,)."""
    return sessions.to_numpy().astype("datetime64[M]")


def _period_returns(nav: "pd.Series[float]", periods: Integers) -> list[float]:
    """The return of each period from the last close of the one before, the first from the first session; in order."""
    values = nav.to_numpy()
    last = values[np.append(np.flatnonzero(np.diff(periods)), len(values) - 1)]
    before = np.append(values[0], last[:-1])
    returns = np.full(len(last), np.nan)
    np.divide(last, before, out=returns, where=before > 0)
    found: list[float] = (returns - 1).tolist()
    return found
