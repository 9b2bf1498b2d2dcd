"""Shares of small counts: intervals and sign tests against scipy's, and by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from backtester.analysis.shares import sign_test, wilson_interval

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.sampled_from([0.8, 0.9, 0.99]))
def test_wilson_interval_is_scipys(counts: tuple[int, int], level: float) -> None:
    """For any share the interval is the one of scipy's binomtest."""
    theirs = binomtest(*counts).proportion_ci(level, method="wilson")
    assert wilson_interval(*counts, level=level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(COUNTS)
def test_sign_test_is_scipys(counts: tuple[int, int]) -> None:
    """For any split the p-value is the one of scipy's two-sided binomtest at even odds."""
    assert sign_test(*counts) == pytest.approx(binomtest(*counts, p=0.5).pvalue, rel=1e-9)


def test_sign_test_by_hand() -> None:
    """Nine of ten: (1 + 10) of 1,024 splits on either side are as uneven; five of ten is no evidence at all."""
    assert sign_test(9, 10) == pytest.approx(22 / 1024)
    assert sign_test(1, 10) == sign_test(9, 10)
    assert sign_test(5, 10) == 1


def test_nothing_is_known_of_none() -> None:
    """No case, no interval and no p-value."""
    assert math.isnan(sign_test(0, 0))
    assert all(math.isnan(end) for end in wilson_interval(0, 0))
