"""Strategies that come from no strategy file: a function of the user's program, or a table of weights."""

import inspect
import marshal
from collections.abc import Callable

import numpy as np
import pandas as pd

from backtester.errors import DataError, PluginError
from backtester.files import sha256
from backtester.plugins.declaration import read_declaration
from backtester.plugins.strategy import Strategy

MAX_WEIGHTS_SUM = 10.0  # times net asset value that the weights of a row may add up to; those in percent come to 100


def function_strategy(name: str, function: Callable[..., object]) -> Strategy:
    """The strategy that a function is, its signature read as that of `weights` in a file.

    Its hash is that of its source or, where Python knows none, of its compiled code. Raise PluginError if the signature
    is not of the form.
    """
    if not inspect.isfunction(function):
        raise PluginError(f"strategy {name!r} is of type {type(function).__name__}; a recipe or a function is needed")
    try:
        source = inspect.getsource(function).encode()
    except (OSError, TypeError):
        source = marshal.dumps(function.__code__)
    try:
        declaration = read_declaration(function)
    except PluginError as error:
        raise PluginError(f"strategy {name!r}: {error}") from error
    return Strategy(
        name=name,
        origin="function",
        source=source,
        sha256=sha256(source),
        docstring=inspect.getdoc(function) or "",
        weights=function,
        declaration=declaration,
        made_of="function",
    )


def weights_strategy(name: str, file: str, content: bytes, table: pd.DataFrame) -> Strategy:
    """The base strategy whose targets are the rows of a table, dates x assets, from the file of that name and content.

    A row counts from the first session on or after its date, the later of two that share one. Raise DataError if a row
    has some weights and lacks others, or they add up to more than ten.
    """
    values, dates = table.to_numpy(dtype=float), pd.DatetimeIndex(table.index)
    missing = np.isnan(values)
    if (partly := missing & ~missing.all(axis=1)[:, None]).any():
        row, column = np.argwhere(partly)[0]
        text = f"no weight of {table.columns[column]} on {dates[row].date()}"
        raise DataError(f"{file}: {text}; write 0 where nothing is held, or leave the whole row out")
    if (large := np.nansum(np.abs(values), axis=1) > MAX_WEIGHTS_SUM).any():
        row = int(large.argmax())
        text = f"the weights of {dates[row].date()} add up to {np.abs(values[row]).sum():g}"
        raise DataError(f"{file}: {text}; weights are fractions of 1, such as 0.6 for 60%")

    def weights(calendar: pd.DataFrame) -> pd.DataFrame:
        sessions = pd.DatetimeIndex(calendar.index)
        rows = sessions.searchsorted(dates)
        counts = (rows < len(sessions)) & np.append(rows[1:] != rows[:-1], True)
        targets = np.full((len(sessions), values.shape[1]), np.nan)
        targets[rows[counts]] = values[counts]
        return pd.DataFrame(targets, sessions, table.columns)

    return Strategy(
        name=name,
        origin=file,
        source=content,
        sha256=sha256(content),
        docstring=f"Hold the weights of {file}.",
        weights=weights,
        declaration=read_declaration(weights),
        made_of="weights",
    )
