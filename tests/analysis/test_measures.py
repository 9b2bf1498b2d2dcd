"""Measures of one record: by hand and by property. `test_measures_compiled.py` sets them against readable ones."""

import math
import warnings
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.measures import Measures, calendar_months, calendar_years
from backtester.arrays import Array
from recorded import measures

RETURNS = st.lists(st.integers(-2000, 2000).map(lambda tenths: tenths / 1e4), min_size=2, max_size=60).map(np.array)


def nav_of(values: list[float], dates: list[str] | None = None) -> "pd.Series[float]":
    """A track record on those dates, or one session a day."""
    index = pd.DatetimeIndex(dates) if dates else pd.date_range("2023-12-29", periods=len(values))
    return pd.Series(values, index, dtype=float)


def grown(returns: Array) -> "pd.Series[float]":
    return nav_of([1.0, *np.cumprod(1 + returns)])


def of_returns(*returns: float, reference: "list[float] | None" = None) -> Measures:
    """The measures of a record with these returns, without bills."""
    against = None if reference is None else grown(np.array(reference))
    return measures(grown(np.array(returns)), np.zeros(len(returns) + 1), sessions_a_year=252, reference=against)


def is_undefined(*values: float | str | None) -> bool:
    return all(isinstance(value, float) and math.isnan(value) for value in values)


def test_cagr_counts_calendar_days() -> None:
    """Doubling in 1,461 days, four years of 365.25, is 2 ** (1/4) - 1 a year."""
    nav = nav_of([1, 1.7, 2], ["2020-01-01", "2020-06-01", "2024-01-01"])
    assert measures(nav, np.zeros(3), sessions_a_year=252)["cagr"] == pytest.approx(2**0.25 - 1, rel=1e-14)


@pytest.mark.parametrize(("last", "is_defined"), [("2023-12-31", False), ("2024-01-01", True)])
def test_growth_is_not_annualised_under_a_year(last: str, is_defined: bool) -> None:
    """A record of 364 days has no growth a year and no Calmar ratio, one of 365 has both."""
    own = measures(nav_of([1, 0.5, 2], ["2023-01-01", "2023-06-01", last]), np.zeros(3), sessions_a_year=252)
    assert is_undefined(own["cagr"], own["calmar"]) != is_defined
    if is_defined:
        assert own["cagr"] == pytest.approx(2 ** (365.25 / 365) - 1, rel=1e-14)
        assert own["calmar"] == pytest.approx((2 ** (365.25 / 365) - 1) / 0.5, rel=1e-14)


def test_volatility_is_the_sample_deviation_by_the_root_of_sessions() -> None:
    """1%, 3%: deviation 1.414%, with 252 sessions a year 22.45%."""
    assert of_returns(0.01, 0.03)["volatility"] == pytest.approx(0.01 * 2**0.5 * 252**0.5)


def test_sharpe_by_hand() -> None:
    """Mean 2% over deviation 1.414%, times the root of 252; its error the root of (1 + 2 / 2) / 2 by that root."""
    own = of_returns(0.01, 0.03)
    assert own["sharpe"] == pytest.approx(2**0.5 * 252**0.5)
    assert own["sharpe_standard_error"] == pytest.approx(252**0.5)


def test_probabilistic_sharpe_by_hand() -> None:
    """Without reward it is as likely that the true ratio is above zero as below."""
    assert of_returns(0.02, 0.01, -0.01, -0.02)["probabilistic_sharpe"] == pytest.approx(0.5, abs=1e-12)


def test_probabilistic_sharpe_counts_the_shape_by_hand() -> None:
    """Three zeros and 4%: a ratio of 1/2, skewness 2 / root 3, kurtosis 7/3, in Bailey and Lopez de Prado's formula."""
    variance = 1 - 2 / 3**0.5 / 2 + (7 / 3 - 1) / 4 / 4
    expected = NormalDist().cdf(0.5 * (3 / variance) ** 0.5)
    assert of_returns(0.0, 0.0, 0.0, 0.04)["probabilistic_sharpe"] == pytest.approx(expected, abs=1e-12)


def test_sortino_by_hand() -> None:
    """Mean 1% over the root of (0.02 squared over two sessions), times the root of 252."""
    assert of_returns(0.04, -0.02)["sortino"] == pytest.approx(0.01 / (0.02 / 2**0.5) * 252**0.5)


def test_omega_by_hand() -> None:
    """3% and 1% above, 2% below: four over two. Without a shortfall it is undefined."""
    assert of_returns(0.03, -0.02, 0.01)["omega"] == pytest.approx(2)
    assert is_undefined(of_returns(0.01, 0.0)["omega"])


