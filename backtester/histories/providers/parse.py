"""Fields to dates and numbers: every field is a number, a known mark for a missing value, or an error."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import DataError, did_you_mean
from backtester.histories.providers.dates import Fields, read_dates
from backtester.histories.providers.rows import UNSTATED, Dialect, Rows, read_rows

MISSING = ("", ".", "NA", "N/A", "#N/A", "NaN", "nan", "null", "ND")
COMMA, POINT = (re.compile(rf"[-+]?\d*{mark}\d+", re.ASCII) for mark in (",", r"\."))
GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)  # 1,234 or 1.234: thousands, or three decimals


def parse_table(
    content: bytes, name: str, dialect: Dialect = UNSTATED, *, note: Callable[[str], None] = lambda text: None
) -> pd.DataFrame:
    """The csv as numbers by ascending date, NaN where a value is missing; columns have the file's names.

    Dates ascend or, newest first, descend, each once. `note` hears how the file was read where it had to be worked out.
    Raise DataError, with the line and the field, if something is wrong or can be read in two ways.
    """
    rows = read_rows(content, name, dialect)
    dates = Fields([row[0] for row in rows.rows], rows.lines, name)
    index = read_dates(dates, dialect.date_format, note)
    decimal = dialect.decimal or _decimal(rows, name)
    columns = {}
    for place, heading in enumerate(rows.header[1:], start=1):
        fields = [row[place] for row in rows.rows]
        if not heading and not any(fields):
            continue  # a separator at the end of every row
        if heading in columns:
            raise DataError(f"{name}: two columns are named {heading!r}; rename one")
        columns[heading] = _numbers(fields, decimal, f"{name}, column {heading!r}", rows)
    table = pd.DataFrame(columns, index)
    return table if index.is_monotonic_increasing else table[::-1]


def find_column(table: pd.DataFrame, column: str, name: str) -> "pd.Series[float]":
    """The column of that name, whatever its case; a DataError names the nearest."""
    if column in table.columns:
        return table[column]
    names = {str(heading).lower(): heading for heading in table.columns}
    if column.lower() not in names:
        raise DataError(f"{name} has no column {column!r}; {did_you_mean(column, map(str, table.columns))}")
    return table[names[column.lower()]]


def _decimal(rows: Rows, name: str) -> str:
    """The decimal mark: a point where commas separate fields, else the mark that the numbers have.

    Raise DataError if every number with a mark could as well have it between its thousands.
    """
    if rows.sep == ",":
        return "."
    fields = [field for row in rows.rows for field in row[1:]]
    marked = [field for field in fields if COMMA.fullmatch(field)] or [one for one in fields if POINT.fullmatch(one)]
    if marked and all(GROUPED.fullmatch(field) for field in marked):
        mark = "," if "," in marked[0] else "."
        raise DataError(
            f"{name}: the {mark!r} in {marked[0]!r}, as in every other number, may be a decimal mark or stand between "
            "thousands; say --decimal . or --decimal ,"
        )
    return "," if marked and "," in marked[0] else "."


def _numbers(fields: list[str], decimal: str, where: str, rows: Rows) -> Array:
    column = pd.Series(fields, dtype=object)
    missing = column.isin(MISSING).to_numpy()
    pointed = column if decimal == "." else column.str.translate({ord(","): ".", ord("."): ","})
    numbers = pd.to_numeric(pointed.where(~missing), errors="coerce").to_numpy(dtype=np.float64, copy=True)
    wrong = (np.isnan(numbers) & ~missing) | np.isinf(numbers)
    if wrong.any():
        place = int(wrong.argmax())
        other = "," if decimal == "." else "."
        hint = f"; with a decimal {other!r} say --decimal {other}" if _is_decimal(fields[place], other) else ""
        raise DataError(f"{where}, line {rows.lines[place]}: {fields[place][:40]!r} is not a finite number{hint}")
    return numbers


def _is_decimal(field: str, mark: str) -> bool:
    return bool((COMMA if mark == "," else POINT).fullmatch(field))
