"""Putting series onto sessions: nothing is lost, nothing is seen early, gaps are counted or refused."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.errors import DataError
from backtester.histories.align import CARRY_DAYS, OPEN_END, GapRules, align_asset, refuse_infinite, refuse_too_few
from backtester.histories.kinds.annual_change import annual_changes
from backtester.histories.series_inputs import Figures
from builders import known_of

SESSIONS = pd.DatetimeIndex(pd.bdate_range("2024-01-01", periods=12))  # Mondays to Fridays
CLOSE = "16:00"


def by_date(values: dict[str, float]) -> "pd.Series[float]":
    """A series by date."""
    return pd.Series(list(values.values()), pd.DatetimeIndex(list(values)), dtype=float)


def on(places: list[int]) -> "pd.Series[float]":
    """A series with a value on those sessions only, the session's number plus one."""
    return pd.Series([place + 1.0 for place in places], SESSIONS[places])


def known_at(values: dict[str, float], *times: str) -> Figures:
    """Figures with their times of publication."""
    series = by_date(values)
    return Figures(series, pd.Series(pd.DatetimeIndex(times), series.index))


def test_a_value_each_session_is_taken_as_it_is() -> None:
    """Where every session has a value, the levels are the values and nothing is carried."""
    levels, carried = align_asset("x", on(list(range(12))), SESSIONS)
    assert list(levels) == [place + 1.0 for place in range(12)]
    assert carried == 0


def test_a_value_between_sessions_counts_at_the_next() -> None:
    """A Saturday's value is Monday's level, is not counted as carried, and a value of Monday's own comes before it."""
    saturday = {"2024-01-05": 1.0, "2024-01-06": 2.0, "2024-01-09": 3.0}
    sessions = SESSIONS[4:7]
    levels, carried = align_asset("x", by_date(saturday), sessions)
    assert (list(levels), carried) == ([1.0, 2.0, 3.0], 0)
    levels, _ = align_asset("x", by_date(saturday | {"2024-01-08": 9.0}).sort_index(), sessions)
    assert list(levels) == [1.0, 9.0, 3.0]


def test_a_series_that_starts_later_holds_nothing_until_then() -> None:
    """Before the first value there is no level, and that is not counted as carried."""
    levels, carried = align_asset("x", on(list(range(4, 12))), SESSIONS)
    assert np.isnan(levels[:4]).all()
    assert list(levels[4:]) == [place + 1.0 for place in range(4, 12)]
    assert carried == 0


def test_five_sessions_are_carried_and_counted() -> None:
    """A gap of five sessions carries the level before it; each session carried is counted, in every gap."""
    levels, carried = align_asset("x", on([0, 6, 7, 9, 10, 11]), SESSIONS)
    assert list(levels) == [1, 1, 1, 1, 1, 1, 7, 8, 8, 10, 11, 12]
    assert carried == 6


def test_the_limit_is_in_calendar_days() -> None:
    """Tokyo's last close before Golden Week 2019, of 26 April, stands for six sessions in New York, to 6 May."""
    sessions = pd.DatetimeIndex(pd.bdate_range("2019-04-25", "2019-05-10"))
    tokyo = by_date({"2019-04-25": 1.0, "2019-04-26": 2.0, "2019-05-07": 3.0, "2019-05-10": 4.0})
    levels, carried = align_asset("x", tokyo, sessions)
    assert list(levels) == [1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4]
    assert carried == 8
    with pytest.raises(DataError, match="x: no value from 2019-04-27 to 2019-05-06, more than 9 days"):
        align_asset("x", tokyo, sessions, GapRules(carry_days=9))


def test_a_gap_that_is_too_long_is_refused_with_what_can_be_done() -> None:
    """Inside the history it is filled, owned up to, or carried longer; the keys are those that make it pass."""
    sessions = pd.DatetimeIndex(pd.bdate_range("2024-01-01", periods=14))
    values = by_date({"2024-01-01": 1.0, "2024-01-02": 2.0, "2024-01-17": 3.0, "2024-01-18": 4.0})
    with pytest.raises(DataError) as told:
        align_asset("history 'made', series 'gold'", values, sessions, GapRules("gold"))
    assert str(told.value) == (
        "history 'made', series 'gold': no value from 2024-01-03 to 2024-01-16, more than 10 days; fill the gap at the "
        'source, or in the manifest\'s series \'gold\' say absent = [["2024-01-03", "2024-01-16"]] to hold nothing in '
        "it, or carry_days = 15 to let the level stand"
    )
    absent = ((datetime.date(2024, 1, 3), datetime.date(2024, 1, 16)),)
    levels, carried = align_asset("x", values, sessions, GapRules(absent=absent))
    assert (list(levels[:2]), np.isnan(levels[2:12]).all(), list(levels[12:]), carried) == ([1, 2], True, [3, 4], 0)
    levels, carried = align_asset("x", values, sessions, GapRules(carry_days=15))
    assert (list(levels), carried) == ([1, *[2] * 11, 3, 4], 10)


