"""Which sessions decide, by the names of schedules and by hand-picked dates."""

import numpy as np
import pandas as pd
import pytest

from backtester.engine.schedule import Schedule, decisions, parse_schedule
from backtester.errors import RecipeError
from backtester.histories.rhythm import RHYTHMS
from backtester.histories.sessions import period_ends

SESSIONS = pd.DatetimeIndex(pd.bdate_range("2023-09-18", "2024-01-12"))
ALL = "did you mean {!r}? (month+5: five sessions later; month/4: four tranches)"
KNOWN = "known: day, month, never, quarter, week, year (month+5: five sessions later; month/4: four tranches)"


def dates(text: str, *, first: int = 0, sessions: pd.DatetimeIndex = SESSIONS) -> list[str]:
    """The dates on which a schedule decides."""
    flags = decisions(parse_schedule(text), period_ends(sessions), first=first)
    return [f"{date:%m-%d}" for date in sessions[flags]]


def test_day() -> None:
    """`day` decides on every session."""
    assert len(dates("day")) == len(SESSIONS)


def test_week() -> None:
    """`week` decides on the first session and each week's last, which is Thursday when Friday is a holiday."""
    good_friday = pd.DatetimeIndex([date for date in pd.bdate_range("2024-03-18", "2024-04-05") if date.day != 29])
    assert dates("week", sessions=good_friday) == ["03-18", "03-22", "03-28"]


def test_month() -> None:
    """`month` decides on the first session and on each month's last."""
    assert dates("month") == ["09-18", "09-29", "10-31", "11-30", "12-29"]


def test_quarter() -> None:
    """`quarter` decides on the first session and on each quarter's last."""
    assert dates("quarter") == ["09-18", "09-29", "12-29"]


def test_year() -> None:
    """`year` decides on the first session and on each year's last."""
    assert dates("year") == ["09-18", "12-29"]


def test_never() -> None:
    """`never` decides on the first session only."""
    assert dates("never") == ["09-18"]
    assert dates("never", first=3) == ["09-21"]


@pytest.mark.parametrize("text", ["day", "week", "month", "quarter", "year"])
def test_the_last_session_of_a_history_ends_no_period(text: str) -> None:
    """A history that stops on the last day of a year has not seen the year end; only `day` decides there."""
    until = SESSIONS[SESSIONS <= "2023-12-29"]
    assert (dates(text, sessions=until)[-1] == "12-29") == (text == "day")


def test_offset() -> None:
    """`month+5` decides five sessions after each month's last, unless the history has ended by then."""
    assert dates("month+5") == ["09-18", "10-06", "11-07", "12-07", "01-05"]
    assert dates("month+9") == ["09-18", "10-12", "11-13", "12-13", "01-11"]
    assert dates("month+11") == ["09-18", "10-16", "11-15", "12-15"]
    assert dates("quarter+1") == ["09-18", "10-02", "01-01"]
    assert dates("week+1")[:3] == ["09-18", "09-25", "10-02"]


def test_decides_nothing_before_the_first_target() -> None:
    """No session before `first` decides, and `first` itself always does."""
    first = int(np.flatnonzero(SESSIONS == "2023-10-31")[0]) - 1
    for text in ("day", "week", "month", "quarter", "year", "never", "month+5"):
        assert dates(text, first=first)[0] == "10-30"


def test_no_session_at_all() -> None:
    """Where the first target lies past the end nothing decides."""
    assert dates("month", first=len(SESSIONS)) == []


@pytest.mark.parametrize("text", ["day", "week", "month", "quarter", "year", "never", "month+5", "week+12"])
def test_spells_itself(text: str) -> None:
    """A schedule is written as it was read."""
    assert str(parse_schedule(text)) == text


def test_an_offset_of_zero_is_none() -> None:
    """`month+0` is `month`, and is spelled so."""
    assert parse_schedule("month+0") == Schedule("month")
    assert str(parse_schedule("month+0")) == "month"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("monthly", ALL.format("month")),
        ("mnth", ALL.format("month")),
        ("month+", ALL.format("month")),
        ("month-5", ALL.format("month")),
        ("month+5.0", ALL.format("month")),
        ("Month", ALL.format("month")),
        ("MONTH", ALL.format("month")),
        ("month+٣", ALL.format("month")),
        ("years", ALL.format("year")),
        ("fortnight", KNOWN),
        ("", KNOWN),
    ],
)
def test_refuses_an_unknown_name(text: str, rest: str) -> None:
    """What is not a schedule is refused with the nearest name, or with all of them."""
    with pytest.raises(RecipeError) as raised:
        parse_schedule(text)
    assert str(raised.value) == f"unknown schedule {text!r}; {rest}"


