"""The calendar of sessions: which close a week, month, quarter or year, and how far off that is."""

import pandas as pd
import pytest

from backtester.errors import DataError
from backtester.histories.market import Market
from backtester.histories.sessions import period_ends, sessions_between, sessions_to_ends


def ends(period: str, first: str, last: str) -> list[str]:
    """The sessions of a stretch of weekdays that are the last of their period."""
    sessions = pd.DatetimeIndex(pd.bdate_range(first, last))
    return [f"{date:%m-%d}" for date in sessions[period_ends(sessions)[period]]]


def test_each_period_ends_on_its_last_session() -> None:
    """Weeks end on Fridays, months, quarters and years on their last weekday."""
    assert ends("week", "2024-01-01", "2024-01-16") == ["01-05", "01-12"]
    assert ends("month", "2024-01-01", "2024-04-02") == ["01-31", "02-29", "03-29"]
    assert ends("quarter", "2024-01-01", "2024-07-01") == ["03-29", "06-28"]
    assert ends("year", "2024-12-01", "2025-01-02") == ["12-31"]


def test_the_last_session_ends_nothing_by_itself() -> None:
    """The history's own last session ends no period, even on the last day of a year."""
    assert ends("year", "2024-12-01", "2024-12-31") == []
    assert ends("month", "2024-12-01", "2024-12-31") == []


@pytest.mark.parametrize(
    ("span", "ended"), [("day", ""), ("week", "week"), ("month", "week month"), ("quarter", "week month quarter")]
)
def test_the_last_session_ends_what_is_no_longer_than_a_session(span: str, ended: str) -> None:
    """A history by the month ends months, whatever comes."""
    last = period_ends(pd.DatetimeIndex(pd.bdate_range("2024-12-02", "2024-12-31")), span).iloc[-1]
    assert " ".join(last.index[last]) == ended


def test_sessions_up_to_a_date() -> None:
    """After each session up to its date: none on the day itself, over weekends and holidays by the calendar, below
    zero where the date is past."""
    sessions = pd.DatetimeIndex(["2024-07-02", "2024-07-03", "2024-07-05", "2024-07-08"])
    dates = pd.DatetimeIndex(["2024-07-02", "2024-07-05", "2024-07-08", "2024-07-31"])
    assert sessions_between(sessions, dates, "XNYS").tolist() == [0, 1, 1, 17]
    assert sessions_between(sessions, dates[[0] * 4], "XNYS").tolist() == [0, -1, -2, -3]
    assert sessions_between(sessions, dates, "every day").tolist() == [0, 2, 3, 23]


def test_a_holiday_moves_the_end_of_a_week(us: Market) -> None:
    """Before Good Friday the week ends on Thursday; a week across New Year is one week."""
    weeks = us.calendar["week"]
    assert weeks["2024-03-28"]
    assert not weeks["2024-12-31"]
    assert weeks["2025-01-03"]
    assert us.calendar["year"]["2024-12-31"]


def test_periods_nest(us: Market) -> None:
    """A year's end ends a quarter, a quarter's end a month; there are as many ends as whole periods."""
    calendar = us.calendar
    assert (calendar["quarter"] | ~calendar["year"]).all()
    assert (calendar["month"] | ~calendar["quarter"]).all()
    assert (calendar["year"].sum(), calendar["quarter"].sum(), calendar["month"].sum()) == (19, 77, 232)


def left(period: str, dates: list[str], calendar: str = "XNYS") -> list[int]:
    """How many sessions of the period are still to come after each date."""
    table = sessions_to_ends(pd.DatetimeIndex(dates), calendar)
    return [int(value) for value in table[f"sessions_to_{period}_end"]]


def test_what_is_still_to_come_is_counted_by_the_holiday_rules() -> None:
    """Thanksgiving and Good Friday shorten their weeks, Christmas and New Year December and the year."""
    assert left("week", ["2024-11-25", "2024-11-27", "2024-11-29"]) == [3, 1, 0]
    assert left("week", ["2024-03-27", "2024-03-28"]) == [1, 0]
    assert left("month", ["2024-12-23", "2024-12-24", "2024-12-30", "2024-12-31"]) == [5, 4, 1, 0]
    assert left("quarter", ["2024-11-29", "2024-12-31"]) == [21, 0]
    assert left("year", ["2024-01-02"]) == [251]


def test_closures_by_order_were_not_known_ahead() -> None:
    """Before the hurricane of 2012 Monday and Tuesday were still to come, though New York then stayed closed."""
    assert left("month", ["2012-10-25", "2012-10-26", "2012-10-31"]) == [4, 3, 0]


def test_what_is_to_come_does_not_depend_on_what_came(us: Market) -> None:
    """A history that ends earlier shows the same, and where nothing closed by order the counts reach 0 at each end."""
    whole = sessions_to_ends(us.sessions, "XNYS")
    pd.testing.assert_frame_equal(whole.iloc[:1000], sessions_to_ends(us.sessions[:1000], "XNYS"))
    for period in ("week", "month", "quarter", "year"):
        assert (whole[f"sessions_to_{period}_end"][us.calendar[period]] == 0).all()


def test_other_calendars_have_rules_of_their_own() -> None:
    """Every day, weekdays and federal holidays are counted as they are named; an unknown name is refused."""
    assert left("month", ["2024-02-27"], "every day") == [2]
    assert left("week", ["2024-07-03"], "weekdays") == [2]
    assert left("week", ["2024-07-03"], "US federal") == [1]
    assert left("week", ["2024-05-03"], "XLON") == [0]
    assert left("week", ["2024-05-07"], "XLON") == [3]
    with pytest.raises(DataError, match=r"^unknown calendar 'XNYC'; did you mean 'XNYS'\?$"):
        left("week", ["2024-01-02"], "XNYC")