def test_what_is_absent_has_no_level_though_it_has_values() -> None:
    """Both ends of a stretch included; the sessions beside it have their own."""
    absent = ((SESSIONS[3].date(), SESSIONS[5].date()),)
    levels, carried = align_asset("x", on(list(range(12))), SESSIONS, GapRules(absent=absent))
    assert np.flatnonzero(np.isnan(levels)).tolist() == [3, 4, 5]
    assert (list(levels[[2, 6]]), carried) == ([3, 7], 0)


def test_one_value_every_ten_days_is_no_rhythm_of_its_own() -> None:
    """As many days as are carried: where one is missing, that is a gap."""
    sessions = pd.DatetimeIndex(pd.bdate_range("2024-01-01", "2024-02-12"))
    tens = by_date({"2024-01-01": 1.0, "2024-01-11": 2.0, "2024-01-21": 3.0, "2024-02-10": 4.0})
    with pytest.raises(DataError, match=r"no value from 2024-01-22 to 2024-02-09, more than 10 days; fill the gap"):
        align_asset("x", tens, sessions)


def test_a_series_that_ends_is_told_apart_from_a_gap() -> None:
    """What has no later value is absent from then on, or the history ends with it; there is no gap to fill."""
    sessions = pd.DatetimeIndex(pd.bdate_range("2024-01-01", periods=20))
    with pytest.raises(DataError) as told:
        align_asset("history 'made', series 'fund'", on([0, 1, 2]), sessions, GapRules("fund"))
    assert str(told.value) == (
        "history 'made', series 'fund': its last value is of 2024-01-03, and the sessions go on; in the manifest's "
        'series \'fund\' say absent = [["2024-01-04", "2199-12-31"]], or end the history there with until = 2024-01-03'
    )
    absent = ((datetime.date(2024, 1, 4), OPEN_END),)
    levels, carried = align_asset("x", on([0, 1, 2]), sessions, GapRules(absent=absent))
    assert (list(levels[:3]), np.isnan(levels[3:]).all(), carried) == ([1, 2, 3], True, 0)


def test_a_series_of_another_rhythm_is_told_so() -> None:
    """Of month-ends each stands until the next only where the manifest says so."""
    sessions = pd.DatetimeIndex(pd.bdate_range("2024-01-31", "2024-04-30"))
    months = by_date({"2024-01-31": 1.0, "2024-02-29": 2.0, "2024-03-28": 3.0, "2024-04-30": 4.0})
    with pytest.raises(DataError) as told:
        align_asset("history 'made', series 'cta'", months, sessions, GapRules("cta"))
    assert str(told.value) == (
        "history 'made', series 'cta': no value from 2024-02-01 to 2024-02-28, more than 10 days; it has one every 29 "
        "days: give daily figures, measure at the ends of months or quarters with run --rhythm, or let each stand "
        "until the next with carry_days = 33 in the manifest's series 'cta'"
    )
    levels, carried = align_asset("x", months, sessions, GapRules(carry_days=33))
    assert (levels[0], levels[20], levels[21], levels[-1], carried) == (1, 1, 2, 4, len(sessions) - 4)


def test_a_series_beyond_the_last_session_has_no_level() -> None:
    """Figures that start after the last session give no level; whether that is refused is the market's matter."""
    levels, carried = align_asset("history 'made', series 'gold'", by_date({"2024-02-01": 1.0}), SESSIONS)
    assert np.isnan(levels).all()
    assert carried == 0


@given(st.sets(st.integers(-3, 19), min_size=1))
def test_carrying_agrees_with_a_plain_loop(days: set[int]) -> None:
    """For any set of dates, weekends among them, levels, count and refusal are those of a loop over sessions."""
    dates = pd.DatetimeIndex([pd.Timestamp("2024-01-01") + pd.Timedelta(days=day) for day in sorted(days)])
    values = pd.Series(np.arange(1.0, len(dates) + 1), dates)
    expected, count, longest, level = [], 0, 0, np.nan
    for place, session in enumerate(SESSIONS):
        since = SESSIONS[place - 1] if place else pd.Timestamp.min
        known = values[values.index <= session]
        level = float(known.iloc[-1]) if len(known) else np.nan
        if len(known) and known.index[-1] <= since:
            count, longest = count + 1, max(longest, (session - known.index[-1]).days)
        expected.append(level)
    if longest > CARRY_DAYS:
        with pytest.raises(DataError):
            align_asset("x", values, SESSIONS)
    else:
        levels, carried = align_asset("x", values, SESSIONS)
        np.testing.assert_array_equal(levels, expected)
        assert carried == count


