"""Reading the figures of quoted series, those that stand in a history's files, after a check of the files' hashes."""

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
from backtester.histories.series_inputs import Figures

DATE_COLUMNS = ("date", "Date", "DATE", "__index_level_0__")  # the last is pandas' name for an index without one
CALENDAR_AHEAD = pd.DateOffset(years=1)  # read beyond `until`, for the calendar
FIRST_DATE, LAST_DATE = pd.Timestamp(1800, 1, 1), pd.Timestamp(2200, 1, 1)  # a date outside was read in a wrong unit


@dataclass(frozen=True)
class RowLimit:
    """The rows of a file in which at least one of `time_columns` is no later than `last`."""

    last: pd.Timestamp
    time_columns: list[str]

    def filter(self, schema: pa.Schema) -> pc.Expression | None:
        """The condition on the rows of a file; None if a column has no dates, which `role_figures` will refuse."""
        types = {name: schema.field(name).type for name in self.time_columns}
        if not all(map(_has_dates, types.values())):
            return None
        return reduce(or_, (pc.field(name) <= pa.scalar(self.last.to_pydatetime(), types[name]) for name in types))


def _has_dates(arrow_type: pa.DataType) -> bool:
    """Whether values of the type are dates, or times without a time zone."""
    return pa.types.is_date(arrow_type) or (pa.types.is_timestamp(arrow_type) and not arrow_type.tz)


def read_figures(history: History, roles: list[str], *, until: datetime.date | None = None) -> dict[str, Figures]:
    """The figures by role (a series' name), of those of `roles` that are quoted; those that are computed are left out.

    Dates ascend and values are finite and above the floor of their kind. With `until`, only figures that are dated or
    were published by a year after it; a series that had not begun has none. The extra year is for the calendar: which
    session ends a month or year is known ahead. Raise DataError if a file, date or value is refused.
    """
    roles_by_file: dict[str, list[str]] = defaultdict(list)
    quoted = history.quoted
    figures: dict[str, Figures] = {}
    last = None
    if until is not None and until.year < datetime.MAXYEAR:  # the last year to which one can be added
        last = pd.Timestamp(until) + CALENDAR_AHEAD
    for role in roles:
        if role in history.in_memory:
            figures[role] = Figures(history.in_memory[role][:last])
        elif role in quoted:
            roles_by_file[quoted[role].file].append(role)
    for file, roles_in_file in roles_by_file.items():
        series = [quoted[role] for role in roles_in_file]
        limit = None if last is None else RowLimit(last, _time_columns(series))
        table = read_columns(history, file, _columns(series), limit)
        dates = None  # those of all rows: checked once, and used for each series that has a figure in every row
        for role in roles_in_file:
            read = role_figures(history, role, table, dates, may_be_empty=until is not None)
            figures[role] = read
            dates = pd.DatetimeIndex(read.values.index) if len(read.values) == table.num_rows else dates
    return figures


def _time_columns(series: list[Quoted]) -> list[str]:
    """The columns of dates and times of publication, each once."""
    return list(dict.fromkeys(name for quoted in series for name in quoted.time_columns))


def _columns(series: list[Quoted]) -> list[str]:
    """The columns in which the series have dates, figures and times of publication, each once."""
    names = (name for quoted in series for name in (quoted.column, *quoted.time_columns))
    return list(dict.fromkeys(["date", *names]))


def read_columns(
    history: History, file: str, columns: list[str] | None = None, limit: RowLimit | None = None
) -> pa.Table:
    """Columns of a file, by default all; with a limit, only the rows up to it. The rest is not decoded.

    The file is hashed and read through one open handle, so that both see the same file, even if another takes its name
    meanwhile. Raise DataError if the hash is not that of the manifest, or the file cannot be read.
    """
    path = history.folder / file
    where = f"history {history.name!r}: "
    try:
        with open_regular(path) as opened:
            size_and_time = file_stamp(opened)[:2]
            if f"sha256 {file_sha256(opened, path)}" != history.table.files[file]:
                raise DataError(f"{where}{path} is not the file that the manifest vouches for; {_remedy(history)}")
            table = _parquet_columns(history, path, opened, columns=columns, limit=limit)
            if file_stamp(opened)[:2] != size_and_time:
                raise DataError(f"{where}{path} changed while it was read; run it again")
            return table
    except OSError as error:
        raise DataError(f"{where}cannot read {path}: {error.strerror}; {_remedy(history)}") from error


