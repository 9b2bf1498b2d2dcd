"""Replays: the path of a window of the past, of the same history or of another one.

Assets have the returns of the window, whatever yields are today: a bond's yield is the one that gives its return.
Rates, VIX and the Fed's balance sheet have their changes in the window, consumer prices the changes of inflation.
The source is the history that the window is of; a role is the name under which it has a series, such as `stocks`.
"""

import datetime
from pathlib import Path as FilePath

import numpy as np
import pandas as pd

from backtester.analysis.crises import Crisis, find_window, read_crises
from backtester.analysis.period import Period, measure_period
from backtester.analysis.windows import Window
from backtester.arrays import Array
from backtester.errors import ScenarioError, did_you_mean
from backtester.histories.align import known_at_closes
from backtester.histories.kinds.annual_change import AnnualChange, annual_changes
from backtester.histories.kinds.bond import Bond
from backtester.histories.kinds.inflation_linked import InflationLinked
from backtester.histories.series import Quoted, QuotedObservable
from backtester.histories.series_inputs import Publications
from backtester.stress.extend import is_price_index
from backtester.stress.path import Path
from backtester.stress.starting_point import StartingPoint, make_starting_point, source_starting_point

DATES_SEPARATOR = ".."  # between the first and the last date of a window
JOINT_PREFIX = "joint:"  # before a date that a joint sell-off holds


def replay(source: StartingPoint, window: Window) -> Path:
    """The path of a window of the source's sessions, from the close of its first to that of its last.

    A role that lacks a value in the window is left out.
    """
    rows = slice(window.start, window.end + 1)
    levels = source.market.levels[source.market.assets].iloc[rows]
    returns = {
        str(role): np.asarray(level[1:] / level[:-1] - 1)
        for role, level in ((role, column.to_numpy()) for role, column in levels.items())
        if not np.isnan(level).any() and _has_own_price(source, str(role))
    }
    points, growth = dict[str, Array](), dict[str, Array]()
    for role, series in source.history.series.items():
        if isinstance(series, AnnualChange):
            changes = _as_dated(source, annual_changes(source.all_figures[series.of].values))[rows]
            points |= {} if np.isnan(changes).any() else {series.of: np.diff(changes)}
        elif isinstance(series, QuotedObservable) and not is_price_index(source, role):
            inside = _as_dated(source, source.all_figures[role].values)[rows]
            if np.isnan(inside).any():
                continue
            # whole numbers are taken for a count, which may be 0 and so has no logarithm
            is_count = series.known is None and bool((inside == np.round(inside)).all())
            if series.kind in ("yield", "rate") or is_count:
                points[role] = np.diff(inside)
            else:
                growth[role] = np.diff(np.log(inside))
    return Path(window.sessions, returns=returns, points=points, growth=growth)


def _has_own_price(source: StartingPoint, role: str) -> bool:
    """Whether an asset is quoted or built from a yield; futures and options are computed from other assets' prices."""
    return isinstance(source.history.series[role], Quoted | Bond | InflationLinked)


def _as_dated(source: StartingPoint, values: "pd.Series[float]") -> Array:
    """The values (T,) by session as of their dates, whenever they were published; carried forward between dates."""
    sessions = source.market.sessions
    dates = sessions.searchsorted(pd.DatetimeIndex(values.index), side="left")
    return np.asarray(known_at_closes(Publications(values, dates), sessions), np.float64)


def named_window(text: str, history: str, data: FilePath | None = None) -> tuple[StartingPoint, Window]:
    """The history, and the window in it, that a text names. Raise ScenarioError if it names none.

    `2020-03-09..2020-03-18` is a window from close to close, `us_1962:1987-10-13..1987-10-19` one of another history,
    `joint:2020-03-18` the joint sell-off of the given history that holds this date. Any other text is the name of a
    crisis.
    """
    if text.lower().startswith(JOINT_PREFIX):
        source = source_starting_point(history, data)
        return source, _joint_window(source, scenario_date(text[len(JOINT_PREFIX) :]))
    if DATES_SEPARATOR in text:
        name, _, dates = text.rpartition(":")
        first, _, last = dates.partition(DATES_SEPARATOR)
        source = source_starting_point(name or history, data)
        return source, dated_window(source, scenario_date(first), scenario_date(last))
    crisis = crisis_named(text, data)
    if crisis is None:
        near = did_you_mean(text, [known.name for known in read_crises(data)])
        raise ScenarioError(f"no crisis {text!r}; {near}")
    return _crisis_window(crisis, history, data)


def crisis_named(text: str, data: FilePath | None = None) -> Crisis | None:
    """The crisis of that name, in upper or lower case; None if there is none."""
    return next((crisis for crisis in read_crises(data) if crisis.name.lower() == text.lower()), None)


def _crisis_window(crisis: Crisis, history: str, data: FilePath | None) -> tuple[StartingPoint, Window]:
    """The crisis' window in the named history or, if that does not cover it, in the history that the crisis names.

    Raise ScenarioError if neither covers it.
    """
    for name in dict.fromkeys((history, crisis.history)):
        source = source_starting_point(name, data)
        if (window := find_window(crisis, source.market.sessions)) is not None:
            return source, window
    raise ScenarioError(f"the histories do not cover the crisis {crisis.name!r}, {crisis.start} to {crisis.end}")


def dated_window(source: StartingPoint, first: datetime.date, last: datetime.date) -> Window:
    """The window between the closes of two sessions. Raise ScenarioError if a date is no session of the source, or the
    second is not after the first."""
    places = []
    for date in (first, last):
        if pd.Timestamp(date) not in source.market.sessions:
            make_starting_point(source.history, roles=["stocks"], at=date)  # raises, with the sessions beside it
        places.append(int(source.market.sessions.searchsorted(pd.Timestamp(date))))
    if places[1] <= places[0]:
        raise ScenarioError(f"the window from {first} to {last} has no session; name the earlier date first")
    return Window(*places)


def _joint_window(source: StartingPoint, date: datetime.date) -> Window:
    """The joint sell-off that holds a date. Raise ScenarioError if none does."""
    both = source.market.levels[["stocks", "bonds"]].notna().all(axis=1).to_numpy()
    first = int(both.argmax())
    period: Period = measure_period(source.market.since(first))
    for window in period.joint:
        if period.sessions[window.start] <= pd.Timestamp(date) <= period.sessions[window.end]:
            return Window(window.start + first, window.end + first)
    dates = ", ".join(str(period.sessions[window.start].date()) for window in period.joint[-5:])
    raise ScenarioError(f"no joint sell-off of history {source.history.name!r} holds {date}; the last begin on {dates}")


def scenario_date(text: str) -> datetime.date:
    """The date of a text such as 2020-03-09. Raise ScenarioError if it is none."""
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError as error:
        raise ScenarioError(f"{text!r} is no date; write it like 2020-03-09") from error
