"""Missing days and days too many, by the calendar that a series keeps to."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.checks import gaps
from backtester.histories.checks.calendars import CalendarFit, fit_calendar
from backtester.histories.checks.dates import check_shifted, rhythm_of_dates
from backtester.histories.checks.gaps import check_gaps
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.providers.parse import parse_table
from folders import shared_file
from walks import new_york, prices


def on(dates: pd.DatetimeIndex, calendar: str | None = None) -> CheckedSeries:
    """A series of rising values on those dates."""
    return CheckedSeries("made", pd.Series(np.arange(1.0, len(dates) + 1), dates), calendar=calendar)


def sessions(first: str, last: str, name: str = "XNYS") -> pd.DatetimeIndex:
    """The calendar's days between two dates, both of them open."""
    return fit_calendar(pd.DatetimeIndex([first, last]), name).expected


def test_new_york_was_closed_for_four_sessions_in_september_2001() -> None:
    """The calendar knows the closure after the attacks, and the funeral of 2025."""
    open_days = sessions("2001-09-10", "2001-09-17")
    assert [str(day.date()) for day in open_days] == ["2001-09-10", "2001-09-17"]
    assert pd.Timestamp("2025-01-09") not in sessions("2025-01-02", "2025-01-31")


def test_holidays_are_known_beyond_the_library_s_years() -> None:
    """Christmas of 1930 and of 2040 are holidays, though the library asks pandas for those of 1970 to 2030 alone."""
    assert pd.Timestamp("1930-12-25") not in sessions("1930-12-01", "1930-12-31")
    assert pd.Timestamp("2040-12-25") not in sessions("2040-12-03", "2040-12-31")
    assert len(sessions("1850-01-01", "2049-12-31", "every day")) == 200 * 365 + 49


def week_of_six_days() -> pd.DatetimeIndex:
    """The sessions of two years in which New York traded on Saturdays."""
    return sessions("1930-01-04", "1931-12-26")


def test_saturdays_before_1952_are_sessions() -> None:
    """New York traded on Saturdays then; a series that has them all is whole, and one that lacks some is told so."""
    week = week_of_six_days()
    assert (week.day_of_week == 5).sum() > 90
    assert check_gaps(on(week)) == []
    gone = week[week.day_of_week == 5][10]
    (finding,) = check_gaps(on(week[week != gone], "XNYS"))
    assert (finding.severity, finding.dates) == ("warning", (gone.date(),))


def test_a_series_without_saturdays_is_told_so_once() -> None:
    """Who has no Saturday at all has left them out: one note, and no gap a week."""
    week = week_of_six_days()
    days = week[week.day_of_week < 5]
    (finding,) = check_gaps(on(days, "XNYS"))
    assert finding.severity == "note"
    gone = len(week[(week > days[0]) & (week < days[-1])]) - len(days) + 2
    assert finding.message == f"{gone} Saturdays of the calendar XNYS without a value: it has no Saturdays"
    saturdays = week[(week.day_of_week == 5) & (week > days[0]) & (week < days[-1])]
    assert (finding.first, finding.last) == (saturdays[0].date(), saturdays[-1].date())


def test_a_century_of_sessions_is_ken_french_s() -> None:
    """The calendar has the dates of his file of daily returns since 1926, Saturdays and closures, to the day."""
    content = shared_file("french/F-F_Research_Data_Factors_daily.csv").read_bytes()
    dates = pd.DatetimeIndex(parse_table(content, "french.csv").index)
    fit = fit_calendar(dates, "XNYS")
    assert len(dates) > 26_000
    assert (len(fit.missing), len(fit.extra), len(fit.saturdays)) == (0, 0, 0)


def test_a_stretch_that_the_manifest_owns_up_to_is_a_note() -> None:
    """What is knowingly absent is no gap; where there are values in it after all, that is a warning."""
    days = new_york(1000)
    stretch = (days[300].date(), days[399].date())
    gone = on(days.delete(range(300, 400)))
    (finding,) = check_gaps(replace(gone, absent=(stretch,)))
    assert (finding.severity, finding.first, finding.last) == ("note", *stretch)
    assert finding.message == "no values, as the manifest's 'absent' says"
    (warned,) = check_gaps(replace(on(days.delete(range(300, 398))), absent=(stretch,)))
    assert warned.severity == "warning"
    assert warned.message == "2 values where the manifest's 'absent' says there are none: not used"
    (first,) = check_gaps(replace(on(days.delete(range(301, 400))), absent=(stretch,)))
    assert first.message == "1 value where the manifest's 'absent' says there are none: not used"
    later = (days[301].date(), days[399].date())
    gap, _ = check_gaps(replace(gone, absent=(later,)))
    assert gap.dates == (days[300].date(),)


def test_months_that_are_absent_are_a_note() -> None:
    """So with a series that comes once a month."""
    months = pd.date_range("2000-01-01", periods=60, freq="MS")
    stretch = (months[20].date(), months[24].date())
    told = check_gaps(replace(on(months.delete(range(20, 25))), absent=(stretch,)))
    assert [finding.severity for finding in told] == ["note"]


def test_a_long_gap_is_a_warning_and_short_ones_a_note() -> None:
    """Six sessions in a row are told alone, single days together."""
    days = new_york(1000)
    gone = days.delete([10, 50, 51, *range(300, 306)])
    long, short = check_gaps(on(gone))
    assert (long.severity, long.first, long.last) == ("warning", days[300].date(), days[305].date())
    assert long.message == "6 sessions in a row of the calendar XNYS without a value"
    assert (short.severity, len(short.dates)) == ("note", 3)
    assert "3 sessions of the calendar XNYS without a value, at most 2 in a row" in short.message
    shorter, longer = (range(50, 56), range(300, 308))
    found = check_gaps(on(days.delete([*shorter, *longer])))
    assert [one.message[:1] for one in found] == ["8", "6"], "the longest first"
    (apart,) = check_gaps(on(days.delete([10, 12, 14])))
    assert "3 sessions of the calendar XNYS without a value, at most 1 in a row" in apart.message


