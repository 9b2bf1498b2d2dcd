"""A series from its sources: joined, cut to the history's end, and dated with its releases."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

from backtester.errors import DataError
from backtester.histories.blueprints.blueprint import Blueprint, Release, SeriesPlan
from backtester.histories.blueprints.sources import source_values
from backtester.histories.overlaps import overlap
from backtester.histories.splices import spliced

Read = Callable[[str], bytes]
Tell = Callable[[str], None]


def assemble(blueprint: Blueprint, read: Read, note: Tell) -> pd.DataFrame:
    """Every series that has sources, a row a date on which any has a value; `role_known` beside those released late.

    `note` hears where two sources of a series both have values and they differ.
    """
    columns: dict[str, pd.Series[float] | pd.Series[pd.Timestamp]] = {}
    for role, plan in blueprint.series.items():
        if not plan.sources:
            continue
        try:
            values = _joined(role, plan, read, note)
        except DataError as error:
            error.add_note(f"in the series {role!r}")
            raise
        columns[role] = values if blueprint.until is None else values[: pd.Timestamp(blueprint.until)]
        if not len(columns[role]):
            raise DataError(f"the series {role!r} has no value up to {blueprint.until}; choose a later 'until'")
        if plan.release is not None:
            if f"{role}_known" in blueprint.series:
                raise DataError(f"a role {role}_known and a release of {role!r} take the same column; rename the role")
            columns[f"{role}_known"] = release_times(pd.DatetimeIndex(columns[role].index), plan.release)
    return pd.DataFrame(columns).rename_axis("date")


def _joined(role: str, plan: SeriesPlan, read: Read, note: Tell) -> "pd.Series[float]":
    parts = [source_values(source, read(source.file)) for source in plan.sources]
    values = parts[0]
    for before, part in pairwise(parts):
        if (found := overlap(_on_one_scale(before, part) if plan.join == "returns" else before, part)) is not None:
            note(f"{role}: {part.name} takes over from {before.name}, where both have values; {found}")
        values = spliced(values, part) if plan.join == "returns" else _taken_over(values, part)
    return values


def _on_one_scale(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The older values as they are joined by returns: scaled so that the two meet on the first date of both."""
    common = older.index.intersection(newer.index)
    return older * (newer[common[0]] / older[common[0]]) if len(common) else older


def _taken_over(older: "pd.Series[float]", newer: "pd.Series[float]") -> "pd.Series[float]":
    """The older values up to the newer's first date, then the newer."""
    values: pd.Series[float] = pd.concat([older[older.index < newer.index[0]], newer])
    return values


def release_times(dates: pd.DatetimeIndex, release: Release) -> "pd.Series[pd.Timestamp]":
    """When the value of each date was published.

    Working days are those on which federal offices in the United States are open: neither weekends, nor federal
    holidays, nor the days in `closed`.
    """
    hours, minutes = map(int, release.time.split(":"))
    if release.working_days is not None:
        holidays = USFederalHolidayCalendar().holidays(dates[0], dates[-1] + pd.DateOffset(days=90))
        closed = holidays.union(pd.DatetimeIndex(release.closed)).to_numpy("datetime64[D]")
        days = pd.DatetimeIndex(
            np.busday_offset(dates.to_numpy("datetime64[D]"), release.working_days, roll="backward", holidays=closed)
        )
    else:
        assert release.day_of_next_month is not None
        days = dates.to_period("M").to_timestamp() + pd.DateOffset(months=1, days=release.day_of_next_month - 1)
    usual = days + pd.Timedelta(hours=hours, minutes=minutes)
    late = {pd.Timestamp(date): pd.Timestamp(time) for date, time in release.late.items()}
    return pd.Series([late.get(date, time) for date, time in zip(dates, usual, strict=True)], dates)
