"""The table of a blueprint's series: sources joined, cut at the history's end, with times of publication.

A blueprint is a TOML file that lists a history's series, by role (their names), and the sources of their figures.
"""

import datetime
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import Blueprint, Release, SeriesPlan
from backtester.histories.blueprints.sources import FileReader, prefer_newer, source_level
from backtester.histories.kinds import find_kind
from backtester.histories.overlaps import disagreement
from backtester.histories.splices import spliced

MessageCallback = Callable[[str], None]  # takes a sentence for the user


def assemble(blueprint: Blueprint, read: FileReader, note: MessageCallback) -> pd.DataFrame:
    """A table of all series that have sources, one row for each date on which any has a value.

    A series with rules of release has a second column, its role with _known appended, with the times of publication.
    `note` is called with a sentence if two sources of a series differ on common dates. Raise DataError if a series has
    no value, or a file cannot be read.
    """
    columns: dict[str, pd.Series[float]] = {}
    for role, plan in blueprint.series.items():
        if not plan.sources:
            continue
        try:
            columns[role] = _joined(role, plan, read, note)
        except DataError as error:
            error.add_note(f"in the series {role!r}")
            raise
    until = _last_covered_date(blueprint, columns) if blueprint.until == "covered" else blueprint.until
    table: dict[str, pd.Series[float] | pd.Series[pd.Timestamp]] = {}
    for role, values in columns.items():
        is_schedule = find_kind(blueprint.series[role].manifest_keys.get("kind", "")).is_schedule
        table[role] = values = values if until is None or is_schedule else values[: pd.Timestamp(until)]
        if not len(values):
            raise DataError(f"the series {role!r} has no value up to {until}; choose a later 'until'")
        if rules := blueprint.series[role].release:
            if f"{role}_known" in blueprint.series:
                raise DataError(f"a role {role}_known and a release of {role!r} take the same column; rename the role")
            table[f"{role}_known"] = release_times(pd.DatetimeIndex(values.index), rules)
    return pd.DataFrame(table).rename_axis("date")


def _last_covered_date(blueprint: Blueprint, columns: "dict[str, pd.Series[float]]") -> datetime.date:
    """The last date on which every asset, or the series from which it is priced, has a value."""
    needed = set()
    for role, plan in blueprint.series.items():
        kind = find_kind(plan.manifest_keys.get("kind", ""))
        if kind.is_asset:
            needed.add(plan.manifest_keys.get(kind.roles[0]) if kind.roles else role)  # the first role is the price's
    last = min(columns[role].index[-1] for role in needed if role in columns)
    return pd.Timestamp(last).date()


def _joined(role: str, plan: SeriesPlan, read: FileReader, note: MessageCallback) -> "pd.Series[float]":
    """The values of a series by date, from all its sources; `note` is called where two of them disagree."""
    parts = [source_level(source, read) for source in plan.sources]
    values = parts[0]
    for older, newer in pairwise(parts):
        comparable = _on_one_scale(older, newer) if plan.join == "returns" else older
        if (difference := disagreement(comparable, newer)) is not None:
            note(f"{role}: {newer.name} takes over from {older.name}, where both have values; {difference}")
        values = spliced(values, newer) if plan.join == "returns" else prefer_newer(values, newer)
    return values


def _on_one_scale(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The older values scaled so that the two meet on the first common date, as `spliced` joins them."""
    common = older.index.intersection(newer.index)
    return older * (newer[common[0]] / older[common[0]]) if len(common) else older


def release_times(dates: pd.DatetimeIndex, rules: tuple[Release, ...]) -> "pd.Series[pd.Timestamp]":
    """The time at which the value of each date was published, by the first rule that covers the date.

    Raise DataError if no rule covers a date.
    """
    times = pd.Series(pd.NaT, dates, dtype="datetime64[us]")
    for rule in rules:
        covered = times.isna() & (True if rule.until is None else dates <= pd.Timestamp(rule.until))
        if covered.any():
            times[covered] = _times(dates[covered], rule)
    if times.isna().any():
        raise DataError(f"no release for {times.index[times.isna()][0].date()}; leave 'until' out of the last rule")
    return times


def _times(dates: pd.DatetimeIndex, rule: Release) -> pd.DatetimeIndex:
    """The times at which the values of the dates were published, by one rule.

    Working days are days on which federal offices in the United States are open: no weekends, federal holidays or days
    in the rule's `closed`. If the date is no working day, they are counted from the working day before it; if the rule
    has 0 working days, the value is published on the working day after it.
    """
    hours, minutes = map(int, rule.time.split(":"))
    if rule.working_days is not None:
        holidays = USFederalHolidayCalendar().holidays(dates[0], dates[-1] + pd.Timedelta("90D"))
        closed = holidays.union(pd.DatetimeIndex(rule.closed)).to_numpy("datetime64[D]")
        roll: Literal["forward", "backward"] = "backward" if rule.working_days else "forward"
        days = pd.DatetimeIndex(
            np.busday_offset(dates.to_numpy("datetime64[D]"), rule.working_days, roll=roll, holidays=closed)
        )
    else:
        assert rule.day_of_next_month is not None
        days = dates.to_period("M").to_timestamp() + pd.DateOffset(months=1, days=rule.day_of_next_month - 1)
    usual = days + pd.Timedelta(hours=hours, minutes=minutes)
    late = {pd.Timestamp(date): pd.Timestamp(time) for date, time in rule.late.items()}
    return pd.DatetimeIndex([late.get(date, time) for date, time in zip(dates, usual, strict=True)])
