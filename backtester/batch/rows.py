"""The rows of a batch: their columns, and tables of them. A row is a job: its figures, and its monthly log returns.

Undefined figures are null. `months` are the log returns of calendar months from close to close, the last of them up to
`end`, those at both ends perhaps of a part of one: null from the month of ruin on.
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
MEASURES = tuple(one.column_name for one in figures_in("measures").values() if one.column_name)
SCORECARD = tuple(name.replace(".", "_") for name in scorecard.SCORECARD_FIGURES)
MIX = ("mix_stocks", "mix_bonds")  # the shares of the two legs, whatever their roles
PAYOFF_PARTS = tuple(f"payoff_parts_{name}" for name in PART_NAMES)
PLACEBO = tuple(f"beyond_mix_placebo_{name}" for name in Placebo._fields)
CARD = ("joint_sell_offs", *SCORECARD, *MIX, *PAYOFF_PARTS, *PLACEBO)
ROW_FIGURES = (*MEASURES, *CARD)
OF_RETURNS = tuple(name for name in MEASURES if name in MEASURE_NAMES)  # the others are of accounts
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
    """The outcome of a job: an error, with the traceback of what a strategy raised, or the period's first and last
    dates, its figures (F,) and monthly log returns."""

    error: str | None
    start: datetime.date | None = None
    end: datetime.date | None = None
    figures: Array | None = None
    months: Array | None = None
    traceback: str | None = None


def analysed_outcomes(analysis: Analysis, accounts: Sequence[Accounts], period: Period) -> list[JobOutcome]:
    """The outcomes of jobs that were analysed together over one period."""
    start, end = period.sessions[0].date(), period.sessions[-1].date()
    of_accounts = measure_accounts(accounts, period.sessions)
    measured = analysis.measured[:, [MEASURE_NAMES.index(name) for name in OF_RETURNS]]
    order = [(*OF_RETURNS, *ACCOUNT_MEASURES).index(name) for name in MEASURES]
    placebos = np.array([one or (np.nan,) * len(PLACEBO) for one in analysis.placebos])
    windows = np.full((len(measured), 1), float(len(period.windows.joint)))
    card = (windows, analysis.scorecards, analysis.shares, analysis.parts, placebos)
    figures = np.hstack([np.hstack([measured, of_accounts])[:, order], *card])
    months = monthly_log_returns(analysis.nav, period)
    return [JobOutcome(None, start, end, *one) for one in zip(figures, months, strict=True)]


def monthly_log_returns(nav: Array, period: Period) -> Array:
    """The log returns (B, M) of calendar months of levels (B, T), those at the ends perhaps of parts of one."""
    ends = np.flatnonzero(np.append(period.month_ends.to_numpy()[:-1], True))
    closes = nav[:, np.append(0, ends[ends > 0])]
    with np.errstate(divide="ignore", invalid="ignore"):
        moves: Array = np.diff(np.log(closes))
    return np.where(np.isfinite(moves), moves, np.nan)


def table_of(names: Iterable[tuple[str, str, str]], came: Sequence[JobOutcome]) -> pa.Table:
    """The rows of jobs of those keys, names and recipes."""
    nothing = np.full(len(ROW_FIGURES), np.nan)
    figures = np.array([nothing if one.figures is None else one.figures for one in came]).reshape(-1, len(ROW_FIGURES))
    texts = [pa.array(column, pa.string()) for column in zip(*names, strict=True)] or [pa.array([], pa.string())] * 3
    columns = [
        *texts,
        pa.array([one.error for one in came], pa.string()),
        pa.array([one.traceback for one in came], pa.string()),
        pa.array([one.start for one in came], pa.date32()),
        pa.array([one.end for one in came], pa.date32()),
        *(pa.array(column, from_pandas=True) for column in figures.T.copy()),
        _months([one.months for one in came]),
    ]
    return pa.Table.from_arrays(columns, schema=ROWS_SCHEMA)


def _months(returns: Sequence[Array | None]) -> pa.Array:
    """The monthly returns of jobs as a column, null where a job has none."""
    none = np.array([one is None for one in returns], bool)
    ends = np.cumsum([0 if one is None else len(one) for one in returns])
    starts = pa.array(np.append(0, ends), pa.int32(), mask=np.append(none, False))
    values = np.concatenate([np.empty(0), *(one for one in returns if one is not None)])
    return pa.ListArray.from_arrays(starts, pa.array(values.astype(np.float32), from_pandas=True))
