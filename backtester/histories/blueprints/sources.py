"""Figures out of a provider's file, in the form that a series needs."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import Source
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.providers.rows import Dialect

PREFERRED = ("Adj Close", "CLOSE", "Close")  # of files with many columns, where none is named
FRENCH_MISSING = (-99.99, -999.0)  # as the banners of Ken French's files say


def source_values(
    source: Source, content: bytes, *, note: Callable[[str], None] = lambda text: None
) -> "pd.Series[float]":
    """The source's values by date, missing ones left out. `note` hears how the file was read."""
    dialect = Dialect(source.date_format, source.decimal, source.sep)
    table = parse_table(content, source.file, dialect, note=note)
    parts = [find_column(table, column, source.file) for column in _columns(source, table)]
    if source.provider == "french":
        parts = [part.mask(part.isin(FRENCH_MISSING)) for part in parts]
    values = pd.concat(parts, axis=1).sum(axis=1, skipna=False).dropna()
    for first, last in source.without:
        values = values[(values.index < pd.Timestamp(first)) | (values.index > pd.Timestamp(last))]
    if source.until is not None:
        values = values[: pd.Timestamp(source.until)]
    if not len(values):
        raise DataError(f"{source.file} has no value to take; see its columns, 'without' and 'until'")
    if source.form == "returns_percent":
        values = _grown(values, source.file)
    return values.rename(source.file)


def _columns(source: Source, table: pd.DataFrame) -> list[str]:
    if source.columns:
        return list(source.columns)
    if not len(table.columns):
        raise DataError(f"{source.file} has no column of figures beside its dates")
    if len(table.columns) == 1:
        return [str(table.columns[0])]
    named = [column for column in PREFERRED if column in table.columns]
    if not named:
        all_of_them = ", ".join(map(str, table.columns))
        raise DataError(f"{source.file} has columns {all_of_them}; say which: 'columns' in a blueprint, or --column")
    return named[:1]


def _grown(percent: "pd.Series[float]", file: str) -> "pd.Series[float]":
    """The level that grows by the returns, from 1 on the weekday before the first of them."""
    growth = 1 + percent / 100
    if (growth <= 0).any():
        raise DataError(
            f"{file}: a return of {percent.min():g}% on {percent.index[int(percent.argmin())].date()} leaves nothing"
        )
    levels = np.cumprod(np.concatenate([[1.0], growth.to_numpy()]))
    return pd.Series(levels, percent.index.insert(0, percent.index[0] - pd.offsets.BDay(1)))
