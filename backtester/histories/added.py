"""A series that is added to a history for one run: its figures are held in memory, and no manifest names it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa
from pydantic import ValidationError

from backtester.errors import DataError
from backtester.histories.align import CARRY_DAYS, OPEN_END
from backtester.histories.blueprints.imports import check_name
from backtester.histories.checks.series import check_series
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.manifest import History
from backtester.histories.manifest_schema import HistoryTable
from backtester.histories.rhythm import Rhythm, infer_rhythm
from backtester.histories.series import Series
from backtester.histories.store import role_figures


@dataclass(frozen=True)
class ExtendedHistory:
    """A history with one series more, and what its user should know of the series."""

    history: History
    notes: tuple[str, ...]


def add_series(
    history: History, role: str, keys: Mapping[str, Any], values: "pd.Series[float]", file: tuple[str, str]
) -> ExtendedHistory:
    """The history with the series of that role, held as `values` by date; `file` is its name and SHA-256.

    `keys` are the manifest's. An asset that ends before the sessions is absent from then on. Raise DataError if the
    role is taken, or a value or date is refused, as of any series.
    """
    check_name(role)
    if role in history.series:
        raise DataError(
            f"history {history.name!r} has a series {role!r} already; give the one of {file[0]} another name"
        )
    series = validated_series(role, {**keys, "file": file[0], "column": role})
    files = history.table.files | {file[0]: f"sha256 {file[1]}"}
    table = history.table.model_copy(update={"series": history.series | {role: series}, "files": files})
    with_it = replace(history, table=table, in_memory={**history.in_memory, role: values})
    role_figures(with_it, role, pa.table({"date": pd.DatetimeIndex(values.index), role: values.to_numpy(dtype=float)}))
    return ExtendedHistory(with_it, tuple(_notes(role, series, values)))


def validated_series(role: str, keys: Mapping[str, Any]) -> Series:
    """The series that the manifest's keys make. Raise DataError if they are not such as it may have."""
    try:
        return HistoryTable.model_validate({"title": "", "series": {role: keys}, "files": {}}).series[role]
    except ValidationError as error:
        raise DataError(f"{role}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error


def _notes(role: str, series: Series, values: "pd.Series[float]") -> list[str]:
    """The notes that `data import` would warn with."""
    found = check_series(CheckedSeries(role, values, series.kind, accrues=role == "bills"))
    return [f"{role}: {finding.message}" for finding in found if finding.severity != "note"]


def absent_at_end(role: str, values: "pd.Series[float]", last: pd.Timestamp) -> tuple[dict[str, Any], list[str]]:
    """The keys of an asset that ends long before the last session, and a note that says so; both empty of another."""
    end = pd.Timestamp(values.index[-1])
    if (last - end).days <= CARRY_DAYS:
        return {}, []
    begin = (end + pd.Timedelta(days=1)).date()
    note = f"{role} ends on {end.date()} and is cash from then on; --end {end.date()} measures only what it has"
    return {"absent": [[begin, OPEN_END]]}, [note]


def refuse_slower(name: str, values: "pd.Series[float]", history: str, rhythm: Rhythm) -> None:
    """Raise DataError if an asset has a value much more seldom than there are sessions."""
    kept = infer_rhythm(pd.DatetimeIndex(values.index))
    if kept is not None and kept.sessions_a_year < 0.5 * rhythm.sessions_a_year:
        text = f"{name} is {kept.name}, and the sessions of history {history!r} are {rhythm.name}"
        raise DataError(f"{text}; measure everything at the ends of its periods with --rhythm {kept.span}")
