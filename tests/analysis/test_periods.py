"""Records by the calendar: months by hand and by property, the ulcer index by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.periods import calendar_months, calendar_years, ulcer_index
from backtester.arrays import Array

RETURNS = st.lists(st.floats(-0.2, 0.2), min_size=2, max_size=90).map(np.array)


def nav_of(values: list[float], dates: list[str]) -> "pd.Series[float]":
    return pd.Series(values, pd.DatetimeIndex(dates), dtype=float)


def test_months_run_from_the_last_close_before() -> None:
    """Part of December, all of January, nothing in the February that has no session, part of March."""
    dates = ["2023-12-05", "2023-12-29", "2024-01-10", "2024-01-31", "2024-03-01"]
    assert calendar_months(nav_of([1, 1.1, 9, 1.21, 0.605], dates)) == {
        "2023-12": pytest.approx(0.1),
        "2024-01": pytest.approx(0.1),
        "2024-03": pytest.approx(-0.5),
    }


def test_a_first_session_alone_makes_no_month() -> None:
    """A record that starts with the last close of a month has no return in it."""
    assert list(calendar_months(nav_of([1, 1.1], ["2024-01-31", "2024-02-01"]))) == ["2024-02"]


def test_after_ruin_months_are_undefined() -> None:
    """The month of the ruin lost everything, the next has nothing to lose."""
    months = calendar_months(nav_of([1, 0, 0], ["2024-01-30", "2024-01-31", "2024-02-01"]))
    assert months["2024-01"] == -1
    assert math.isnan(months["2024-02"])


@given(RETURNS)
def test_months_multiply_up_to_years(returns: Array) -> None:
    """One plus each month's return multiplies to the year's, and all of them to the final value."""
    nav = pd.Series([1.0, *np.cumprod(1 + returns)], pd.bdate_range("2023-10-30", periods=len(returns) + 1))
    months, years = calendar_months(nav), calendar_years(nav)
    assert math.prod(1 + part for part in months.values()) == pytest.approx(nav.iloc[-1])
    for year, told in years.items():
        assert math.prod(1 + part for month, part in months.items() if month[:4] == year) - 1 == pytest.approx(told)


def test_ulcer_index_by_hand() -> None:
    """Drawdowns of 0, 10%, 0 and 20%: the root of (0.01 + 0.04) / 4."""
    assert ulcer_index(np.array([1, 0.9, 1.0, 0.8])) == pytest.approx((0.05 / 4) ** 0.5)
    assert ulcer_index(np.array([1, 1.1])) == 0
