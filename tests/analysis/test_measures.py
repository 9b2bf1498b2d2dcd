"""Measures: by hand, against slow loops, and by property. `test_oracles.py` sets them against other libraries."""

import math
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.betas import beta
from backtester.analysis.measures import measures
from backtester.analysis.periods import cagr, calendar_years, days_under_water
from backtester.analysis.ratios import expected_shortfall, sharpe, sortino, volatility
from backtester.arrays import Array

RETURNS = st.lists(st.floats(-0.2, 0.2), min_size=2, max_size=60).map(np.array)


def nav_of(values: list[float], dates: list[str] | None = None) -> "pd.Series[float]":
    """A track record on those dates, or one session a day."""
    index = pd.DatetimeIndex(dates) if dates else pd.date_range("2023-12-29", periods=len(values))
    return pd.Series(values, index, dtype=float)


def grown(returns: Array) -> "pd.Series[float]":
    return nav_of([1.0, *np.cumprod(1 + returns)])


def test_cagr_counts_calendar_days() -> None:
    """Doubling in 1,461 days, four years of 365.25, is 2 ** (1/4) - 1 a year."""
    assert cagr(nav_of([1, 1.7, 2], ["2020-01-01", "2020-06-01", "2024-01-01"])) == pytest.approx(2**0.25 - 1)


def test_cagr_after_ruin_is_minus_one() -> None:
    """Nothing left is -100% a year."""
    assert cagr(nav_of([1, 0.5, 0])) == -1


def test_volatility_is_the_sample_deviation_by_the_root_of_sessions() -> None:
    """1%, 3%: deviation 1.414%, with 252 sessions a year 22.45%."""
    assert volatility(np.array([0.01, 0.03]), sessions_a_year=252) == pytest.approx(0.01 * 2**0.5 * 252**0.5)


def test_sharpe_by_hand() -> None:
    """Mean 2% over deviation 1.414%, times the root of 252."""
    assert sharpe(np.array([0.01, 0.03]), sessions_a_year=252) == pytest.approx(2**0.5 * 252**0.5)


def test_sortino_by_hand() -> None:
    """Mean 1% over the root of (0.02 squared over two sessions), times the root of 252."""
    assert sortino(np.array([0.04, -0.02]), sessions_a_year=252) == pytest.approx(0.01 / (0.02 / 2**0.5) * 252**0.5)


def test_expected_shortfall_by_hand() -> None:
    """Of 41 returns the worst floor(40 x 5%) + 1 = 3 are averaged."""
    returns = np.array([*([0.01] * 38), -0.01, -0.02, -0.06])
    assert expected_shortfall(returns) == pytest.approx(-0.03)


@pytest.mark.parametrize("measure", [sharpe, sortino])
def test_ratio_without_variance_is_undefined(measure: Callable[..., float]) -> None:
    """All cash has no Sharpe and no Sortino: undefined, never infinite."""
    assert math.isnan(measure(np.zeros(5), sessions_a_year=252))


def test_one_return_has_no_volatility() -> None:
    """A deviation needs two returns; with none there is no shortfall either."""
    assert math.isnan(volatility(np.array([0.01]), sessions_a_year=252))
    assert math.isnan(sharpe(np.array([0.01]), sessions_a_year=252))
    assert math.isnan(expected_shortfall(np.array([])))


def test_beta_by_hand() -> None:
    """Half of every move, plus a constant, is a beta of one half."""
    against = np.array([0.01, -0.02, 0.03])
    assert beta(0.5 * against + 0.001, against) == pytest.approx(0.5)


def test_beta_against_a_constant_is_undefined() -> None:
    """Nothing moves with what does not move."""
    assert math.isnan(beta(np.array([0.1, 0.2]), np.array([0.01, 0.01])))