def test_expected_shortfall_by_hand() -> None:
    """Of 41 returns the worst floor(40 x 5%) + 1 = 3 are averaged; value at risk is the mildest of them."""
    own = of_returns(*([0.01] * 20), -0.06, *([0.01] * 18), -0.01, -0.02)
    assert own["expected_shortfall_95"] == pytest.approx(-0.03)
    assert own["value_at_risk_95"] == pytest.approx(-0.01)
    assert own["worst_day"] == pytest.approx(-0.06)


def test_value_at_risk_by_hand() -> None:
    """Of 21 returns from -10% to +10% the 5% quantile is the second worst; of 11 half-way from the worst to it."""
    assert of_returns(*(np.arange(-10, 11) / 100))["value_at_risk_95"] == pytest.approx(-0.09)
    assert of_returns(*(np.arange(-5, 6) / 100))["value_at_risk_95"] == pytest.approx(-0.045)


def test_ratios_without_variance_are_undefined() -> None:
    """All cash has no Sharpe, no Sortino, no shape and moves with nothing: undefined, never infinite."""
    own = of_returns(*[0.0] * 5, reference=[0.01, 0.02, -0.01, 0.0, 0.0])
    names = ("sharpe", "sortino", "omega", "probabilistic_sharpe", "skewness", "excess_kurtosis", "correlation")
    assert is_undefined(*(own[name] for name in names))
    assert is_undefined(of_returns(0.01, 0.02, reference=[0.01, 0.01])["beta"])


def test_one_return_has_no_deviation() -> None:
    """A deviation needs two returns; the one there is, is the worst and the mean of the tail."""
    own = of_returns(0.25)
    assert is_undefined(own["volatility"], own["sharpe"], own["probabilistic_sharpe"])
    assert (own["worst_day"], own["value_at_risk_95"], own["expected_shortfall_95"]) == (0.25, 0.25, 0.25)


def test_against_the_reference_by_hand() -> None:
    """Half of every move plus 1.5%: a beta of one half; differences of 2% and 0: a mean of 1%, a deviation of 1.4%."""
    own = of_returns(0.01, 0.03, reference=[-0.01, 0.03])
    assert own["beta"] == pytest.approx(0.5)
    assert own["correlation"] == pytest.approx(1)
    assert own["tracking_error"] == pytest.approx(0.01 * 2**0.5 * 252**0.5)
    assert own["information_ratio"] == pytest.approx(252**0.5 / 2**0.5)


def test_alpha_by_hand() -> None:
    """Beta one half of 1% is half a percent, of a mean of 2%: 1.5% a session, 3.78 a year; none under a year."""
    levels = {"own": [1, 1.01, 1.01 * 1.03], "theirs": [1, 0.99, 0.99 * 1.03]}
    for last, expected in (("2024-01-01", 0.015 * 252), ("2023-12-31", None)):
        own, theirs = (nav_of(level, ["2023-01-01", "2023-06-01", last]) for level in levels.values())
        alpha = measures(own, np.zeros(3), sessions_a_year=252, reference=theirs)["alpha"]
        assert is_undefined(alpha) if expected is None else alpha == pytest.approx(expected)


def test_captures_by_hand() -> None:
    """The reference rises 10% and 21% and falls 20%: the months' geometric means of the strategy over those."""
    dates = ["2020-01-31", "2020-02-28", "2020-03-31", "2020-04-30"]
    own = nav_of([1, 1.0, 1.0 * 1.1025, 1.1025 * 0.9], dates)
    theirs = nav_of([1, 1.1, 1.1 * 1.21, 1.1 * 1.21 * 0.8], dates)
    found = measures(own, np.zeros(4), sessions_a_year=12, reference=theirs)
    assert found["up_capture"] == pytest.approx(0.05 / ((1.1 * 1.21) ** 0.5 - 1))
    assert found["down_capture"] == pytest.approx(0.5)
    assert is_undefined(measures(theirs, np.zeros(4), sessions_a_year=12, reference=own.clip(upper=1))["up_capture"])


def test_captures_below_the_start_by_hand() -> None:
    """The reference falls 20% twice and rises 25%, all below 1: the strategy falls half as much and does not rise."""
    dates = ["2020-01-31", "2020-02-28", "2020-03-31", "2020-04-30"]
    own, theirs = nav_of([1, 0.9, 0.81, 0.81], dates), nav_of([1, 0.8, 0.64, 0.8], dates)
    found = measures(own, np.zeros(4), sessions_a_year=12, reference=theirs)
    assert (found["down_capture"], found["up_capture"]) == (pytest.approx(0.5), pytest.approx(0.0, abs=1e-12))