def _parquet_columns(
    history: History, path: Path, opened: BinaryIO, columns: list[str] | None, limit: RowLimit | None
) -> pa.Table:
    """The columns of the open file as `read_columns` returns them; that of the dates is renamed `date`."""
    where = f"history {history.name!r}: {path}"
    try:
        parquet = pq.ParquetFile(opened)
        counts = Counter(parquet.schema_arrow.names)
        dates = next((name for name in DATE_COLUMNS if name in counts), "date")
        asked = None if columns is None else [dates if column == "date" else column for column in columns]
        for column in asked or {dates: 1, **counts}:
            if counts[column] != 1:
                many = f"{counts[column]} columns {column!r}" if column in counts else f"no column {column!r}"
                raise DataError(f"{where} has {many}; mend the manifest")
        # a limit names the dates `date`: where they are named otherwise all rows are read
        if limit is None or dates != "date" or (row_filter := limit.filter(parquet.schema_arrow)) is None:
            table = parquet.read(columns=asked)
        else:
            table = pq.read_table(opened, columns=asked, filters=row_filter)  # skips row groups beyond the limit
        date_type = table.schema.field(dates).type
        if pa.types.is_timestamp(date_type) and date_type.tz:  # midnight in that time zone stands for the date
            table = table.set_column(table.column_names.index(dates), dates, pc.local_timestamp(table[dates]))
        names = ["date" if name == dates else name for name in table.column_names]
        return table.rename_columns(names).replace_schema_metadata()  # pandas' metadata would make an index of columns
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if lacks_memory(error):  # a large file, or a damaged one that claims to be large
            remedy = "allow this process more of it, or restore the file"
            raise DataError(f"{where} takes more memory than there is; {remedy}") from error
        raise DataError(f"{where} is not a readable parquet file; {_remedy(history)}") from error


def _remedy(history: History) -> str:
    """The end of an error's message: what to do about a file that cannot be used."""
    return f"restore the file or build {history.name!r} again"


def role_figures(
    history: History, role: str, table: pa.Table, dates: pd.DatetimeIndex | None = None, *, may_be_empty: bool = False
) -> Figures:
    """The role's figures in a table, checked: see `read_figures`. Raise DataError if a column, date or value is wrong.

    `dates` are the dates of all rows, if they were checked before. Without figures an empty result is returned if
    `may_be_empty`, else DataError is raised.
    """
    series, where = history.quoted[role], f"history {history.name!r}, series {role!r}"
    columns = _columns([series])
    if absent := [column for column in columns if table.schema.get_field_index(column) < 0]:
        raise DataError(f"{where}: there is no column {absent[0]!r} to take figures from")
    rows = table.select(columns)
    if table[series.column].null_count:  # null means no figure; NaN is a figure, and refused below
        rows, dates = rows.filter(table[series.column].is_valid()), None
    if may_be_empty and not len(rows):
        return Figures(pd.Series(dtype=float, index=pd.DatetimeIndex([]).as_unit("s"), name=role))
    index = _dates(where, rows["date"].to_pandas(date_as_object=False)) if dates is None else dates
    figures = rows[series.column].to_pandas(date_as_object=False)
    if not pd.api.types.is_numeric_dtype(figures) or pd.api.types.is_bool_dtype(figures):
        raise DataError(f"{where}: column {series.column!r} holds {figures.dtype}, not numbers")
    values = pd.Series(figures.to_numpy(dtype=float), index, name=role)
    _refuse_values(where, values, ~np.isfinite(values.to_numpy()), "is not finite")
    _refuse_values(where, values, values.to_numpy() <= series.floor, series.refusal)
    if len(series.time_columns) == 1:
        return Figures(values)
    times = rows[series.time_columns[1]].to_pandas(date_as_object=False)  # the first column has the dates
    return Figures(values, _publication_times(where, times, index))


def _publication_times(
    where: str, times: "pd.Series[pd.Timestamp]", index: pd.DatetimeIndex
) -> "pd.Series[pd.Timestamp]":
    """The times of publication by date. Raise DataError unless every value has one, without a time zone."""
    if not pd.api.types.is_datetime64_dtype(times):
        raise DataError(f"{where}: column {times.name!r} holds {times.dtype}; times without a time zone are needed")
    published_at = pd.Series(times.to_numpy(), index)
    if published_at.isna().any():
        date = index[int(published_at.isna().argmax())].date()
        raise DataError(f"{where}: no time in {times.name!r} for {date}; every value needs one")
    return published_at


def _dates(where: str, dates: "pd.Series[pd.Timestamp]") -> pd.DatetimeIndex:
    """The column of dates as an index. Raise DataError unless they ascend, are whole days and within 1800 to 2200."""
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


def _refuse_values(where: str, values: "pd.Series[float]", wrong: Flags, what: str) -> None:
    """Raise DataError, with the first value that is flagged as wrong and its date, if there is one."""
    if wrong.any():
        first = int(wrong.argmax())
        raise DataError(
            f"{where}: {values.iloc[first]} on {values.index[first].date()} {what}; mend the source and build it again"
        )
