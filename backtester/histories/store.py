"""Reading a history's parquet files: the bytes that the manifest vouches for, and only the columns asked for."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from backtester.arrays import Flags
from backtester.errors import DataError, lacks_memory
from backtester.files import open_regular
from backtester.histories.file_hashes import file_sha256, file_stamp
from backtester.histories.manifest import History
from backtester.histories.series import Quoted
from backtester.histories.sheet import Figures

DATE_COLUMNS = ("date", "Date", "DATE", "__index_level_0__")  # the last is pandas' name for an index without one
CALENDAR_AHEAD = pd.DateOffset(years=1)
FIRST_DATE, LAST_DATE = pd.Timestamp(1800, 1, 1), pd.Timestamp(2200, 1, 1)  # a date beyond is in another unit


@dataclass(frozen=True)
class Limit:
    """The rows of a file in which any of the columns `times` is no later than `last`."""

    last: pd.Timestamp
    times: list[str]

    def rows(self, schema: pa.Schema) -> pc.Expression | None:
        """The condition on a row of a file; None if a column is not of dates, which `role_figures` will refuse."""
        kinds = {name: schema.field(name).type for name in self.times}
        if not all(pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and not kind.tz) for kind in kinds.values()):
            return None
        return reduce(
            or_, (pc.field(name) <= pa.scalar(self.last.to_pydatetime(), kind) for name, kind in kinds.items())
        )


def read_figures(history: History, roles: list[str], *, until: datetime.date | None = None) -> dict[str, Figures]:
    """The figures of the roles that have a file, checked: dates ascend, values are finite and, for prices, positive.

    With `until` only figures that are dated, or were published, by a year after it; none of a series that had not
    begun. The year more is for the calendar: which session ends a month or year is known ahead. Raise DataError if a
    file, date or value is refused.
    """
    by_file: dict[str, list[str]] = defaultdict(list)
    quoted = history.quoted
    figures: dict[str, Figures] = {}
    for role in roles:
        if role in history.held:
            figures[role] = Figures(
                history.held[role][: None if until is None else pd.Timestamp(until) + CALENDAR_AHEAD]
            )
        elif role in quoted:
            by_file[quoted[role].file].append(role)
    for file, members in by_file.items():
        part = [quoted[role] for role in members]
        limit = None
        if until is not None and until.year < datetime.MAXYEAR:  # a year after which there is another
            limit = Limit(pd.Timestamp(until) + CALENDAR_AHEAD, _times(part))
        table = read_columns(history, file, _columns(part), limit)
        dates = None  # of all rows, checked once for all series that have a figure in every row
        for role in members:
            figures[role] = found = role_figures(history, role, table, dates, may_be_empty=until is not None)
            dates = pd.DatetimeIndex(found.values.index) if len(found.values) == table.num_rows else dates
    return figures


def _times(series: list[Quoted]) -> list[str]:
    """The columns of dates and times of publication, each once."""
    return list(dict.fromkeys(name for one in series for name in one.times))


def _columns(series: list[Quoted]) -> list[str]:
    """The columns in which the series have dates, figures and times of publication, each once."""
    return list(dict.fromkeys(["date", *(name for one in series for name in (one.column, *one.times))]))


def read_columns(history: History, file: str, columns: list[str] | None = None, limit: Limit | None = None) -> pa.Table:
    """Columns of a file, or all of it; with a limit, only the rows up to it. No more is read from the disk.

    The hash is that of the opened file, even if another takes its name meanwhile. Raise DataError if the file is not
    the one of the manifest, or cannot be read.
    """
    path = history.folder / file
    where = f"history {history.name!r}: "
    try:
        with open_regular(path) as opened:
            size_and_time = file_stamp(opened)[:2]
            if f"sha256 {file_sha256(opened, path)}" != history.table.files[file]:
                raise DataError(f"{where}{path} is not the file that the manifest vouches for; {_remedy(history)}")
            table = _parquet_columns(history, path, opened, columns, limit)
            if file_stamp(opened)[:2] != size_and_time:
                raise DataError(f"{where}{path} changed while it was read; run it again")
            return table
    except OSError as error:
        raise DataError(f"{where}cannot read {path}: {error.strerror}; {_remedy(history)}") from error


def _parquet_columns(
    history: History, path: Path, opened: BinaryIO, columns: list[str] | None, limit: Limit | None
) -> pa.Table:
    where = f"history {history.name!r}: {path}"
    try:
        parquet = pq.ParquetFile(opened)
        names = Counter(parquet.schema_arrow.names)
        dates = next((name for name in DATE_COLUMNS if name in names), "date")
        asked = None if columns is None else [dates if column == "date" else column for column in columns]
        for column in asked or names:
            if names[column] != 1:
                many = f"{names[column]} columns {column!r}" if column in names else f"no column {column!r}"
                raise DataError(f"{where} has {many}; mend the manifest")
        if limit is None or dates != "date" or (rows := limit.rows(parquet.schema_arrow)) is None:
            table = parquet.read(columns=asked)
        else:
            table = pq.read_table(opened, columns=asked, filters=rows)  # skips row groups beyond the limit
        if (
            pa.types.is_timestamp(kind := table.schema.field(dates).type) and kind.tz
        ):  # midnight there is the date there
            table = table.set_column(table.column_names.index(dates), dates, pc.local_timestamp(table[dates]))
        named = ["date" if name == dates else name for name in table.column_names]
        return table.rename_columns(named).replace_schema_metadata()  # pandas' metadata would make an index of columns
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if lacks_memory(error):  # or a damaged file claims to be huge
            more = "allow this process more of it, or restore the file"
            raise DataError(f"{where} takes more memory than there is; {more}") from error
        raise DataError(f"{where} is not a readable parquet file; {_remedy(history)}") from error


def _remedy(history: History) -> str:
    return f"restore the file or build {history.name!r} again"


def role_figures(
    history: History, role: str, table: pa.Table, dates: pd.DatetimeIndex | None = None, *, may_be_empty: bool = False
) -> Figures:
    """The role's figures in a table that has its columns, checked as `read_figures` says.

    `dates` are the dates of all rows, if they were checked before.
    """
    series, where = history.quoted[role], f"history {history.name!r}, series {role!r}"
    columns = _columns([series])
    if absent := [column for column in columns if table.schema.get_field_index(column) < 0]:
        raise DataError(f"{where}: there is no column {absent[0]!r} to take figures from")
    rows = table.select(columns)
    if table[series.column].null_count:  # null says that there is no figure; NaN is a figure, and a wrong one
        rows, dates = rows.filter(table[series.column].is_valid()), None
    if may_be_empty and not len(rows):
        return Figures(pd.Series(dtype=float, index=pd.DatetimeIndex([]).as_unit("s"), name=role))
    index = _dates(where, rows["date"].to_pandas(date_as_object=False)) if dates is None else dates
    figures = rows[series.column].to_pandas(date_as_object=False)
    if not pd.api.types.is_numeric_dtype(figures) or pd.api.types.is_bool_dtype(figures):
        raise DataError(f"{where}: column {series.column!r} holds {figures.dtype}, not numbers")
    values = pd.Series(figures.to_numpy(dtype=float), index, name=role)
    _refuse(where, values, ~np.isfinite(values.to_numpy()), "is not finite")
    _refuse(where, values, values.to_numpy() <= series.floor, series.refusal)
    return Figures(
        values,
        _known(where, rows[series.times[1]].to_pandas(date_as_object=False), index) if len(series.times) > 1 else None,
    )


def _known(where: str, times: "pd.Series[pd.Timestamp]", index: pd.DatetimeIndex) -> "pd.Series[pd.Timestamp]":
    if not pd.api.types.is_datetime64_dtype(times):
        raise DataError(f"{where}: column {times.name!r} holds {times.dtype}; times without a time zone are needed")
    known = pd.Series(times.to_numpy(), index)
    if known.isna().any():
        late = index[int(known.isna().argmax())].date()
        raise DataError(f"{where}: no time in {times.name!r} for {late}; every value needs one")
    return known


def _dates(where: str, dates: "pd.Series[pd.Timestamp]") -> pd.DatetimeIndex:
    if not pd.api.types.is_datetime64_dtype(dates):
        raise DataError(f"{where}: column 'date' holds {dates.dtype}; dates are needed")
    index = pd.DatetimeIndex(dates.to_numpy()).as_unit("s")
    if not len(index) or index.hasnans:
        raise DataError(
            f"{where}: {'a date is missing' if len(index) else 'no value at all'}; every value needs a date"
        )
    if ((index < FIRST_DATE) | (index > LAST_DATE)).any():
        raise DataError(f"{where}: a date lies outside {FIRST_DATE:%Y} to {LAST_DATE:%Y}; mend the source")
    timed = index[index != index.normalize()]
    if len(timed):
        raise DataError(f"{where}: {timed[0]} has a time of day; dates are needed (the manifest's 'close' says when)")
    late = index[1:][index[1:] <= index[:-1]]
    if len(late):
        text = f"dates repeat or go backwards at {late[0].date()}; sort the file by date, one row a date"
        raise DataError(f"{where}: {text}")
    return index


def _refuse(where: str, values: "pd.Series[float]", wrong: Flags, what: str) -> None:
    if wrong.any():
        first = int(wrong.argmax())
        raise DataError(
            f"{where}: {values.iloc[first]} on {values.index[first].date()} {what}; mend the source and build it again"
        )