def test_captures_to_the_month_of_a_ruin_by_hand() -> None:
    """Who falls by half and then to nothing has lost all, whatever the mean: a reference of that is captured by half;
    of a strategy the whole is captured, and the months after it count no more."""
    dates = ["2020-01-31", "2020-02-28", "2020-03-31", "2020-04-30"]
    half, ruined = nav_of([1, 0.5, 0.25, 0.5], dates), nav_of([1, 0.5, 0, 0], dates)
    captured = measures(half, np.zeros(4), sessions_a_year=12, reference=ruined)
    assert (captured["down_capture"], is_undefined(captured["up_capture"])) == (pytest.approx(0.5), True)
    lost = measures(ruined, np.zeros(4), sessions_a_year=12, reference=half)
    assert (lost["down_capture"], is_undefined(lost["up_capture"])) == (pytest.approx(2.0), True)


def test_tails_of_returns_and_drawdowns_by_hand() -> None:
    """From -10% to +20% the quantiles are -8.5% and 18.5%; of 41 drawdowns the deepest three are averaged."""
    assert of_returns(*(np.arange(-10, 21) / 100))["tail_ratio"] == pytest.approx(18.5 / 8.5)
    levels = [1.0] * 10 + [0.9, 0.8, 0.75, 0.5] + [1.0] * 27
    own = measures(grown(np.array(levels[1:]) / levels[:-1] - 1), np.zeros(41), sessions_a_year=252)
    assert own["conditional_drawdown_95"] == pytest.approx(-(0.2 + 0.25 + 0.5) / 3)
    assert own["current_drawdown"] == 0.0
    assert measures(nav_of([1, 1.25, 1]), np.zeros(3), sessions_a_year=252)["current_drawdown"] == pytest.approx(-0.2)


def test_probability_above_the_reference_by_hand() -> None:
    """A record with the reference's ratio is above it as likely as not; one without reward is a bar of 0."""
    own = of_returns(0.02, 0.01, -0.01, 0.03, reference=[0.04, 0.02, -0.02, 0.06])
    assert own["probability_above_reference"] == pytest.approx(0.5, abs=1e-9)
    own = of_returns(0.02, 0.01, -0.01, 0.03, reference=[0.02, 0.01, -0.01, -0.02])
    assert own["probability_above_reference"] == pytest.approx(own["probabilistic_sharpe"], abs=1e-9)


def test_all_measures_of_a_small_record() -> None:
    """1, 0.8, 1.2, 0.9 over three days, the last two in a year of their own, without bills."""
    own = measures(nav_of([1, 0.8, 1.2, 0.9]), np.zeros(4), sessions_a_year=252)
    assert own["final_nav"] == pytest.approx(0.9)
    assert own["max_drawdown"] == pytest.approx(-0.25)
    assert (own["max_drawdown_peak"], own["max_drawdown_trough"]) == ("2023-12-31", "2024-01-01")
    assert (own["max_drawdown_recovery"], own["max_drawdown_days"], own["days_under_water"]) == (None, 1, 2)
    assert own["ulcer_index"] == pytest.approx(((0.04 + 0.0625) / 4) ** 0.5)
    assert (own["best_month"], own["worst_month"]) == (pytest.approx(0.2), pytest.approx(-0.25))
    assert own["positive_months"] == 0.5


def test_drawdown_counts_the_starting_value() -> None:
    """A record that falls from the start has its peak there; recovered, its days run to the recovery."""
    own = measures(nav_of([1, 0.9, 0.95, 1.0, 1.1]), np.zeros(5), sessions_a_year=252)
    assert own["max_drawdown"] == pytest.approx(-0.1)
    dates = [own[f"max_drawdown_{name}"] for name in ("peak", "trough", "recovery", "days")]
    assert dates == ["2023-12-29", "2023-12-30", "2024-01-01", 3]


def test_recovered_but_for_the_last_bit_is_recovered() -> None:
    """A record that comes back to its peak up to rounding has recovered; one that misses a billionth has not."""
    back = measures(nav_of([1, 0.9, 1 - 1e-15, 0.95]), np.zeros(4), sessions_a_year=252)
    assert (back["max_drawdown_recovery"], back["max_drawdown_days"]) == ("2023-12-31", 2)
    missed = measures(nav_of([1, 0.9, 1 - 1e-9, 0.95]), np.zeros(4), sessions_a_year=252)
    assert (missed["max_drawdown_recovery"], missed["max_drawdown_days"]) == (None, 3)


def test_record_without_a_fall() -> None:
    """A record that only rises, up to rounding, has a drawdown of 0 without dates, and no Calmar."""
    for middle in (1.1, 1 - 1e-15):
        own = measures(nav_of([1, middle, 1.2]), np.zeros(3), sessions_a_year=252)
        assert (own["max_drawdown"], own["max_drawdown_peak"], own["max_drawdown_days"]) == (0.0, None, 0)
        assert (own["days_under_water"], own["ulcer_index"], own["conditional_drawdown_95"]) == (0, 0, 0)
        assert is_undefined(own["calmar"])


