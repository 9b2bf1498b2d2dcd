"""Jumps by hand: changes of 1 and -1 in turn, whose deviation is 1.4826 by their median."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks import jumps
from backtester.histories.checks.jumps import check_jumps
from backtester.histories.checks.subject import CheckedSeries
from walks import new_york


def subject(changes: "np.typing.ArrayLike", dates: pd.DatetimeIndex | None = None) -> CheckedSeries:
    """A yield with these changes, daily unless the dates say otherwise."""
    values = 1000 + np.concatenate([[0.0], np.cumsum(changes)])
    return CheckedSeries("made", pd.Series(values, new_york(len(values)) if dates is None else dates), "yield")


def turns(count: int, **steps: float) -> "np.typing.NDArray[np.float64]":
    """1 and -1 in turn, with other changes at some places."""
    changes = np.resize([1.0, -1.0], count)
    for place, value in steps.items():
        changes[int(place.removeprefix("at_"))] = value
    return changes


@pytest.mark.parametrize(("deviations", "count"), [(11.9, 0), (12.0, 0), (12.1, 1), (12.9, 1)])
def test_a_jump_is_more_than_twelve_deviations(deviations: float, count: int) -> None:
    """Of a change of 1.4826 times as many."""
    assert len(check_jumps(subject(turns(400, at_200=deviations * 1.4826)))) == count


@pytest.mark.parametrize(("values", "count"), [(59, 0), (60, 1)])
def test_sixty_values_are_needed(values: int, count: int) -> None:
    """Fewer do not say how much the series moves."""
    assert len(check_jumps(subject(turns(values - 1, at_30=100.0)))) == count


@pytest.mark.parametrize(("moving", "count"), [(29, 0), (30, 1)])
def test_what_stands_still_nine_days_in_ten_is_set(moving: int, count: int) -> None:
    """Of 300 changes 30 are other than zero: no more than nine in ten stand still."""
    changes = np.zeros(300)
    changes[np.linspace(5, 290, moving).astype(int)] = turns(moving)
    changes[np.flatnonzero(changes)[moving // 2]] = 1000.0
    assert len(check_jumps(subject(changes))) == count


@pytest.mark.parametrize(("back", "spike"), [(-66.0, True), (-65.0, False), (-64.0, False), (64.0, False)])
def test_a_spike_is_taken_back_but_for_a_third(back: float, spike: bool) -> None:
    """Of a jump of 100 less than 35 are left."""
    assert jumps._reverses(np.array([0.0, 100.0, back]), 1) is spike


def test_the_last_change_is_not_taken_back() -> None:
    """Nothing follows it."""
    assert not jumps._reverses(np.array([100.0, -100.0]), 1)
    assert jumps._reverses(np.array([100.0, -100.0]), 0)


def test_of_a_spike_the_way_back_is_no_finding() -> None:
    """There and back is one; two jumps one after the other, the same way, are two, and so are two far apart."""
    assert len(check_jumps(subject(turns(400, at_0=100.0, at_1=-100.0)))) == 1
    assert len(check_jumps(subject(turns(400, at_200=100.0, at_201=-100.0)))) == 1
    assert len(check_jumps(subject(turns(400, at_200=100.0, at_201=100.0)))) == 2
    assert len(check_jumps(subject(turns(400, at_100=100.0, at_200=-100.0)))) == 2


def test_the_largest_is_first() -> None:
    """Of jumps by 100, 300 and 200 the second, the third, the first."""
    made = subject(turns(600, at_100=100.0, at_300=300.0, at_500=200.0))
    assert [one.first for one in check_jumps(made)] == [made.dates[place].date() for place in (301, 501, 101)]


@pytest.mark.parametrize(("days", "spanned"), [(4, 1), (5, 5), (9, 9)])
def test_a_change_over_days_is_measured_by_their_root(days: int, spanned: int) -> None:
    """A weekend of four days counts as one session, a hole of nine days as nine."""
    every = pd.date_range("2010-01-01", periods=401)
    dates = every[:201].append(every[201:] + pd.Timedelta(days=days - 1))
    deviations = jumps._deviations(subject(turns(400, at_200=50.0), dates), turns(400, at_200=50.0))
    assert deviations[200] == pytest.approx(50 / np.sqrt(spanned) / 1.4826)


def test_changes_around_are_measured_by_the_root_of_their_days_too() -> None:
    """Six changes of 1 over a day and four of 4 over sixteen days, in turn, are all of one size."""
    steps, days = np.tile([1.0] * 6 + [4.0] * 4, 40), np.tile([1] * 6 + [16] * 4, 40)
    changes = steps * np.resize([1.0, -1.0], 400)
    dates = pd.Timestamp("2000-01-01") + pd.to_timedelta(np.append(0, np.cumsum(days)), "D")
    deviations = jumps._deviations(subject(changes, pd.DatetimeIndex(dates)), changes)
    assert deviations == pytest.approx(np.full(400, 1 / 1.4826))


def test_days_are_counted_in_those_that_are_usual() -> None:
    """In a weekly series 35 days are five weeks, and 28, as a daily one's four, are no hole."""
    weeks = pd.date_range("2000-01-05", periods=401, freq="7D")
    for more, spanned in ((28, 5), (21, 1)):
        dates = weeks[:201].append(weeks[201:] + pd.Timedelta(days=more))
        deviations = jumps._deviations(subject(turns(400, at_200=50.0), dates), turns(400, at_200=50.0))
        assert deviations[200] == pytest.approx(50 / np.sqrt(spanned) / 1.4826)


@pytest.mark.parametrize(
    ("code", "window", "around"), [("QE", 12, "three years"), ("ME", 12, "year"), ("W-FRI", 52, "year")]
)
def test_the_values_of_a_year_and_at_least_twelve(code: str, window: int, around: str) -> None:
    """Of a quarterly series twelve are three years."""
    made = subject(turns(79), pd.date_range("2000-01-01", periods=80, freq=code))
    assert (jumps._window(made), jumps._around(made)) == (window, around)
