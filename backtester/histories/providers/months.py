"""Files with one row a month: their figures by the first day of the month."""

import re

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.providers.parse import MISSING_TEXTS

MONTH_ROW = re.compile(r"\s{0,8}(\d{4})-?(0[1-9]|1[0-2])\s{0,8},", re.ASCII)


def parse_months(content: bytes, name: str) -> pd.DataFrame:
    """The figures by the first day of their month, NaN where one is missing; the columns have the file's names.

    A month is written 1962-01 or 196201. Rows end at the first line that does not begin with a month; Ken French's
    monthly files have a table of years there. Raise DataError for a file without such rows, months that do not follow
    one another, and fields that are no numbers.
    """
    lines = content.decode("utf-8-sig", "replace").splitlines()
    first = next((index for index, line in enumerate(lines) if MONTH_ROW.match(line)), None)
    if first is None or first == 0:
        raise DataError(f"{name}: no row begins with a month below a header; write months like 1962-01 or 196201")
    header = [field.strip() for field in lines[first - 1].split(",")][1:]
    rows, months = [], []
    for line_number, line in enumerate(lines[first:], start=first + 1):
        if not (month := MONTH_ROW.match(line)):
            break
        rows.append(_numbers(line, header, f"{name}, line {line_number}"))
        months.append(pd.Timestamp(int(month[1]), int(month[2]), 1))
        if months[0] + pd.DateOffset(months=len(months) - 1) != months[-1]:
            raise DataError(f"{name}, line {line_number}: {months[-1]:%Y-%m} does not follow the month above it")
    return pd.DataFrame(rows, pd.DatetimeIndex(months, name="date"), header)


def _numbers(line: str, header: list[str], where: str) -> list[float]:
    """The numbers of a row, without its month. Raise DataError if one is no number, or there are too few or many."""
    fields = [field.strip() for field in line.split(",")][1:]
    if len(fields) != len(header):
        raise DataError(f"{where}: {len(fields) + 1} fields below a header of {len(header) + 1}; mend the row")
    numbers = []
    for field in fields:
        try:
            numbers.append(np.nan if field in MISSING_TEXTS else float(field))
        except ValueError as error:
            raise DataError(f"{where}: {field[:40]!r} is not a finite number") from error
        if np.isinf(numbers[-1]):
            raise DataError(f"{where}: {field[:40]!r} is not a finite number")
    return numbers