def test_bills_are_taken_off_sharpe_not_off_returns() -> None:
    """A record that earns what bills earn has no Sharpe, and its own final value; the first return is not read."""
    own = measures(nav_of([1, 1.01, 1.01 * 1.02]), np.array([np.nan, 0.01, 0.02]), sessions_a_year=252)
    assert is_undefined(own["sharpe"])
    assert own["final_nav"] == pytest.approx(1.0302)


def test_after_ruin_returns_are_zero() -> None:
    """A ruined record keeps finite measures: -100% once, then nothing; a month after ruin does not count."""
    nav = nav_of([1, 0.5, 0, 0, 0], ["2020-01-02", "2020-01-31", "2020-02-03", "2020-03-02", "2022-01-03"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        own = measures(nav, np.zeros(5), sessions_a_year=252)
    assert (own["final_nav"], own["cagr"], own["max_drawdown"], own["worst_day"]) == (0, -1, -1, -1)
    assert own["volatility"] == pytest.approx(np.std([-0.5, -1, 0, 0], ddof=1) * 252**0.5)
    assert (own["best_month"], own["worst_month"], own["positive_months"]) == (-0.5, -1, 0)


@given(RETURNS)
def test_order_of_days_does_not_matter(returns: Array) -> None:
    """Volatility, Sharpe, Sortino, shortfall and shape are the same for the days in reverse."""
    one, other = of_returns(*returns), of_returns(*returns[::-1])
    for name in ("volatility", "sharpe", "sortino", "expected_shortfall_95", "value_at_risk_95", "skewness"):
        assert one[name] == pytest.approx(other[name], rel=1e-8, abs=1e-10, nan_ok=True)


@given(RETURNS, st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_scale(returns: Array, factor: float) -> None:
    """Twice the returns have twice the volatility and shortfall, and the same Sharpe, Sortino and shape."""
    one, other = of_returns(*returns), of_returns(*factor * returns)
    for name in ("volatility", "expected_shortfall_95", "value_at_risk_95", "worst_day"):
        assert other[name] == pytest.approx(factor * float(str(one[name])), rel=1e-8, abs=1e-12)
    for name in ("sharpe", "sortino", "omega", "skewness", "probabilistic_sharpe"):
        assert one[name] == pytest.approx(other[name], rel=1e-8, abs=1e-8, nan_ok=True)


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


def test_a_year_that_begins_with_nothing_has_no_return() -> None:
    """Ruin is a loss of all in its own year, and undefined from then on."""
    nav = nav_of([1, 0.5, 0, 0], ["2019-12-30", "2019-12-31", "2020-06-30", "2021-06-30"])
    assert calendar_years(nav) == {"2019": -0.5, "2020": -1.0, "2021": pytest.approx(np.nan, nan_ok=True)}


def test_months_by_hand() -> None:
    """A month of the first session alone has no return; two sessions of it have one, and every later month has."""
    dates = ["2019-12-30", "2019-12-31", "2020-01-31", "2020-02-03", "2020-02-28"]
    nav = nav_of([1, 1.1, 1.21, 1.0, 0.605], dates)
    whole = {"2019-12": pytest.approx(0.1), "2020-01": pytest.approx(0.1), "2020-02": pytest.approx(-0.5)}
    assert calendar_months(nav) == whole
    assert list(calendar_months(nav.iloc[1:])) == ["2020-01", "2020-02"]
    assert calendar_months(nav.iloc[:1]) == {}
    assert calendar_months(nav.iloc[:2]) == {"2019-12": pytest.approx(0.1)}


def test_a_month_that_rose_by_rounding_did_not_rise() -> None:
    """Of three months one ends where it began but for the last bit, one a billionth higher, and one lower."""
    dates = ["2019-12-31", "2020-01-31", "2020-02-28", "2020-03-31"]
    own = measures(nav_of([1, 1 + 1e-15, 1 + 1e-9, 0.9], dates), np.zeros(4), sessions_a_year=12)
    assert own["positive_months"] == pytest.approx(1 / 3)


@given(RETURNS)
def test_inputs_stay_as_they_were(returns: Array) -> None:
    """Measuring changes neither the record nor the bills."""
    nav, bills = grown(returns), np.zeros(len(returns) + 1)
    before = nav.copy()
    measures(nav, bills, sessions_a_year=252, reference=nav)
    pd.testing.assert_series_equal(nav, before)
    assert not bills.any()
