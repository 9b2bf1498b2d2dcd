"""The calendar of sessions: which close a week, month, quarter or year."""

import pandas as pd

from backtester.histories.market import Market
from backtester.histories.sessions import period_ends


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
