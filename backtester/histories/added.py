"""Adding a series to a history in memory, for one run; no manifest (the TOML file of histories) is changed."""

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
    """A history with an added series, and warnings about that series for the user."""

    history: History
    notes: tuple[str, ...]


def add_series(
    history: History, role: str, keys: Mapping[str, Any], values: "pd.Series[float]", file: tuple[str, str]
) -> ExtendedHistory:
    """The history with a series of that role (its name in the history), whose figures are `values`, by date.

    `keys` are those that a manifest would have (`kind`, `unit`, ...); `file` is the name and the SHA-256 of the file
    from which the values came. Raise DataError if the role is taken or not allowed, or a key, date or value is refused.
    """
    check_name(role)
    if role in history.series:
        raise DataError(
            f"history {history.name!r} has a series {role!r} already; give the one of {file[0]} another name"
        )
    series = validated_series(role, {**keys, "file": file[0], "column": role})
    files = history.table.files | {file[0]: f"sha256 {file[1]}"}
    table = history.table.model_copy(update={"series": history.series | {role: series}, "files": files})
    extended = replace(history, table=table, in_memory={**history.in_memory, role: values})
    as_read = pa.table({"date": pd.DatetimeIndex(values.index), role: values.to_numpy(dtype=float)})
    role_figures(extended, role, as_read)  # raises DataError if a date or value is refused
    return ExtendedHistory(extended, tuple(_notes(role, series, values)))


def validated_series(role: str, keys: Mapping[str, Any]) -> Series:
    """The series that the keys describe, as those of a manifest do. Raise DataError if one is wrong or missing."""
    try:
        return HistoryTable.model_validate({"title": "", "series": {role: keys}, "files": {}}).series[role]
    except ValidationError as error:
        raise DataError(f"{role}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error


def _notes(role: str, series: Series, values: "pd.Series[float]") -> list[str]:
    """The findings, but for mere notes, of the checks that `data import` makes; bills may grow by equal steps."""
    findings = check_series(CheckedSeries(role, values, series.kind, accrues=role == "bills"))
    return [f"{role}: {finding.message}" for finding in findings if finding.severity != "note"]


def absent_at_end(role: str, values: "pd.Series[float]", last: pd.Timestamp) -> tuple[dict[str, Any], list[str]]:
    """The key `absent` of an asset that ends more than ten days before the last session, and a note about it.

    The key has the date ranges in which an asset has no level. Both are empty for an asset that does not.
    """
    end = pd.Timestamp(values.index[-1])
    if (last - end).days <= CARRY_DAYS:
        return {}, []
    begin = (end + pd.Timedelta(days=1)).date()
    note = f"{role} ends on {end.date()} and is cash from then on; --end {end.date()} measures only what it has"
    return {"absent": [[begin, OPEN_END]]}, [note]


def refuse_slower(name: str, values: "pd.Series[float]", history: str, rhythm: Rhythm) -> None:
    """Raise DataError if a series has fewer than half as many values a year as the history has sessions.

    `history` is the history's name, `rhythm` says how often it has sessions.
    """
    own = infer_rhythm(pd.DatetimeIndex(values.index))
    if own is not None and own.sessions_a_year < 0.5 * rhythm.sessions_a_year:
        text = f"{name} is {own.name}, and the sessions of history {history!r} are {rhythm.name}"
        raise DataError(f"{text}; measure everything at the ends of its periods with --rhythm {own.span}")
