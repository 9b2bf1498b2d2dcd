"""A csv as a table of numbers by date; every field is a number, a known sign of a missing value, or an error."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import DataError, did_you_mean
from backtester.histories.providers.dates import DateFields, read_dates
from backtester.histories.providers.rows import INFERRED_DIALECT, CsvRows, Dialect, read_rows

MISSING_TEXTS = ("", ".", "NA", "N/A", "#N/A", "NaN", "nan", "null", "ND")
DECIMAL_COMMA, DECIMAL_POINT = (re.compile(rf"[-+]?\d*{mark}\d+", re.ASCII) for mark in (",", r"\."))
MAYBE_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)  # 1,234: over a thousand, or three decimals


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A csv whose dates were read; the numbers of a column are read when it is asked for.

    `name` is that of the file, `decimal` the decimal mark. `dates` are in the order of `rows`, the fields as text.
    """

    name: str
    dates: pd.DatetimeIndex
    decimal: str
    rows: CsvRows

    @property
    def headings(self) -> list[str]:
        """The names of the columns after the dates; a column without name and values is left out."""
        named = enumerate(self.rows.header[1:], start=1)
        return [heading for place, heading in named if heading or any(row[place] for row in self.rows.records)]

    def column(self, heading: str) -> "pd.Series[float]":
        """The column's numbers by ascending date, NaN where one is missing. Raise DataError if one is no number."""
        place = self.rows.header.index(heading, 1)
        fields = [row[place] for row in self.rows.records]
        numbers = _numbers(fields, self.decimal, f"{self.name}, column {heading!r}", self.rows)
        values = pd.Series(numbers, self.dates, name=heading)
        return values if self.dates.is_monotonic_increasing else values[::-1]


def read_csv_table(
    content: bytes, name: str, dialect: Dialect = INFERRED_DIALECT, *, note: Callable[[str], None] = lambda text: None
) -> CsvTable:
    """The csv's table. Dates ascend or, newest first, descend, each once.

    `note` is called with a sentence for each choice that was inferred from the file. Raise DataError, with the line and
    the field, if something is wrong or can be read in two ways.
    """
    rows = read_rows(content, name, dialect)
    fields = DateFields([row[0] for row in rows.records], rows.line_numbers, name)
    dates = read_dates(fields, dialect.date_format, note)
    table = CsvTable(name, dates, dialect.decimal or _decimal(rows, name), rows)
    repeated = [heading for heading, count in Counter(table.headings).items() if count > 1]
    if repeated:
        raise DataError(f"{name}: two columns are named {repeated[0]!r}; rename one")
    return table


def parse_table(
    content: bytes, name: str, dialect: Dialect = INFERRED_DIALECT, *, note: Callable[[str], None] = lambda text: None
) -> pd.DataFrame:
    """All columns of the csv by ascending date, read as `read_csv_table` says; NaN where a value is missing."""
    table = read_csv_table(content, name, dialect, note=note)
    columns = {heading: table.column(heading) for heading in table.headings}
    return pd.DataFrame(columns, table.dates.sort_values())


def find_heading(headings: Iterable[str], column: str, name: str) -> str:
    """The heading that equals `column` but for upper and lower case.

    Raise DataError, with the nearest heading and the name of the file, if there is none.
    """
    known = list(headings)
    if column in known:
        return column
    by_lower_case = {heading.lower(): heading for heading in known}
    if column.lower() not in by_lower_case:
        raise DataError(f"{name} has no column {column!r}; {did_you_mean(column, known)}")
    return by_lower_case[column.lower()]


def find_column(table: pd.DataFrame, column: str, name: str) -> "pd.Series[float]":
    """The column of a table whose heading `find_heading` returns."""
    return table[find_heading(map(str, table.columns), column, name)]


def _decimal(rows: CsvRows, name: str) -> str:
    """The decimal mark: a point if commas separate the fields, else the mark that the numbers have.

    Raise DataError if every number with a mark could as well have it between its thousands.
    """
    if rows.sep == ",":
        return "."
    fields = [field for row in rows.records for field in row[1:]]
    with_comma, with_point = (list(filter(mark.fullmatch, fields)) for mark in (DECIMAL_COMMA, DECIMAL_POINT))
    marked = with_comma or with_point
    if marked and all(MAYBE_THOUSANDS.fullmatch(field) for field in marked):
        mark = "," if "," in marked[0] else "."
        raise DataError(
            f"{name}: the {mark!r} in {marked[0]!r}, as in every other number, may be a decimal mark or stand between "
            "thousands; say --decimal . or --decimal ,"
        )
    return "," if marked and "," in marked[0] else "."


def _numbers(fields: list[str], decimal: str, where: str, rows: CsvRows) -> Array:
    """The fields of a column as numbers (N,), NaN where one is missing. Raise DataError if one is no number."""
    column = pd.Series(fields, dtype=object)
    missing = column.isin(MISSING_TEXTS).to_numpy()
    with_points = column if decimal == "." else column.str.translate({ord(","): ".", ord("."): ","})
    numbers = pd.to_numeric(with_points.where(~missing), errors="coerce").to_numpy(dtype=np.float64, copy=True)
    wrong = (np.isnan(numbers) & ~missing) | np.isinf(numbers)
    if wrong.any():
        place = int(wrong.argmax())
        other_mark = "," if decimal == "." else "."
        has_other_mark = _is_decimal(fields[place], other_mark)
        hint = f"; with a decimal {other_mark!r} say --decimal {other_mark}" if has_other_mark else ""
        raise DataError(
            f"{where}, line {rows.line_numbers[place]}: {fields[place][:40]!r} is not a finite number{hint}"
        )
    return numbers


def _is_decimal(field: str, mark: str) -> bool:
    """Whether the field is a number with that decimal mark."""
    return bool((DECIMAL_COMMA if mark == "," else DECIMAL_POINT).fullmatch(field))
