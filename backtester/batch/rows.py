"""The rows of a batch, one for each job (a recipe with its settings): their columns, and tables of them.

Undefined figures are null. The column `months` has the log returns of the calendar months from `start` to `end`, from
close to close; the first and last may be parts of months. They are null from the month of ruin on.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from backtester.analysis import scorecard
from backtester.analysis.analyse import Analysis
from backtester.analysis.attribution import ACCOUNT_MEASURES, measure_accounts
from backtester.analysis.figures import figures_in
from backtester.analysis.measures import MEASURE_NAMES
from backtester.analysis.payoff_parts import PART_NAMES
from backtester.analysis.period import Period
from backtester.analysis.verdict import Placebo
from backtester.arrays import Array
from backtester.engine.accounts import Accounts

JobRow = dict[str, Any]
MEASURES = tuple(figure.column_name for figure in figures_in("measures").values() if figure.column_name)
SCORECARD = tuple(name.replace(".", "_") for name in scorecard.SCORECARD_FIGURES)
# a job's mix is the stocks, bonds and bills, in fixed shares, that moved as it did: bills are the rest
MIX = ("mix_stocks", "mix_bonds")
# a payoff is the return beyond the mix in joint sell-offs; a placebo is the same weights shifted in time
PAYOFF_PARTS = tuple(f"payoff_parts_{name}" for name in PART_NAMES)
PLACEBO = tuple(f"beyond_mix_placebo_{name}" for name in Placebo._fields)
# all figures that need joint sell-offs: their number, the scorecard and the rest
CARD = ("joint_sell_offs", *SCORECARD, *MIX, *PAYOFF_PARTS, *PLACEBO)
ROW_FIGURES = (*MEASURES, *CARD)
RETURN_MEASURES = tuple(name for name in MEASURES if name in MEASURE_NAMES)  # the other measures need accounts
ROWS_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("name", pa.string()),
        ("recipe", pa.string()),
        ("error", pa.string()),
        ("traceback", pa.string()),
        ("start", pa.date32()),
        ("end", pa.date32()),
        *((name, pa.float64()) for name in ROW_FIGURES),
        ("months", pa.list_(pa.float32())),
    ]
)


@dataclass(frozen=True, eq=False)
class JobOutcome:
    """The outcome of a job: either an error, with the traceback of what a strategy raised, or the first and last date
    of the period, the figures `ROW_FIGURES` (F,) and the monthly log returns (M,)."""

    error: str | None
    start: datetime.date | None = None
    end: datetime.date | None = None
    figures: Array | None = None
    months: Array | None = None
    traceback: str | None = None


def analysed_outcomes(analysis: Analysis, accounts: Sequence[Accounts], period: Period) -> list[JobOutcome]:
    """The outcomes of jobs that were analysed together over one period, in their order."""
    start, end = period.sessions[0].date(), period.sessions[-1].date()
    from_accounts = measure_accounts(accounts, period.sessions)
    from_returns = analysis.measured[:, [MEASURE_NAMES.index(name) for name in RETURN_MEASURES]]
    order = [(*RETURN_MEASURES, *ACCOUNT_MEASURES).index(name) for name in MEASURES]
    placebos = np.array([placebo or (np.nan,) * len(PLACEBO) for placebo in analysis.placebos])
    sell_offs = np.full((len(from_returns), 1), float(len(period.windows.joint)))
    # in the order of `CARD`
    card = (sell_offs, analysis.scorecards, analysis.shares, analysis.parts, placebos)
    figures = np.hstack([np.hstack([from_returns, from_accounts])[:, order], *card])
    months = monthly_log_returns(analysis.nav, period)
    return [JobOutcome(None, start, end, *row) for row in zip(figures, months, strict=True)]


def monthly_log_returns(nav: Array, period: Period) -> Array:
    """The log returns (B, M) by calendar month of levels (B, T), NaN where a level is not positive.

    The period may start and end within a month, so its first and last return may be of a part of one.
    """
    ends = np.flatnonzero(np.append(period.month_ends.to_numpy()[:-1], True))
    closes = nav[:, np.append(0, ends[ends > 0])]
    with np.errstate(divide="ignore", invalid="ignore"):
        returns: Array = np.diff(np.log(closes))
    return np.where(np.isfinite(returns), returns, np.nan)


def table_of(names: Iterable[tuple[str, str, str]], outcomes: Sequence[JobOutcome]) -> pa.Table:
    """The rows of jobs, given the key, name and recipe of each, and its outcome."""
    undefined = np.full(len(ROW_FIGURES), np.nan)
    rows = [undefined if outcome.figures is None else outcome.figures for outcome in outcomes]
    figures = np.array(rows).reshape(-1, len(ROW_FIGURES))
    texts = [pa.array(column, pa.string()) for column in zip(*names, strict=True)] or [pa.array([], pa.string())] * 3
    columns = [
        *texts,
        pa.array([outcome.error for outcome in outcomes], pa.string()),
        pa.array([outcome.traceback for outcome in outcomes], pa.string()),
        pa.array([outcome.start for outcome in outcomes], pa.date32()),
        pa.array([outcome.end for outcome in outcomes], pa.date32()),
        *(pa.array(column, from_pandas=True) for column in figures.T.copy()),
        _months_column([outcome.months for outcome in outcomes]),
    ]
    return pa.Table.from_arrays(columns, schema=ROWS_SCHEMA)


def _months_column(months: Sequence[Array | None]) -> pa.Array:
    """The monthly returns of jobs as a column of lists, null where a job has none.

    Arrow stores lists as one array of all values and the offset at which each list starts; a null offset is a null
    list.
    """
    is_null = np.array([returns is None for returns in months], bool)
    ends = np.cumsum([0 if returns is None else len(returns) for returns in months])
    offsets = pa.array(np.append(0, ends), pa.int32(), mask=np.append(is_null, False))
    values = np.concatenate([np.empty(0), *(returns for returns in months if returns is not None)])
    return pa.ListArray.from_arrays(offsets, pa.array(values.astype(np.float32), from_pandas=True))