@pytest.mark.parametrize(("lag", "expected"), [(0, [1, 1, 2, 2]), (1, [np.nan, 1, 1, 2]), (2, [np.nan, np.nan, 1, 1])])
def test_an_observable_waits_for_its_lag(lag: int, expected: list[float]) -> None:
    """A value is known `lag_sessions` after the first session on or after its date, and stands until the next is."""
    figures = Figures(by_date({"2024-01-01": 1.0, "2024-01-03": 2.0}))
    seen = known_of(figures, SESSIONS[:4], lag_sessions=lag, close=CLOSE)
    np.testing.assert_array_equal(seen.to_numpy(), expected)


def test_an_observable_between_sessions_counts_from_the_next() -> None:
    """A Saturday's value with a lag of one session is known on Tuesday; a Monday's own value then stands before it."""
    sessions = SESSIONS[4:8]  # Friday to Wednesday
    seen = known_of(Figures(by_date({"2024-01-06": 1.0})), sessions, lag_sessions=1, close=CLOSE)
    np.testing.assert_array_equal(seen.to_numpy(), [np.nan, np.nan, 1, 1])
    both = Figures(by_date({"2024-01-06": 1.0, "2024-01-08": 2.0}))
    seen = known_of(both, sessions, lag_sessions=1, close=CLOSE)
    np.testing.assert_array_equal(seen.to_numpy(), [np.nan, np.nan, 2, 2])


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2024-01-02 16:00", [np.nan, 1, 1]),
        ("2024-01-02 16:01", [np.nan, np.nan, 1]),
        ("2024-01-02 08:30", [np.nan, 1, 1]),
        ("2023-12-29 16:30", [1, 1, 1]),
        ("2024-01-03 16:30", [np.nan, np.nan, np.nan]),
    ],
)
def test_a_published_value_is_known_at_the_first_close_not_before_it(time: str, expected: list[float]) -> None:
    """A value told at the minute of the close is known at that close; a minute later, at the next."""
    seen = known_of(known_at({"2024-01-01": 1.0}, time), SESSIONS[:3], lag_sessions=0, close=CLOSE)
    np.testing.assert_array_equal(seen.to_numpy(), expected)


def test_an_earlier_close_sees_less() -> None:
    """The close is the history's own: what is told at 15:00 is not known at a close of 13:00."""
    figures = known_at({"2024-01-01": 1.0}, "2024-01-02 15:00")
    early = known_of(figures, SESSIONS[:3], lag_sessions=0, close="13:00")
    np.testing.assert_array_equal(early.to_numpy(), [np.nan, np.nan, 1])


def test_of_several_known_values_the_latest_date_stands() -> None:
    """A value that is published late does not replace one of a later date that is known already."""
    figures = known_at({"2024-01-01": 1.0, "2024-01-02": 2.0}, "2024-01-04 12:00", "2024-01-03 12:00")
    seen = known_of(figures, SESSIONS[:5], lag_sessions=0, close=CLOSE)
    np.testing.assert_array_equal(seen.to_numpy(), [np.nan, np.nan, 2, 2, 2])


def test_annual_change_goes_by_date() -> None:
    """The change is against the same month a year before, in percent; without that month there is none."""
    values = by_date(
        {"2023-01-01": 100.0, "2023-03-01": 110.0, "2024-01-01": 105.0, "2024-02-01": 107.0, "2024-03-01": 121.0}
    )
    changes = annual_changes(values)
    assert list(changes.index) == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-01")]
    np.testing.assert_allclose(changes.to_numpy(), [5.0, 10.0], rtol=1e-14)


@pytest.mark.parametrize(
    ("level", "day"),
    [
        ([1.0, 2.0, np.inf], 2),
        ([0.0, 1.0, 2.0], 1),
        ([1.0, 0.0, 1.0], 2),
        ([1e-300, 1e300, 1.0], 1),
        ([1.0, np.nan, 2.0], None),
    ],
)
def test_growth_beyond_all_numbers_is_refused(level: list[float], day: int | None) -> None:
    """With the session on which it ends; what is missing is not endless."""
    days = pd.bdate_range("2024-01-01", periods=3)
    if day is None:
        refuse_infinite("it", np.array(level), days)
    else:
        with pytest.raises(DataError, match=f"it: no finite return on {days[day].date()}"):
            refuse_infinite("it", np.array(level), days)


@pytest.mark.parametrize(("count", "words"), [(0, "0 sessions up to"), (1, "1 session up to"), (2, "")])
def test_two_sessions_are_needed(count: int, words: str) -> None:
    """For one return."""
    days = pd.bdate_range("2024-01-01", periods=count)
    if words:
        with pytest.raises(DataError, match=f"history 'it' has {words} 2024-06-01; at least two are needed"):
            refuse_too_few("it", days, datetime.date(2024, 6, 1))
    else:
        refuse_too_few("it", days, None)
