"""The figures of a blueprint's source: read from its file, summed over columns, compounded if they are returns.

A blueprint lists the series of a history; a source of one, `blueprint.SourceFile`, is some figures in a file.
"""

from collections.abc import Callable
from functools import reduce

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import MONTHLY_FORMS, SourceFile
from backtester.histories.derived import bill_returns
from backtester.histories.providers.months import parse_months
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.providers.rows import Dialect
from backtester.histories.sessions import days_between

FileReader = Callable[[str], bytes]  # from a file's name to its content
PREFERRED_COLUMNS = ("Adj Close", "CLOSE", "Close")  # if there are several and none is named
FRENCH_MISSING = (-99.99, -999.0)  # stand for missing values, as the banners of Ken French's files say


def source_level(source: SourceFile, read: FileReader) -> "pd.Series[float]":
    """The figures of a source by date, without missing ones; if its form is returns, the level that they add up to.

    Raise DataError if a file cannot be read, a column is missing, or no value is left.
    """
    if source.form == "level":
        values = source_values(source, read(source.file))
    else:
        percent = _returns_percent(source, read)
        if source.plus:
            added = [_within_dates(_returns_percent(other, read), other) for other in source.plus]
            percent = (percent + reduce(_prefer_older, added)).dropna()
        values = _compounded(percent, source.file)
    return _within_dates(values, source).rename(source.file)


def source_values(source: SourceFile, content: bytes) -> "pd.Series[float]":
    """The figures in the source's own file, by date or month, without missing ones; columns are added up.

    Raise DataError if `content` cannot be read, a column is missing, or no value is left.
    """
    if source.form in MONTHLY_FORMS:
        table = parse_months(content, source.file)
    else:
        table = parse_table(content, source.file, Dialect(source.date_format, source.decimal, source.sep))
    columns = [find_column(table, name, source.file) for name in _column_names(source, table)]
    if source.provider == "french":
        columns = [column.mask(column.isin(FRENCH_MISSING)) for column in columns]
    values: pd.Series[float] = pd.concat(columns, axis=1).sum(axis=1, skipna=False).dropna()
    for first, last in source.without:
        values = values[(values.index < pd.Timestamp(first)) | (values.index > pd.Timestamp(last))]
    return _not_empty(values, source)


def prefer_newer(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The older values before the newer series' first date, then the newer ones."""
    values: pd.Series[float] = pd.concat([older[older.index < newer.index[0]], newer])
    return values


def _prefer_older(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The older values up to their last date, then the newer ones."""
    values: pd.Series[float] = pd.concat([older, newer[newer.index > older.index[-1]]])
    return values


def _within_dates(values: "pd.Series[float]", source: SourceFile) -> "pd.Series[float]":
    """The values from the source's `since` to its `until`. Raise DataError if there is none."""
    first, last = (None if date is None else pd.Timestamp(date) for date in (source.since, source.until))
    return _not_empty(values[first:last], source)


def _not_empty(values: "pd.Series[float]", source: SourceFile) -> "pd.Series[float]":
    """The values as they are. Raise DataError if there is none."""
    if not len(values):
        raise DataError(f"{source.file} has no value to take; see its columns, 'without', 'since' and 'until'")
    return values


def _column_names(source: SourceFile, table: pd.DataFrame) -> list[str]:
    """The columns that the source names or, without names, the only one or a preferred one of its table.

    Raise DataError if there is none, or the choice is not certain.
    """
    if source.columns:
        return list(source.columns)
    if not len(table.columns):
        raise DataError(f"{source.file} has no column of figures beside its dates")
    if len(table.columns) == 1:
        return [str(table.columns[0])]
    preferred = [column for column in PREFERRED_COLUMNS if column in table.columns]
    if source.provider == "yahoo" and preferred == ["Close"]:
        raise DataError(
            f"{source.file} has no column Adj Close; a Close may lack dividends; save it with auto_adjust=False, or "
            "with dates and the column to take alone"
        )
    if not preferred:
        names = ", ".join(map(str, table.columns))
        raise DataError(f"{source.file} has columns {names}; say which: 'columns' in a blueprint, or --column")
    return preferred[:1]


def _returns_percent(source: SourceFile, read: FileReader) -> "pd.Series[float]":
    """The return of each date in percent, from a source of any form but a level: see `blueprint.SourceFile`."""
    figures = source_values(source, read(source.file))
    if source.dates is None:
        return figures
    dates = pd.DatetimeIndex(parse_table(read(source.dates), source.dates).index)
    if source.form == "rate_percent":
        return _returns_of_rate(figures, dates[dates >= figures.index[0]])
    months = dates.to_period("M").to_timestamp()
    percent = figures.reindex(months).set_axis(dates)
    if source.form == "month_returns_percent":
        sessions_of_month = pd.Series(1, dates).groupby(months).transform("sum")
        percent = 100 * ((1 + percent / 100) ** (1 / sessions_of_month) - 1)
    return percent.dropna()


def _returns_of_rate(rates: "pd.Series[float]", dates: pd.DatetimeIndex) -> "pd.Series[float]":
    """The returns by date, in percent, of bills that pay the last rate (percent a year) known at the date before."""
    known = rates.reindex(rates.index.union(dates)).ffill()[dates]
    return pd.Series(bill_returns(np.asarray(known, dtype=np.float64), days_between(dates)), dates)


def _compounded(percent: "pd.Series[float]", file: str) -> "pd.Series[float]":
    """The level that grows by the returns, from 1 on the weekday before the first of them.

    Raise DataError if a return is -100% or less.
    """
    growth = 1 + percent / 100
    if (growth <= 0).any():
        raise DataError(
            f"{file}: a return of {percent.min():g}% on {percent.index[int(percent.argmin())].date()} leaves nothing"
        )
    levels = np.cumprod(np.concatenate([[1.0], growth.to_numpy()]))
    return pd.Series(levels, percent.index.insert(0, percent.index[0] - pd.offsets.BDay(1)))
