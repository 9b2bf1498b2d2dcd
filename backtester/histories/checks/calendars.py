"""Calendars: the days on which a series should have values, by an exchange or by a rule, and which fits a series."""

import functools
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

from backtester.errors import DataError, did_you_mean
from backtester.files import bundled

CANDIDATES = ("XNYS", "US federal", "XLON", "weekdays", "every day")
RULES = ("US federal", "weekdays", "every day")  # candidates that are rules alone, so without unplanned closures
NEW_YORK, SATURDAY = "XNYS", 5
HOLIDAY_YEARS = (pd.Timestamp("1950-01-01"), pd.Timestamp("2049-12-31"))  # in the file of New York's holidays
GOOD_FIT = 0.95  # share of days on which a series and its calendar agree
HOLE_DAYS = 12  # calendar days between two values: missing days in a longer hole do not count against a calendar


@dataclass(frozen=True, eq=False)
class CalendarFit:
    """A series compared with the calendar `name`.

    `expected` are the calendar's days from the first date of the series to its last, `missing` those without a value,
    `extra` the dates of the series that are no days of the calendar. New York traded on Saturdays until 1952; for a
    series without any Saturday, these are `saturdays` and not `expected`.
    """

    name: str
    expected: pd.DatetimeIndex
    missing: pd.DatetimeIndex
    extra: pd.DatetimeIndex
    saturdays: pd.DatetimeIndex

    @property
    def share(self) -> float:
        """The share of days on which series and calendar agree; missing days in holes of over 12 days are left out."""
        dates = self.expected.difference(self.missing).union(self.extra)
        next_date = dates.searchsorted(self.missing)  # the place of the date after each missing day
        in_short_hole = (dates[next_date] - dates[next_date - 1]).days <= HOLE_DAYS
        missing = int(in_short_hole.sum())
        return 1 - (missing + len(self.extra)) / max(len(dates) + missing, 1)


def fit_calendar(dates: pd.DatetimeIndex, name: str | None = None) -> CalendarFit:
    """The fit of ascending dates to the named calendar or, without a name, to the candidate that fits best.

    Raise DataError if no calendar has the name.
    """
    fits = [_fit(dates, candidate) for candidate in ((name,) if name else CANDIDATES)]
    return max(fits, key=lambda fit: fit.share)


def _fit(dates: pd.DatetimeIndex, name: str) -> CalendarFit:
    """The fit of the dates to one calendar, as far as it reaches."""
    days = _all_days(name)
    dates = dates[(dates >= days[0]) & (dates <= days[-1])]
    expected = days[(days >= dates[0]) & (days <= dates[-1])] if len(dates) else days[:0]
    saturdays = expected[:0]
    if name == NEW_YORK and not (dates.day_of_week == SATURDAY).any():
        saturdays = expected[expected.day_of_week == SATURDAY]
        expected = expected.difference(saturdays)
    return CalendarFit(
        name,
        expected=expected,
        missing=expected.difference(dates),
        extra=dates.difference(expected),
        saturdays=saturdays,
    )


@functools.cache
def _all_days(name: str) -> pd.DatetimeIndex:
    """All days of a calendar: from 1850 to 2049, or as far as its library knows them.

    Raise DataError if no calendar has the name.
    """
    first, last = pd.Timestamp("1850-01-01"), pd.Timestamp("2049-12-31")
    if name == "every day":
        return pd.date_range(first, last)
    if name == "weekdays":
        return pd.bdate_range(first, last)
    if name == "US federal":
        return pd.bdate_range(first, last).difference(
            pd.DatetimeIndex(USFederalHolidayCalendar().holidays(first, last))
        )
    if name == NEW_YORK:
        return _new_york(last)
    return _exchange(name, pd.Timestamp("1885-01-01"), last)


def planned_days(name: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The calendar's days from first to last, by its rules for weekends and holidays alone.

    So they were known ahead: a day on which the exchange closed at short notice is among them. Raise DataError if no
    calendar has the name.
    """
    if name in RULES:
        all_days = _all_days(name)
        return all_days[(all_days >= first) & (all_days <= last)]
    if name == NEW_YORK and first >= HOLIDAY_YEARS[0] and last <= HOLIDAY_YEARS[1]:
        closed, weekmask = (bundled("data") / "holidays_XNYS.txt").read_text().split(), "1111100"
    else:
        closed, weekmask = planned_holidays(name, first, last)
    days = pd.date_range(first, last)
    return days[np.is_busday(days.values.astype("datetime64[D]"), weekmask, np.array(closed, "datetime64[D]"))]


def planned_holidays(name: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[list[str], str]:
    """An exchange's holidays by rule from first to last, as ISO dates, and its weekly trading days, Monday first.

    The trading days are given as numpy's weekmask, such as "1111100". The holidays of New York are also kept in the
    file `holidays_XNYS.txt`, since the library takes half a second to make them.
    """
    # the calendar of one month is made quickly, and has the rules of all years
    calendar = _exchange_calendar(name, pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-31"))
    rules = calendar.regular_holidays
    closed = pd.DatetimeIndex([] if rules is None else rules.holidays(first, last))
    return closed.strftime("%Y-%m-%d").tolist(), calendar.weekmask


def _new_york(last: pd.Timestamp) -> pd.DatetimeIndex:
    """The sessions of the New York Stock Exchange since 1885: Saturdays count, days of unplanned closures do not."""
    import pandas_market_calendars  # takes a second to import, and only `data check` needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library uses deprecated functions of pandas
        days = pandas_market_calendars.get_calendar("NYSE").valid_days("1885-01-01", last, tz=None)
    return pd.DatetimeIndex(days).tz_localize(None)


def _exchange(name: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The sessions of an exchange from first to last, or as far as its calendar reaches."""
    unbounded = _exchange_calendar(name)
    start, end = unbounded.bound_min() or first, unbounded.bound_max() or last
    calendar = _exchange_calendar(name, start=start, end=end)
    open_days = pd.DatetimeIndex(calendar.sessions)
    if calendar.regular_holidays is None:
        return open_days
    # pandas limits a holiday rule to 1970-2030 if the library asks without dates, so remove holidays of other years
    return open_days.difference(pd.DatetimeIndex(calendar.regular_holidays.holidays(start, end)))


def _exchange_calendar(name: str, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None) -> Any:
    """The calendar of `exchange_calendars` with that name. Raise DataError if there is none, or it cannot be made."""
    import exchange_calendars  # takes half a second to import, and few commands need it

    names = exchange_calendars.get_calendar_names()
    if name not in names:
        raise DataError(f"unknown calendar {name!r}; {did_you_mean(name, names)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library uses deprecated functions of pandas
        try:
            return exchange_calendars.get_calendar(name, start=start, end=end)
        except (NotImplementedError, ValueError) as error:
            raise DataError(
                f"calendar {name!r} fails in the installed exchange_calendars: {error}; name another, or none"
            ) from error
