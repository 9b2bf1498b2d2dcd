"""The figures of a source: read from providers' files, and brought to the form that a series needs."""

from collections.abc import Callable
from functools import reduce

import numpy as np
import pandas as pd

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import MONTHLY, SourceFile
from backtester.histories.derived import bill_returns
from backtester.histories.providers.months import parse_months
from backtester.histories.providers.parse import find_column, parse_table
from backtester.histories.providers.rows import Dialect
from backtester.histories.sessions import days_between

Read = Callable[[str], bytes]
PREFERRED = ("Adj Close", "CLOSE", "Close")  # columns, if there are several and none is named
FRENCH_MISSING = (-99.99, -999.0)  # as the banners of Ken French's files say


def source_level(source: SourceFile, read: Read) -> "pd.Series[float]":
    """The level or the figures of a source by date, without missing ones; `read` returns a file's bytes by its name."""
    if source.form == "level":
        values = source_values(source, read(source.file))
    else:
        percent = _returns_percent(source, read)
        if source.plus:
            percent = (
                percent + reduce(_continued, [_cut(_returns_percent(one, read), one) for one in source.plus])
            ).dropna()
        values = _grown(percent, source.file)
    return _cut(values, source).rename(source.file)


def source_values(source: SourceFile, content: bytes) -> "pd.Series[float]":
    """The figures in the source's own file, by date or month, without missing ones; columns are added up."""
    if source.form in MONTHLY:
        table = parse_months(content, source.file)
    else:
        table = parse_table(content, source.file, Dialect(source.date_format, source.decimal, source.sep))
    parts = [find_column(table, column, source.file) for column in _columns(source, table)]
    if source.provider == "french":
        parts = [part.mask(part.isin(FRENCH_MISSING)) for part in parts]
    values: pd.Series[float] = pd.concat(parts, axis=1).sum(axis=1, skipna=False).dropna()
    for first, last in source.without:
        values = values[(values.index < pd.Timestamp(first)) | (values.index > pd.Timestamp(last))]
    return _not_empty(values, source)


def taken_over(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The older values up to the newer's first date, then the newer."""
    values: pd.Series[float] = pd.concat([older[older.index < newer.index[0]], newer])
    return values


def _continued(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    values: pd.Series[float] = pd.concat([older, newer[newer.index > older.index[-1]]])
    return values


def _cut(values: "pd.Series[float]", source: SourceFile) -> "pd.Series[float]":
    first, last = (None if date is None else pd.Timestamp(date) for date in (source.since, source.until))
    return _not_empty(values[first:last], source)


def _not_empty(values: "pd.Series[float]", source: SourceFile) -> "pd.Series[float]":
    if not len(values):
        raise DataError(f"{source.file} has no value to take; see its columns, 'without', 'since' and 'until'")
    return values


def _columns(source: SourceFile, table: pd.DataFrame) -> list[str]:
    if source.columns:
        return list(source.columns)
    if not len(table.columns):
        raise DataError(f"{source.file} has no column of figures beside its dates")
    if len(table.columns) == 1:
        return [str(table.columns[0])]
    named = [column for column in PREFERRED if column in table.columns]
    if source.provider == "yahoo" and named == ["Close"]:
        raise DataError(
            f"{source.file} has no column Adj Close; a Close may lack dividends; save it with auto_adjust=False, or "
            "with dates and the column to take alone"
        )
    if not named:
        all_of_them = ", ".join(map(str, table.columns))
        raise DataError(f"{source.file} has columns {all_of_them}; say which: 'columns' in a blueprint, or --column")
    return named[:1]


def _returns_percent(source: SourceFile, read: Read) -> "pd.Series[float]":
    """The return of each date in percent, from any form but a level."""
    figures = source_values(source, read(source.file))
    if source.dates is None:
        return figures
    dates = pd.DatetimeIndex(parse_table(read(source.dates), source.dates).index)
    if source.form == "rate_percent":
        return _earned(figures, dates[dates >= figures.index[0]])
    months = dates.to_period("M").to_timestamp()
    percent = figures.reindex(months).set_axis(dates)
    if source.form == "month_returns_percent":
        sessions = pd.Series(1, dates).groupby(months).transform("sum")
        percent = 100 * ((1 + percent / 100) ** (1 / sessions) - 1)
    return percent.dropna()


def _earned(rates: "pd.Series[float]", dates: pd.DatetimeIndex) -> "pd.Series[float]":
    """The returns by date, in percent, of a rate: that of the date before, or the last one known by then."""
    known = rates.reindex(rates.index.union(dates)).ffill()[dates]
    return pd.Series(bill_returns(np.asarray(known, dtype=np.float64), days_between(dates)), dates)


def _grown(percent: "pd.Series[float]", file: str) -> "pd.Series[float]":
    """The level that grows by the returns, from 1 on the weekday before the first of them."""
    growth = 1 + percent / 100
    if (growth <= 0).any():
        raise DataError(
            f"{file}: a return of {percent.min():g}% on {percent.index[int(percent.argmin())].date()} leaves nothing"
        )
    levels = np.cumprod(np.concatenate([[1.0], growth.to_numpy()]))
    return pd.Series(levels, percent.index.insert(0, percent.index[0] - pd.offsets.BDay(1)))