def test_a_named_exchange_is_held_to() -> None:
    """Where the manifest names the calendar, a single missing session is a warning."""
    (finding,) = check_gaps(on(new_york(1000).delete(10), "XNYS"))
    assert finding.severity == "warning"


def test_an_unknown_calendar_names_the_nearest() -> None:
    """A misspelt calendar in the manifest is the user's mistake."""
    with pytest.raises(DataError, match=r"unknown calendar 'XNYZ'; did you mean 'XNY[A-Z]'\?|did you mean 'XN"):
        check_gaps(on(new_york(100), "XNYZ"))


@pytest.mark.parametrize("name", ["US federal", "XLON", "every day", "weekdays"])
def test_other_markets_keep_other_holidays(name: str) -> None:
    """Yields keep federal holidays, London's gold its bank holidays, a policy rate none: no gaps by New York's."""
    days = sessions("2000-01-04", "2010-12-30", name)
    assert fit_calendar(days).name == name
    assert check_gaps(on(days)) == []


def test_values_on_days_off_are_told() -> None:
    """A value on Christmas and one on a Sunday."""
    days = new_york(600).union(pd.DatetimeIndex(["2010-12-24", "2011-01-09"]))
    (finding,) = check_gaps(on(days))
    assert (finding.check, finding.severity) == ("closed days", "note")
    assert finding.message == "2 values on days off in the calendar XNYS (1 at weekends): 2010-12-24, 2011-01-09"


@pytest.mark.parametrize(("saturdays", "carried", "is_filled"), [(10, 10, True), (9, 9, False), (24, 12, False)])
def test_days_off_that_are_filled_are_told(saturdays: int, carried: int, is_filled: bool) -> None:
    """Ten values or more on days off that repeat the one before, and over half of all on days off: a habit."""
    open_days = new_york(600)
    days = open_days.union(pd.DatetimeIndex(open_days[open_days.day_of_week == 4][:saturdays] + pd.Timedelta(days=1)))
    values = pd.Series(np.arange(1.0, len(days) + 1), days)
    values[days.day_of_week == 5] -= np.where(np.arange(saturdays) < carried, 1.0, 0.5)
    (finding,) = check_gaps(CheckedSeries("made", values))
    assert finding.message.startswith(f"{saturdays} values on days off in the calendar XNYS ({saturdays} at weekends)")
    assert (f", {carried} of them carried on from the day before" in finding.message) == is_filled
    assert (finding.severity == "warning") == is_filled


@pytest.mark.parametrize(("shift", "what"), [(-1, "a day early"), (1, "a day late")])
def test_dates_shifted_by_a_time_zone_are_told(shift: int, what: str) -> None:
    """Midnight in New York is another date in London or Honolulu: Sundays for Fridays, or Saturdays for Mondays."""
    subject = on(new_york(500) + pd.Timedelta(days=shift))
    (finding,) = check_shifted(subject)
    assert (finding.check, what in finding.message) == ("time zones", True)
    assert check_shifted(on(new_york(500))) == []


@pytest.mark.parametrize(
    ("code", "kept"), [("B", "daily"), ("W-WED", "weekly"), ("MS", "monthly"), ("QS", "quarterly"), ("YS", "irregular")]
)
def test_the_rhythm_is_seen_from_the_spacing(code: str, kept: str) -> None:
    """Daily, weekly, monthly and quarterly series are recognised; others are left alone."""
    assert rhythm_of_dates(pd.date_range("2000-01-03", periods=60, freq=code)) == kept


def test_a_month_without_a_value_is_a_note() -> None:
    """As the consumer prices of October 2025; two months in a row are a warning."""
    months = pd.date_range("2020-01-01", periods=72, freq="MS")
    (finding,) = check_gaps(on(months.drop("2025-10-01")))
    assert (finding.severity, str(finding.first), str(finding.last)) == ("note", "2025-10-01", "2025-10-31")
    assert finding.message == "a monthly series without a value for 1 period: 2025-10"
    (finding,) = check_gaps(on(months.drop(["2021-03-01", "2021-04-01"])))
    assert (finding.severity, finding.message[-18:]) == ("warning", "2021-03 to 2021-04")


def test_dates_that_fit_no_calendar_are_said_to() -> None:
    """A series on three days of the week is measured against the nearest calendar, and told so."""
    days = prices(900).dates
    first, *_ = check_gaps(on(days[days.day_of_week < 3]))
    assert "its days fit no known calendar" in first.message


@pytest.mark.parametrize(("extra", "filled"), [(14, True), (17, False)])
def test_days_off_are_filled_where_repeats_are_three_times_as_usual(extra: int, filled: bool) -> None:
    """Of a hundred changes twenty are none, and ten of those fall on days off: 0.71 of them are, or 0.59."""
    days = pd.date_range("2024-01-01", periods=101)
    changes = np.ones(100)
    changes[:20] = 0.0
    values = pd.Series(np.cumsum(np.append(1.0, changes)), days)
    off = days[11:21].union(days[50 : 50 + extra - 10])
    fit = CalendarFit("weekdays", days.difference(off), days[:0], off, days[:0])
    [finding] = gaps._closed_days(CheckedSeries("made", values), fit)
    assert finding.severity == ("warning" if filled else "note")
