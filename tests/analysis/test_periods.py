"""Records by the calendar: months and years by hand and by property, days under water by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.measures import calendar_months, calendar_years
from backtester.arrays import Array
from witness.measures import days_under_water

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


def test_calendar_years_run_from_the_last_close_of_the_year_before() -> None:
    """1 to 1.1 in part of 2022, 1.1 to 1.32 in 2023, 1.32 to 0.99 in part of 2024."""
    dates = ["2022-06-01", "2022-12-30", "2023-06-01", "2023-12-29", "2024-02-01"]
    years = calendar_years(nav_of([1, 1.1, 5, 1.32, 0.99], dates))
    assert years == {"2022": pytest.approx(0.1), "2023": pytest.approx(0.2), "2024": pytest.approx(-0.25)}


def test_a_year_after_ruin_is_undefined() -> None:
    """From nothing there is no return."""
    years = calendar_years(nav_of([1, 0, 0], ["2022-06-01", "2022-12-30", "2023-12-29"]))
    assert years["2022"] == -1
    assert math.isnan(years["2023"])


def test_days_under_water_count_the_calendar() -> None:
    """Below the high at Friday's and Monday's close, back on Tuesday: one day to Friday and three to Monday."""
    nav = nav_of([1, 0.9, 0.95, 1], ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"])
    assert days_under_water(nav) == 4


def test_recovered_but_for_the_last_bit_is_recovered() -> None:
    """A close that misses the old peak by rounding is at the peak: only Friday was below it."""
    nav = nav_of([1, 0.9, 1 - 1e-15, 1], ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"])
    assert days_under_water(nav) == 1
