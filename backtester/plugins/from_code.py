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

MAX_WEIGHTS_SUM = 10.0  # of the absolute weights of a row; weights in percent, by mistake, add up to 100


def function_strategy(name: str, function: Callable[..., object]) -> Strategy:
    """The strategy whose `weights` is the given function.

    Its hash is that of the function's source or, if Python does not know it, of the compiled code. Raise PluginError
    if it is no function, or a parameter of it is neither a series nor a setting.
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
    """The base strategy whose target weights are the rows of a table (dates x assets).

    `file` and `content` are the name and the bytes of the file that the table was read from. A row is the target from
    the first session on or after its date; of two rows with the same session the later one counts. Raise DataError if a
    row has some weights and lacks others, or its absolute weights add up to more than ten.
    """
    values, dates = table.to_numpy(dtype=float), pd.DatetimeIndex(table.index)
    is_missing = np.isnan(values)
    if (partly_missing := is_missing & ~is_missing.all(axis=1)[:, None]).any():
        row, column = np.argwhere(partly_missing)[0]
        text = f"no weight of {table.columns[column]} on {dates[row].date()}"
        raise DataError(f"{file}: {text}; write 0 where nothing is held, or leave the whole row out")
    if (too_large := np.nansum(np.abs(values), axis=1) > MAX_WEIGHTS_SUM).any():
        row = int(too_large.argmax())
        text = f"the weights of {dates[row].date()} add up to {np.abs(values[row]).sum():g}"
        raise DataError(f"{file}: {text}; weights are fractions of 1, such as 0.6 for 60%")

    def weights(calendar: pd.DataFrame) -> pd.DataFrame:
        sessions = pd.DatetimeIndex(calendar.index)
        first_sessions = sessions.searchsorted(dates)
        is_last_of_session = np.append(first_sessions[1:] != first_sessions[:-1], True)
        counts = (first_sessions < len(sessions)) & is_last_of_session
        targets = np.full((len(sessions), values.shape[1]), np.nan)  # NaN: the target before stays
        targets[first_sessions[counts]] = values[counts]
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
