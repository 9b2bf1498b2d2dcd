"""Fields to dates and numbers: every field is a number, a known mark for a missing value, or an error."""

import re

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import DataError, did_you_mean
from backtester.histories.providers.rows import Rows, read_rows

FORMATS = {  # a file keeps to the one of its first row
    re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII): "%Y-%m-%d",
    re.compile(r"\d{8}", re.ASCII): "%Y%m%d",
    re.compile(r"\d{1,2}/\d{1,2}/\d{4}", re.ASCII): "%m/%d/%Y",
}
TIME = re.compile(r"\d[T ]+\d{1,2}:\d\d", re.ASCII)
MISSING = ("", ".", "NA", "N/A", "#N/A", "NaN", "nan", "null", "ND")


def parse_table(content: bytes, name: str) -> pd.DataFrame:
    """The csv as numbers by date, NaN where a value is missing; columns have the file's names, without blanks.

    Dates must ascend, each once. A DataError names the line and the field that is wrong.
    """
    rows = read_rows(content, name)
    index = _dates(rows, name)
    columns = {}
    for place, heading in enumerate(rows.header[1:], start=1):
        if heading in columns:
            raise DataError(f"{name}: two columns are named {heading!r}; rename one")
        columns[heading] = [row[place] for row in rows.rows]
    numbers = {heading: _numbers(fields, f"{name}, column {heading!r}", rows) for heading, fields in columns.items()}
    return pd.DataFrame(numbers, index)


def find_column(table: pd.DataFrame, column: str, name: str) -> "pd.Series[float]":
    """The column of that name, whatever its case; a DataError names the nearest."""
    if column in table.columns:
        return table[column]
    names = {str(heading).lower(): heading for heading in table.columns}
    if column.lower() not in names:
        raise DataError(f"{name} has no column {column!r}; {did_you_mean(column, map(str, table.columns))}")
    return table[names[column.lower()]]


def _dates(rows: Rows, name: str) -> pd.DatetimeIndex:
    texts = [row[0] for row in rows.rows]
    form = next((form for pattern, form in FORMATS.items() if pattern.fullmatch(texts[0])), None)
    if form is None and TIME.search(texts[0]):
        raise DataError(f"{name}, line {rows.lines[0]}: date {texts[0][:40]!r} has a time of day; give dates alone")
    parsed = pd.to_datetime(pd.Series(texts), format=form or "%Y-%m-%d", errors="coerce")
    wrong = parsed.isna().to_numpy()
    if wrong[0]:
        raise DataError(
            f"{name}, line {rows.lines[0]}: date {texts[0][:40]!r} is no date; write 2024-01-31, 20240131 or "
            "01/31/2024, and commas between fields"
        )
    if wrong.any():
        place = int(wrong.argmax())
        raise DataError(f"{name}, line {rows.lines[place]}: {texts[place][:40]!r} is no date like {texts[0]!r} above")
    index = pd.DatetimeIndex(parsed.to_numpy(), name="date").as_unit("s")
    backwards = np.diff(index.asi8) <= 0
    if backwards.any():
        place = int(backwards.argmax()) + 1
        how = "repeats" if index[place] == index[place - 1] else "goes back behind the row above"
        raise DataError(f"{name}, line {rows.lines[place]}: {index[place].date()} {how}; sort by date, each once")
    return index


def _numbers(fields: list[str], where: str, rows: Rows) -> Array:
    column = pd.Series(fields, dtype=object)
    missing = column.isin(MISSING).to_numpy()
    numbers = pd.to_numeric(column.where(~missing), errors="coerce").to_numpy(dtype=np.float64, copy=True)
    wrong = (np.isnan(numbers) & ~missing) | np.isinf(numbers)
    if wrong.any():
        place = int(wrong.argmax())
        raise DataError(f"{where}, line {rows.lines[place]}: {fields[place][:40]!r} is not a finite number")
    return numbers
