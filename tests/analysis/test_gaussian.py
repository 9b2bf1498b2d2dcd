"""The joint tail of two normal variables, against scipy and where it is known exactly."""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from backtester.analysis.dependence import joint_tail


@pytest.mark.parametrize("q", [0.01, 0.05, 0.10, 0.5])
@pytest.mark.parametrize("rho", [-0.99, -0.7, -0.3, -0.05, 0.1, 0.5, 0.9, 0.99])
def test_is_scipys(q: float, rho: float) -> None:
    """For any correlation it is scipy's bivariate normal distribution, to the digits that scipy's gives."""
    h = norm.ppf(q)
    theirs = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([h, h])
    assert joint_tail(q, rho) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("rho", np.linspace(-0.999, 0.999, 13))
def test_half_plane_is_sheppards(rho: float) -> None:
    """At the median it is 1/4 + arcsin(rho) / (2 pi): Sheppard (1899)."""
    assert joint_tail(0.5, rho) == pytest.approx(0.25 + math.asin(rho) / (2 * math.pi), abs=1e-13)


def test_ends() -> None:
    """Independent variables: q squared. The same variable: q. Opposite ones: never below the median, both."""
    assert joint_tail(0.05, 0.0) == pytest.approx(0.0025, abs=1e-15)
    assert joint_tail(0.05, 1.0) == pytest.approx(0.05, abs=1e-12)
    assert joint_tail(0.05, -1.0) == 0
    assert joint_tail(0.75, -1.0) == pytest.approx(0.5)
    assert joint_tail(0.05, -0.9999) == pytest.approx(0, abs=1e-12)


def test_without_a_correlation_it_is_undefined() -> None:
    """No correlation, no tail."""
    assert math.isnan(joint_tail(0.05, float("nan")))
