"""Calling strategies: gathers the inputs that one reads, and checks the target weights that it returns.

A role is the name of a series, such as `stocks`; a step is a strategy with its settings in a recipe.
"""

import functools
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.errors import MissingRoleError, PluginError, did_you_mean
from backtester.histories.levels import future_calendar
from backtester.histories.manifest_schema import RESERVED_WORDS
from backtester.histories.market import Market
from backtester.histories.sessions import sessions_to_ends
from backtester.plugins.guard import plugin_code
from backtester.plugins.loader import describe_failure
from backtester.plugins.recipes import Step
from backtester.plugins.strategy import Strategy

StepInputs = dict[str, "pd.DataFrame | pd.Series[float] | float"]  # by the name of the parameter


def check_reads(strategy: Strategy, market: Market) -> None:
    """Raise MissingRoleError if the strategy needs a role that the market does not have."""
    for name in strategy.declaration.needs:
        if name not in RESERVED_WORDS and name not in market.roles:
            history = market.history  # of which the market may have only the roles that were read
            near = did_you_mean(name, [*history.readable, *RESERVED_WORDS])
            why = f"which history {history.name!r} does not have; {near}"
            if name in history.readable:
                why = f"which is in history {history.name!r} but was not read from it; name it among the roles"
            raise MissingRoleError(f"strategy {strategy.name!r} ({strategy.file}) reads {name!r}, {why}", name)


def step_inputs(
    strategy: Strategy, market: Market, base: pd.DataFrame | None, portfolio: "pd.Series[float] | None"
) -> StepInputs:
    """The inputs that the strategy reads, by the names of its parameters; an optional one (`= None`) is left out where
    there is none. Raise MissingRoleError as `check_reads`.

    `base` are the target weights of the recipe below the strategy, `portfolio` the net asset value of trading them;
    None if there is none. Nothing is copied: pass `copied_inputs` to the strategy, which may change them.
    """
    check_reads(strategy, market)
    inputs: StepInputs = {}
    for name in strategy.declaration.reads:
        if name == "returns":
            inputs[name] = market.returns
        elif name == "calendar":
            inputs[name] = _calendar(market)
        elif name == "sessions_a_year":
            inputs[name] = float(market.rhythm.sessions_a_year)
        elif name == "base":
            if base is not None:  # else the parameter is optional
                inputs[name] = base
        elif name == "portfolio":
            assert portfolio is not None
            inputs[name] = portfolio
        elif name in market.roles:  # else the parameter is optional
            inputs[name] = market.role(name)
    return inputs


def copied_inputs(inputs: StepInputs, sessions: int | None = None) -> StepInputs:
    """A copy of the inputs, or of their first `sessions` rows."""

    def copy(value: Any) -> Any:
        if isinstance(value, float):
            return value
        return (value if sessions is None else value.iloc[:sessions]).copy()

    return {name: copy(value) for name, value in inputs.items()}


def _calendar(market: Market) -> pd.DataFrame:
    """The input `calendar` by session: flags of the ends of periods and, if the exchange's calendar is known, how many
    sessions there are until these ends, and the columns of the manifest's schedules."""
    calendar_name = future_calendar(market.history, market.rhythm)
    if calendar_name is None:
        return market.calendar
    return market.calendar.join([sessions_to_ends(market.sessions, calendar_name), market.scheduled])


def call_step(step: Step, inputs: StepInputs, market: Market) -> pd.DataFrame:
    """The target weights that the strategy returns, sessions x assets; rows without a new target are NaN.

    The strategy may change its inputs, so pass copies. Raise PluginError, with the strategy's name, if it fails or
    returns anything else.
    """
    strategy = step.strategy
    with plugin_code():
        try:
            answer = strategy.answer(inputs, step.settings)  # it may be of a class of the plugin's own
            return check_weights(answer, market)
        except MissingRoleError as error:
            raise MissingRoleError(f"strategy {strategy.name!r} ({strategy.file}): {error}", error.role) from error
        except PluginError as error:
            raise PluginError(f"strategy {strategy.name!r} ({strategy.file}): {error}") from error
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise PluginError(describe_failure(strategy, error) + _no_such_asset(error, market)) from error


def _no_such_asset(error: BaseException, market: Market) -> str:
    """The hint that follows a KeyError whose key looks like an asset that the history does not have; else empty."""
    key, assets = error.args[0] if isinstance(error, KeyError) and error.args else None, market.assets
    if not isinstance(key, str) or not key.isidentifier() or key in assets:
        return ""
    return f", which is no asset of history {market.history.name!r}; {did_you_mean(key, assets)}"


