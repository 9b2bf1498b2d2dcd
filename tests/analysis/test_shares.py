"""Shares of small counts: intervals against scipy's, and by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from backtester.analysis.shares import wilson_interval

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.sampled_from([0.8, 0.9, 0.99]))
def test_wilson_interval_is_scipys(counts: tuple[int, int], level: float) -> None:
    """For any share the interval is the one of scipy's binomtest."""
    theirs = binomtest(*counts).proportion_ci(level, method="wilson")
    assert wilson_interval(*counts, level=level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_nothing_is_known_of_none() -> None:
    """No case, no interval."""
    assert all(math.isnan(end) for end in wilson_interval(0, 0))


def test_three_of_ten_with_ninety_percent() -> None:
    """Unless another level is asked for: z is 1.6449."""
    share, z2 = 0.3, 1.6448536269514722**2
    middle, half = (share + z2 / 20) / (1 + z2 / 10), (z2 * share * 0.7 / 10 + z2 * z2 / 400) ** 0.5 / (1 + z2 / 10)
    assert wilson_interval(3, 10) == pytest.approx((middle - half, middle + half))