def test_days_under_water_count_the_calendar() -> None:
    """Below the high at Friday's and Monday's close, back on Tuesday: one day to Friday and three to Monday."""
    nav = nav_of([1, 0.9, 0.95, 1], ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"])
    assert days_under_water(nav) == 4


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


def test_all_measures_of_a_small_record() -> None:
    """1, 0.8, 1.2, 0.9 over three days, without bills."""
    told = measures(nav_of([1, 0.8, 1.2, 0.9]), np.zeros(4), sessions_a_year=252)
    assert told["final_nav"] == pytest.approx(0.9)
    assert told["max_drawdown"] == pytest.approx(-0.25)
    assert (told["max_drawdown_peak"], told["max_drawdown_trough"]) == ("2023-12-31", "2024-01-01")
    assert told["max_drawdown_days"] == 1
    assert told["worst_day"] == pytest.approx(-0.25)
    assert told["expected_shortfall_95"] == pytest.approx(-0.25)
    assert told["calmar"] == pytest.approx((0.9 ** (365.25 / 3) - 1) / 0.25)


def test_drawdown_counts_the_starting_value() -> None:
    """A record that falls from the start has its peak there; recovered, its days run to the recovery."""
    told = measures(nav_of([1, 0.9, 0.95, 1.0, 1.1]), np.zeros(5), sessions_a_year=252)
    assert told["max_drawdown"] == pytest.approx(-0.1)
    assert (told["max_drawdown_peak"], told["max_drawdown_days"]) == ("2023-12-29", 3)


def test_record_without_a_fall() -> None:
    """A record that only rises has a drawdown of 0 without dates, and no Calmar."""
    told = measures(nav_of([1, 1.1, 1.2]), np.zeros(3), sessions_a_year=252)
    assert (told["max_drawdown"], told["max_drawdown_peak"], told["max_drawdown_days"]) == (0.0, None, 0)
    assert math.isnan(float(str(told["calmar"])))


def test_bills_are_taken_off_sharpe_not_off_returns() -> None:
    """A record that earns what bills earn has no Sharpe, and its own CAGR."""
    bills = np.array([np.nan, 0.01, 0.02])
    told = measures(nav_of([1, 1.01, 1.01 * 1.02]), bills, sessions_a_year=252)
    assert math.isnan(float(str(told["sharpe"])))
    assert told["final_nav"] == pytest.approx(1.0302)


def test_after_ruin_returns_are_zero() -> None:
    """A ruined record keeps finite measures: -100% once, then nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = measures(nav_of([1, 0.5, 0, 0, 0]), np.zeros(5), sessions_a_year=252)
    assert (told["final_nav"], told["cagr"], told["max_drawdown"], told["worst_day"]) == (0, -1, -1, -1)
    assert told["volatility"] == pytest.approx(np.std([-0.5, -1, 0, 0], ddof=1) * 252**0.5)


@given(RETURNS)
def test_expected_shortfall_is_the_mean_of_a_sorted_tail(returns: Array) -> None:
    """Sorting and averaging the tail in plain Python gives the same, and no worse than the worst day."""
    tail = sorted(returns.tolist())[: int((len(returns) - 1) * 0.05) + 1]
    assert expected_shortfall(returns) == pytest.approx(sum(tail) / len(tail), abs=1e-15)
    assert expected_shortfall(returns) >= returns.min() - 1e-15


@given(RETURNS)
def test_order_of_days_does_not_matter(returns: Array) -> None:
    """Volatility, Sharpe, Sortino and shortfall are the same for the days in reverse."""
    for measure in (volatility, sharpe, sortino):
        one, other = (measure(part, sessions_a_year=252) for part in (returns, returns[::-1]))
        assert one == pytest.approx(other, rel=1e-9, nan_ok=True)
    assert expected_shortfall(returns) == pytest.approx(expected_shortfall(returns[::-1]))


@given(RETURNS, st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_scale(returns: Array, factor: float) -> None:
    """Twice the returns have twice the volatility and shortfall, the same Sharpe and Sortino, and twice the beta."""
    assert volatility(factor * returns, sessions_a_year=252) == factor * volatility(returns, sessions_a_year=252)
    assert expected_shortfall(factor * returns) == factor * expected_shortfall(returns)
    for measure in (sharpe, sortino):
        one, other = (measure(part, sessions_a_year=252) for part in (returns, factor * returns))
        assert one == pytest.approx(other, rel=1e-9, nan_ok=True)


@given(RETURNS)
def test_levels_in_other_units_measure_the_same(returns: Array) -> None:
    """A record of 4 million is measured as one of 1."""
    bills = np.zeros(len(returns) + 1)
    one, other = (measures(grown(returns) * units, bills, sessions_a_year=252) for units in (1, 4))
    assert str(one) == str(other)


@given(RETURNS)
def test_calendar_years_multiply_up_to_the_whole(returns: Array) -> None:
    """One plus each year's return multiplies to the final value."""
    nav = grown(returns)
    assert math.prod(1 + part for part in calendar_years(nav).values()) == pytest.approx(nav.iloc[-1])


@given(RETURNS)
def test_inputs_stay_as_they_were(returns: Array) -> None:
    """Measuring changes neither the record nor the bills."""
    nav, bills = grown(returns), np.zeros(len(returns) + 1)
    before = nav.copy()
    measures(nav, bills, sessions_a_year=252)
    pd.testing.assert_series_equal(nav, before)
    assert not bills.any()