@functools.cache
def columns_of(names: tuple[str, ...]) -> "pd.Index[str]":
    """The names as an index of columns. Cached, since pandas takes longer to make it than to make the frame."""
    return pd.Index(names)


def check_weights(answer: object, market: Market) -> pd.DataFrame:
    """The answer of `weights` as a frame of sessions x all assets, an absent asset 0.

    A row is finite, or NaN throughout ("no new target"). Raise PluginError if the answer is anything else.
    """
    frame = _as_frame(answer, market.sessions)
    has_all_assets = frame.columns.equals(columns_of(tuple(market.assets)))
    columns = market.assets if has_all_assets else list(frame.columns)
    for column in () if has_all_assets else columns:
        if column not in market.assets:
            _raise_unknown_column(column, market)
    values = _numbers(frame)
    finite = np.isfinite(values)
    weights = np.zeros((len(market.assets), len(values))).T  # a column is contiguous in memory, as pandas keeps it
    weights[:, slice(None) if has_all_assets else [market.assets.index(column) for column in columns]] = values
    if not finite.all():
        keeps_target = np.asarray(np.isnan(values).all(axis=1))
        wrong = ~finite & ~keeps_target[:, None]
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise PluginError(
                f"weight of {frame.columns[column]} on {market.sessions[row].date()} is {values[row, column]}; "
                "a row is finite, or NaN throughout to keep the last target"
            )
        weights[keeps_target] = np.nan
    return pd.DataFrame(weights, market.sessions, columns_of(tuple(market.assets)), copy=False)


def _numbers(frame: pd.DataFrame) -> Array:
    """The frame's values as float64; raise PluginError if they are not real numbers."""
    values = frame.to_numpy()
    if values.dtype == np.float64:
        return values
    if any(kind.kind == "c" for kind in frame.dtypes if isinstance(kind, np.dtype)):
        raise PluginError("weights are complex numbers; real ones are needed")
    try:
        return frame.astype(float).to_numpy()
    except (TypeError, ValueError, OverflowError) as error:
        raise PluginError(f"weights are not numbers: {error}") from error


def _raise_unknown_column(column: object, market: Market) -> NoReturn:
    """Raise MissingRoleError if a column of weights is no asset of the history, PluginError if it was not read or is
    `bills`."""
    if column == "bills":
        raise PluginError("weights name 'bills'; cash is what the weights leave, and earns bills: leave it out")
    if column in market.history.assets:
        raise PluginError(
            f"weights name {column!r}, which was not read; a run reads the assets that the manifest shows and those "
            f"that strategies spell out: write {column!r} in the file of this one"
        )
    near = did_you_mean(str(column), market.history.assets)
    raise MissingRoleError(f"weights name {column!r}, which cannot be held; {near}", str(column))


def _as_frame(answer: object, sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """What `weights` returned as a frame; raise PluginError if it is no frame or mapping, or not of these sessions."""
    if isinstance(answer, Mapping):
        for column, part in answer.items():
            if isinstance(part, Mapping):  # pandas would align it by its keys and leave the rest NaN
                kind = type(part).__name__
                raise PluginError(f"the mapping is not from roles to numbers or Series: {column!r} is of type {kind}")
            if isinstance(part, pd.Series) and not part.index.equals(sessions):
                raise PluginError(
                    f"the Series of {column!r} has {len(part)} rows of other dates; one a session is needed"
                )
        try:
            answer = pd.DataFrame(dict(answer), index=sessions)
        except (TypeError, ValueError) as error:
            raise PluginError(f"the mapping is not from roles to numbers or Series: {error}") from error
    if not isinstance(answer, pd.DataFrame):
        kind = type(answer).__name__
        raise PluginError(
            f"weights returned a value of type {kind}; a DataFrame or a mapping from role to number or Series is needed"
        )
    if not answer.index.equals(sessions):
        raise PluginError(
            f"weights returned {len(answer)} rows for {len(sessions)} sessions; one row a session, in order"
        )
    if not answer.columns.is_unique or not len(answer.columns):
        raise PluginError("weights name an asset twice, or none at all; one column a role")
    return answer


def fill_targets(raw: pd.DataFrame) -> pd.DataFrame:
    """The target in force at each session: the last one that is not NaN, all zero (cash) before the first."""
    return raw.ffill().fillna(0.0) if np.isnan(raw.to_numpy()).any() else raw.copy(deep=False)
