"""The readable measures, to which the compiled ones are held: published values, by hand, and against scipy."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import kurtosis, linregress, norm, skew

from backtester.arrays import Array
from witness.measures import beta, correlation, lo_standard_error, moment, omega, probabilistic_sharpe, sharpe

RETURNS = st.lists(st.floats(-0.2, 0.2), min_size=2, max_size=60).map(np.array)


@pytest.mark.parametrize(("periods", "error"), [(12, 0.354), (24, 0.250), (60, 0.158), (250, 0.077)])
def test_standard_errors_of_lo(periods: int, error: float) -> None:
    """Lo (2002), a Sharpe ratio of 1 a period: the published standard errors to three digits."""
    assert lo_standard_error(1.0, periods) == pytest.approx(error, abs=0.0005)


@pytest.mark.parametrize(("shape", "probability"), [((-2.448, 10.164), 0.913), ((0.0, 3.0), 0.982)])
def test_probabilistic_sharpe_of_bailey_and_lopez_de_prado(shape: tuple[float, float], probability: float) -> None:
    """Their example: 0.458 a month over 24 months, with its fat left tail and as if it were normal."""
    assert probabilistic_sharpe(0.458, 24, *shape) == pytest.approx(probability, abs=0.0005)


def test_probabilistic_sharpe_is_one_half_without_reward() -> None:
    """A record that earned what bills earned is as likely above as below; one session says nothing."""
    assert probabilistic_sharpe(0.0, 100, 0.0, 3.0) == 0.5
    assert math.isnan(probabilistic_sharpe(1.0, 1, 0.0, 3.0))


@given(st.floats(-0.3, 0.3), st.integers(10, 5000))
def test_probabilistic_sharpe_is_lo_for_normal_returns(ratio: float, periods: int) -> None:
    """With a normal distribution's shape it is the ratio over Lo's standard error, with T - 1 for T."""
    theirs = norm.cdf(ratio / lo_standard_error(ratio, periods - 1))
    assert probabilistic_sharpe(ratio, periods, 0.0, 3.0) == pytest.approx(theirs, abs=1e-12)


def test_standard_error_is_what_chance_does() -> None:
    """The ratios of 4,000 made records scatter by it, to three standard errors of such an estimate (1/sqrt(8000))."""
    made = np.random.default_rng(2).normal(0.0005, 0.01, (4000, 500))
    ratios = [sharpe(record, sessions_a_year=252) for record in made]
    expected = lo_standard_error(0.05, 500) * 252**0.5
    assert np.std(ratios) == pytest.approx(expected, rel=3 / 8000**0.5)


def test_omega_by_hand() -> None:
    """3% and 1% above, 2% below: four over two. Without a shortfall it is undefined."""
    assert omega(np.array([0.03, -0.02, 0.01])) == pytest.approx(2)
    assert math.isnan(omega(np.array([0.01, 0.0])))


@given(RETURNS)
@example(np.array([0.0, 6e-5]))  # the deviation to the fourth is a number that rounding has left, the shape is not
def test_shape_is_scipys(returns: Array) -> None:
    """Skewness and kurtosis are scipy's, moments over n; both undefined where nothing varies."""
    if np.std(returns) < 1e-6:
        return
    assert moment(returns, 3) == pytest.approx(skew(returns), rel=1e-7, abs=1e-9)
    assert moment(returns, 4) - 3 == pytest.approx(kurtosis(returns), rel=1e-7, abs=1e-9)


def test_shape_of_a_constant_is_undefined() -> None:
    """What does not vary has no shape, and is correlated with nothing."""
    flat = np.full(5, 0.01)
    assert math.isnan(moment(flat, 3))
    assert math.isnan(moment(flat, 4))
    assert math.isnan(correlation(flat, np.arange(5.0)))


@given(st.integers(0, 10_000))
def test_correlation_is_numpys(seed: int) -> None:
    """Pearson's correlation is numpy's."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (2, 30))
    assert correlation(noise[0], noise[1]) == pytest.approx(np.corrcoef(noise)[0, 1], abs=1e-12)


@given(st.integers(0, 10_000))
def test_beta_is_scipys_regression(seed: int) -> None:
    """The slope is that of scipy's linregress."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (2, 50))
    assert beta(noise[0], noise[1]) == pytest.approx(linregress(noise[1], noise[0]).slope, rel=1e-9, abs=1e-12)