@pytest.mark.parametrize("text", ["day+1", "never+3"])
def test_refuses_an_offset_that_means_nothing(text: str) -> None:
    """Every session, or none, cannot be put off."""
    with pytest.raises(RecipeError) as raised:
        parse_schedule(text)
    assert str(raised.value) == f"schedule {text!r} has an offset; it goes with week, month, quarter and year"


def test_tranches_are_spread_over_the_period() -> None:
    """`month/3` is three schedules, 0, 7 and 14 sessions after each month's last; all invest at the first target."""
    flags = decisions(parse_schedule("month/3"), period_ends(SESSIONS), first=0)
    alone = [decisions(parse_schedule(f"month+{offset}"), period_ends(SESSIONS), first=0) for offset in (0, 7, 14)]
    np.testing.assert_array_equal(flags, alone)
    assert parse_schedule("month/4").offsets == [0, 5, 10, 16]
    assert parse_schedule("week+2/5").offsets == [2, 3, 4, 5, 6]
    assert parse_schedule("month/1") == Schedule("month")


def test_tranches_are_spread_by_the_rhythm() -> None:
    """A quarter has three months or thirteen weeks, and one that is a session cannot be split."""
    assert parse_schedule("quarter/3", RHYTHMS["monthly"]).offsets == [0, 1, 2]
    assert parse_schedule("quarter/2", RHYTHMS["weekly"]).offsets == [0, 6]
    assert parse_schedule("week/7", RHYTHMS["every day"]).offsets == [0, 1, 2, 3, 4, 5, 6]
    with pytest.raises(RecipeError) as raised:
        parse_schedule("month/2", RHYTHMS["monthly"])
    words = "a month has one session in a monthly history: leave them out"
    assert str(raised.value) == f"schedule 'month/2' has 2 tranches; {words}"
    with pytest.raises(RecipeError) as raised:
        parse_schedule("month", RHYTHMS["quarterly"])
    words = "is finer than the sessions of the history, which are quarterly; quarter, year or never"
    assert str(raised.value) == f"schedule 'month' {words}"


@pytest.mark.parametrize("text", ["month/4", "month+5/4", "week/5", "year/12"])
def test_tranches_are_spelled_as_read(text: str) -> None:
    """A schedule with tranches is written as it was read."""
    assert str(parse_schedule(text)) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("week/6", "has 6 tranches; a week has 1 to 5"),
        ("month/22", "has 22 tranches; a month has 1 to 21"),
        ("month/0", "has 0 tranches; a month has 1 to 21"),
        ("day/2", "has tranches; it goes with week, month, quarter and year"),
        ("never/2", "has tranches; it goes with week, month, quarter and year"),
    ],
)
def test_refuses_tranches_that_mean_nothing(text: str, rest: str) -> None:
    """A period has no more tranches than sessions, and what has no period has none."""
    with pytest.raises(RecipeError) as raised:
        parse_schedule(text)
    assert str(raised.value) == f"schedule {text!r} {rest}"


@pytest.mark.parametrize("text", ["day+0", "never+0"])
def test_an_offset_of_zero_means_nothing(text: str) -> None:
    """So it goes with any period."""
    assert parse_schedule(text) == Schedule(text.removesuffix("+0"))


def test_decisions_of_tranches_have_a_row_each() -> None:
    """Two of two; one alone has none of its own."""
    calendar = period_ends(SESSIONS)
    shapes = [decisions(parse_schedule(text), calendar, first=0).shape for text in ("month", "month/2", "month/3")]
    assert shapes == [(len(SESSIONS),), (2, len(SESSIONS)), (3, len(SESSIONS))]
    assert [str(Schedule("month", offset, tranches)) for offset, tranches in ((0, 1), (1, 2), (0, 3))] == [
        "month",
        "month+1/2",
        "month/3",
    ]
