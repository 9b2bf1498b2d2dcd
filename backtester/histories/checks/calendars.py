"""The days on which a series should have values: exchanges' sessions, and the rules of other markets."""

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
RULES = ("US federal", "weekdays", "every day")  # candidates that are rules alone, without closures by order
NEW_YORK, SATURDAY = "XNYS", 5
HOLIDAY_YEARS = (pd.Timestamp("1950-01-01"), pd.Timestamp("2049-12-31"))  # of New York, whose holidays are kept as data
GOOD_FIT = 0.95
HOLE_DAYS = 12


@dataclass(frozen=True, eq=False)
class CalendarFit:
    """A series beside a calendar: its expected days, those that are missing, and extra days with a closed market.

    New York traded on Saturdays until 1952. For a series without any, they are `saturdays` and not `missing`.
    """

    name: str
    expected: pd.DatetimeIndex
    missing: pd.DatetimeIndex
    extra: pd.DatetimeIndex
    saturdays: pd.DatetimeIndex

    @property
    def share(self) -> float:
        """The share of days on which series and calendar agree, leaving out holes of more than a few days."""
        have = self.expected.difference(self.missing).union(self.extra)
        after = have.searchsorted(self.missing)
        near = (have[after] - have[after - 1]).days <= HOLE_DAYS
        off = int(near.sum()) + len(self.extra)
        return 1 - off / max(len(have) + int(near.sum()), 1)


def fit_calendar(dates: pd.DatetimeIndex, name: str | None = None) -> CalendarFit:
    """The fit of the dates to the named calendar or, without a name, to the candidate that fits best."""
    fits = [_fit(dates, candidate) for candidate in ((name,) if name else CANDIDATES)]
    return max(fits, key=lambda fit: fit.share)


def _fit(dates: pd.DatetimeIndex, name: str) -> CalendarFit:
    known = _long(name)
    dates = dates[(dates >= known[0]) & (dates <= known[-1])]
    expected = known[(known >= dates[0]) & (known <= dates[-1])] if len(dates) else known[:0]
    saturdays = expected[:0]
    if name == NEW_YORK and not (dates.day_of_week == SATURDAY).any():
        saturdays = expected[expected.day_of_week == SATURDAY]
        expected = expected.difference(saturdays)
    return CalendarFit(name, expected, expected.difference(dates), dates.difference(expected), saturdays)


@functools.cache
def _long(name: str) -> pd.DatetimeIndex:
    """The calendar's days in two centuries, or as far as its rules reach. Raise DataError if no calendar has the
    name."""
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
    """The calendar's days from first to last by its rules for weekends and holidays, without closures by order.

    Raise DataError if no calendar has the name.
    """
    if name in RULES:
        known = _long(name)
        return known[(known >= first) & (known <= last)]
    if name == NEW_YORK and first >= HOLIDAY_YEARS[0] and last <= HOLIDAY_YEARS[1]:
        closed, weekmask = (bundled("data") / "holidays_XNYS.txt").read_text().split(), "1111100"
    else:
        closed, weekmask = planned_holidays(name, first, last)
    days = pd.date_range(first, last)
    return days[np.is_busday(days.values.astype("datetime64[D]"), weekmask, np.array(closed, "datetime64[D]"))]


def planned_holidays(name: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[list[str], str]:
    """An exchange's holidays by rule from first to last, as ISO dates, and its trading days of a week as `1111100`.

    Those of New York are kept as data, `holidays_XNYS.txt`, since the library takes half a second to make them.
    """
    month = pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-31")  # the rules are those of all years
    calendar = _exchange_calendar(name, *month)
    rules = calendar.regular_holidays
    closed = pd.DatetimeIndex([] if rules is None else rules.holidays(first, last))
    return closed.strftime("%Y-%m-%d").tolist(), calendar.weekmask


def _new_york(last: pd.Timestamp) -> pd.DatetimeIndex:
    """The sessions of the New York Stock Exchange, Saturdays and closures by order among them, back to 1885."""
    import pandas_market_calendars  # takes a second to import, and only `data check` asks for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library is a step behind pandas
        days = pandas_market_calendars.get_calendar("NYSE").valid_days("1885-01-01", last, tz=None)
    return pd.DatetimeIndex(days).tz_localize(None)


def _exchange(name: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    bounds = _exchange_calendar(name)
    start, end = bounds.bound_min() or first, bounds.bound_max() or last
    calendar = _exchange_calendar(name, start=start, end=end)
    # pandas cuts a holiday rule to 1970-2030 where the library asks without dates: take the rest out here
    rules = [calendar.regular_holidays] if calendar.regular_holidays is not None else []
    holidays = [pd.DatetimeIndex(rule.holidays(start, end)) for rule in rules]
    open_days = pd.DatetimeIndex(calendar.sessions)
    return open_days.difference(holidays[0]) if holidays else open_days


def _exchange_calendar(name: str, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None) -> Any:
    import exchange_calendars  # takes half a second to import, and few commands need it

    known = exchange_calendars.get_calendar_names()
    if name not in known:
        raise DataError(f"unknown calendar {name!r}; {did_you_mean(name, known)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library is a step behind pandas
        try:
            return exchange_calendars.get_calendar(name, start=start, end=end)
        except (NotImplementedError, ValueError) as error:
            raise DataError(
                f"calendar {name!r} fails in the installed exchange_calendars: {error}; name another, or none"
            ) from error
