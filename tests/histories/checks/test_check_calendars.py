"""Which days a series should have, by hand."""

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.checks import calendars
from backtester.histories.checks.calendars import CalendarFit, fit_calendar, planned_days, planned_holidays
from backtester.histories.checks.dates import check_labels, check_shifted
from backtester.histories.checks.subject import CheckedSeries

DAYS = pd.date_range("2024-01-01", periods=100)


def share(missing: pd.DatetimeIndex, extra: int = 0) -> float:
    """The share of a hundred days."""
    return CalendarFit("made", DAYS, missing, DAYS[:extra] - pd.Timedelta(days=1000), DAYS[:0]).share


def test_the_share_of_days_that_agree() -> None:
    """Of a hundred days four are missing, or five are extra; a hole of more than twelve days does not count."""
    assert share(DAYS[[10, 20, 30, 40]]) == pytest.approx(1 - 4 / 100)
    assert share(DAYS[:0], 5) == pytest.approx(1 - 5 / 105)
    assert share(DAYS[[10, 20]], 5) == pytest.approx(1 - 7 / 105)
    assert share(DAYS[30:41]) == pytest.approx(1 - 11 / 100)  # twelve days lie from value to value
    assert share(DAYS[30:42]) == 1.0
    assert CalendarFit("made", DAYS[:0], DAYS[:0], DAYS[:1], DAYS[:0]).share == 0.0
    assert CalendarFit("made", DAYS[:0], DAYS[:0], DAYS[:0], DAYS[:0]).share == 1.0


@pytest.mark.parametrize(
    ("name", "first", "last", "days"),
    [
        ("weekdays", "2024-07-01", "2024-07-07", 5),
        ("every day", "2024-07-01", "2024-07-07", 7),
        ("US federal", "2024-07-01", "2024-07-07", 4),
        ("XNYS", "2024-07-01", "2024-07-07", 4),
        ("XLON", "2024-07-01", "2024-07-07", 5),
        ("XNYS", "2024-07-05", "2024-07-05", 1),
        ("weekdays", "2024-07-05", "2024-07-05", 1),
        ("XNYS", "2049-12-27", "2049-12-31", 5),
        ("XNYS", "2050-07-01", "2050-07-07", 4),
        ("XNYS", "1950-01-02", "1950-01-06", 4),
    ],
)
def test_days_by_rule(name: str, first: str, last: str, days: int) -> None:
    """The week of Independence Day, single days, the last week that is kept as data, and one after it."""
    assert len(planned_days(name, pd.Timestamp(first), pd.Timestamp(last))) == days


@pytest.mark.parametrize(
    ("name", "first", "last", "asked"),
    [
        ("XNYS", "1950-01-01", "1950-01-31", False), ("XNYS", "2049-12-01", "2049-12-31", False),
        ("XNYS", "1949-12-31", "1950-01-31", True), ("XNYS", "2049-12-01", "2050-01-01", True),
        ("XLON", "2024-01-01", "2024-01-31", True),
    ],
)  # fmt: skip
def test_the_library_is_asked_for_what_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, name: str, first: str, last: str, asked: bool
) -> None:
    """New York's holidays of 1950 to 2049 are kept as data; all others it makes, in half a second."""
    made: list[str] = []
    monkeypatch.setattr(calendars, "planned_holidays", lambda name, *ends: made.append(name) or ([], "1111100"))
    planned_days(name, pd.Timestamp(first), pd.Timestamp(last))
    assert made == [name] * asked


def test_holidays_by_rule() -> None:
    """New York's of 2024, on weekdays; Riyadh trades on Sundays."""
    closed, week = planned_holidays("XNYS", pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 7, 4))
    expected = ["2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04"]
    assert (closed, week) == (expected, "1111100")
    assert planned_holidays("XSAU", pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 1, 8))[1] == "1111001"


def test_a_calendar_that_the_library_cannot_make() -> None:
    """It lists calendars that fail where they are asked for: a line says so."""
    with pytest.raises(DataError, match=r"calendar 'XBEL' fails in the installed exchange_calendars: .*; name another"):
        planned_holidays("XBEL", pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 1, 8))


def test_the_ends_of_a_fit_are_its_dates() -> None:
    """A calendar is looked at from a series' first day to its last, and the market's years bound it."""
    fit = fit_calendar(pd.DatetimeIndex(["2024-07-01", "2024-07-03"]), "weekdays")
    assert [str(day.date()) for day in fit.expected] == ["2024-07-01", "2024-07-02", "2024-07-03"]
    assert [str(day.date()) for day in fit.missing] == ["2024-07-02"]
    early = fit_calendar(pd.DatetimeIndex(["1849-12-31", "1850-01-01", "1850-01-02"]), "every day")
    assert (len(early.expected), len(early.extra)) == (2, 0)
    late = fit_calendar(pd.DatetimeIndex(["2049-12-31", "2050-01-01"]), "every day")
    assert (len(late.expected), len(late.extra)) == (1, 0)
    assert len(fit_calendar(pd.DatetimeIndex(["1700-01-01"]), "every day").expected) == 0
    assert calendars._all_days("XNYS")[0] == pd.Timestamp("1885-01-02")


def on(days: dict[int, int]) -> CheckedSeries:
    """So many values on each day of the week, from Monday, 0, on."""
    dates = [pd.Timestamp(2000, 1, 3 + day) + pd.Timedelta(weeks=week) for day, n in days.items() for week in range(n)]
    return CheckedSeries("made", pd.Series(1.0, pd.DatetimeIndex(sorted(dates))))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({1: 60, 4: 3, 6: 37}, "Sundays and hardly any Fridays: its dates are a day early"),
        ({1: 60, 0: 3, 5: 37}, "Saturdays and hardly any Mondays: its dates are a day late"),
        ({1: 59, 4: 3, 6: 37}, ""),
        ({1: 83, 4: 4, 6: 13}, ""),
        ({1: 84, 4: 3, 6: 13}, "Sundays and hardly any Fridays: its dates are a day early"),
        ({1: 85, 4: 3, 6: 12}, ""),
        ({1: 83, 0: 4, 5: 13}, ""),
        ({1: 85, 0: 3, 5: 12}, ""),
    ],
)
def test_sundays_for_fridays(days: dict[int, int], words: str) -> None:
    """Of a hundred dates more than 12 on one day and fewer than 4 on the other; 99 dates are too few."""
    found = [one.message.partition(", as after")[0] for one in check_shifted(on(days))]
    assert found == ([words] if words else [])


def dated(dates: pd.DatetimeIndex, kind: str) -> CheckedSeries:
    """A series on those dates."""
    return CheckedSeries("made", pd.Series(1.0, dates), kind)


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [("MS", "price", 1), ("MS", "total_return", 1), ("MS", "yield", 0), ("ME", "price", 0), ("B", "price", 0)],
)
def test_prices_dated_by_the_first_of_the_month(code: str, kind: str, told: int) -> None:
    """They close at its end; other figures have times at which they were published."""
    dates = pd.date_range("2000-01-01", periods=60, freq=code)
    found = check_labels(dated(dates, kind))
    assert [(one.first, one.last) for one in found] == [(dates[0].date(), dates[-1].date())] * told


def test_two_values_in_the_last_month() -> None:
    """The last is of a month that is not finished."""
    dates = pd.date_range("2000-01-31", periods=60, freq="ME")
    (finding,) = check_labels(dated(dates.insert(60, dates[-1] - pd.Timedelta(days=5)).sort_values(), "price"))
    assert (finding.first, finding.last) == (dates[-1].date(), dates[-1].date())
    assert finding.message == "two values in the last month: it is not finished, so leave the last value out"
