"""Around a joint sell-off: parent, crisis, what came after, the way back and calm years, by hand."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest

from backtester.analysis.aftermath import calm_year_excess, median_recovery, parent_drawdown, window_after
from backtester.analysis.crises import Crisis, crisis_of
from backtester.analysis.windows import Drawdown, Window

FALLS = [Drawdown(10, 20, 40, -0.1), Drawdown(40, 45, 50, -0.06), Drawdown(90, 95, None, -0.2)]
DATES = pd.DatetimeIndex(
    ["2019-06-28", "2019-12-31", "2020-06-30", "2020-12-31", "2021-06-30", "2021-12-31", "2022-03-31"]
)
ENDS = np.array([False, True, False, True, False, True, False])
REFERENCE = pd.Series([1.0, 1.0, 1.1, 1.2, 1.2, 1.5, 1.5], DATES)
OWN = pd.Series([1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 9.0], DATES)


def crisis(name: str) -> Crisis:
    return Crisis(
        name=name, start=datetime.date(2020, 1, 1), end=datetime.date(2020, 2, 1), cause="growth", summary="s",
        source="s", history="us",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("window", "peak"),
    [
        (Window(12, 18), 10),  # inside the fall
        (Window(5, 12), 10),  # begins before the peak
        (Window(30, 38), 10),  # after the trough, before the recovery
        (Window(35, 43), 10),  # five of its sessions belong to the first, three to the second
        (Window(37, 47), 40),
        (Window(0, 10), None),  # ends at the peak
        (Window(50, 60), None),  # starts at the recovery
        (Window(96, 99), 90),  # not recovered
    ],
)
def test_parent_is_the_drawdown_that_shares_most_of_the_window(window: Window, peak: int | None) -> None:
    """From its peak to its recovery; none where it shares no session's return."""
    found = parent_drawdown(window, FALLS)
    assert (found.peak if found else None) == peak


def test_no_drawdown_no_parent() -> None:
    """A pair that never fell by enough has none."""
    assert parent_drawdown(Window(1, 5), []) is None


def test_a_short_crisis_inside_a_long_one_has_its_own_windows() -> None:
    """The dash for cash lies in the COVID crash: a window of ten sessions that shares seven is the dash's."""
    covid, dash = (crisis("COVID crash"), Window(0, 23)), (crisis("Dash for cash"), Window(13, 20))
    assert crisis_of(Window(10, 20), [covid, dash]) == dash[0]
    assert crisis_of(Window(0, 12), [covid, dash]) == covid[0]
    assert crisis_of(Window(8, 22), [covid, dash]) == covid[0]  # all of the dash, but most of the window is not its


def test_no_crisis_in_common() -> None:
    """Touching at a close shares no return."""
    assert crisis_of(Window(5, 10), [(crisis("later"), Window(10, 20))]) is None
    assert crisis_of(Window(5, 10), []) is None


@pytest.mark.parametrize(("end", "longest", "sessions"), [(50, 21, 21), (50, 1, 1), (90, 21, 9), (99, 21, 0)])
def test_after_is_a_month_or_what_is_left(end: int, longest: int, sessions: int) -> None:
    """From the window's last close on; none where the record ends with it."""
    later = window_after(Window(40, end), 100, longest=longest)
    assert (later.start, later.sessions) == (end, sessions)


def test_recovery_by_hand() -> None:
    """Back in three days over a weekend, at once where nothing was lost, and not yet: the median is the three days."""
    dates = ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11"]
    nav = pd.Series([1.0, 0.9, 1.0, 1.1, 0.8, 0.9], pd.DatetimeIndex(dates))
    found = median_recovery(nav, [Window(0, 1), Window(1, 2), Window(3, 4)])
    assert found == (3, 2)


def test_recovered_but_for_the_last_bit_is_recovered() -> None:
    """A value that comes back to a window's start up to rounding has; one that misses it by a billionth has not."""
    dates = pd.bdate_range("2024-01-01", periods=3)
    assert median_recovery(pd.Series([1.0, 0.9, 1 - 1e-15], dates), [Window(0, 1)]) == (1, 1)
    assert median_recovery(pd.Series([1.0, 0.9, 1 - 1e-9], dates), [Window(0, 1)])[1] == 0


def test_recovery_of_half_is_no_median() -> None:
    """Where as many windows have not recovered as have, no middle is known; nor is it without any window."""
    nav = pd.Series([1.0, 0.9, 1.0, 0.8], pd.bdate_range("2024-01-01", periods=4))
    median, recovered = median_recovery(nav, [Window(0, 1), Window(2, 3)])
    assert math.isnan(median)
    assert recovered == 1
    assert math.isnan(median_recovery(nav, [])[0])


def test_whole_years_without_a_sell_off() -> None:
    """2020 and 2021, the years at the ends being parts of one: the log return less the reference's."""
    told = calm_year_excess(OWN, REFERENCE, [], ENDS)
    assert told == {2020: pytest.approx(math.log(1 / 1.2)), 2021: pytest.approx(math.log(1.2 / 1.5))}


def test_a_year_that_a_sell_off_touches_is_not_calm() -> None:
    """One session's return in the year is enough; a window that only begins with its last close is not in it."""
    assert list(calm_year_excess(OWN, REFERENCE, [Window(2, 3)], ENDS)) == [2021]
    assert list(calm_year_excess(OWN, REFERENCE, [Window(3, 4)], ENDS)) == [2020]


def test_after_ruin_it_is_undefined() -> None:
    """Nothing left has no logarithm."""
    ruined = pd.Series([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0], DATES)
    told = calm_year_excess(ruined, REFERENCE, [], ENDS)
    assert told[2020] == pytest.approx(math.log(1 / 1.2))
    assert not math.isfinite(told[2021])
