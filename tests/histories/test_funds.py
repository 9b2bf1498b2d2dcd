"""Financed holdings by hand: excess over bills, and the leverage of a fund with what it costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.arrays import Array
from backtester.histories.derived import bill_returns
from backtester.histories.funds import excess_returns, leveraged_returns

DAYS = np.array([0.0, 1.0, 3.0, 1.0])
RATES = np.array([0.0365, 0.0730, 0.0365, 0.0])  # 1, 2, 1 and 0 basis points a day
RETURNS = np.array([0.0, 0.01, -0.02, 0.03])


def levered(leverage: float, *, spread: float = 0.0, fee: float = 0.0) -> Array:
    """The returns of the fund made of the rows above."""
    return leveraged_returns(RETURNS, RATES, DAYS, leverage=leverage, spread_annual=spread, fee_annual=fee)


def test_excess_returns() -> None:
    """The return less that of bills, session by session; without either there is none."""
    excess = excess_returns(np.array([0.01, np.nan, 0.02]), np.array([0.001, 0.001, np.nan]))
    np.testing.assert_allclose(excess, [0.009, np.nan, np.nan], rtol=0, atol=1e-17)


def test_twice_a_fund_by_hand() -> None:
    """Twice the return, less yesterday's rate and 0.5 bp spread a day on one borrowed, less 0.25 bp a day of fee."""
    told = levered(2, spread=0.00005 * 365, fee=0.000025 * 365)
    expected = [0.0, 0.02 - 0.000150 - 0.000025, -0.04 - 3 * (0.000250 + 0.000025), 0.06 - 0.000150 - 0.000025]
    np.testing.assert_allclose(told, expected, rtol=0, atol=1e-15)


def test_once_a_fund_costs_its_fee_alone() -> None:
    """Without leverage nothing is borrowed and the spread is not paid."""
    np.testing.assert_array_equal(levered(1, spread=0.01), RETURNS)
    np.testing.assert_allclose(levered(1, fee=0.0365), RETURNS - 0.0001 * DAYS, rtol=0, atol=1e-17)


@pytest.mark.parametrize("leverage", [0.0, 0.5, -1.0, -2.0])
def test_what_is_not_invested_earns_bills_without_the_spread(leverage: float) -> None:
    """A fund that holds less than its value, or is short, earns bills on its cash; no spread is added to them."""
    expected = leverage * RETURNS + (1 - leverage) * bill_returns(RATES, DAYS)
    np.testing.assert_allclose(levered(leverage, spread=0.01), expected, rtol=0, atol=1e-17)


@given(leverage=st.floats(1, 4), spread=st.floats(0, 0.02), fee=st.floats(0, 0.02))
def test_the_excess_return_is_levered(leverage: float, spread: float, fee: float) -> None:
    """In excess of bills a levered fund earns its leverage times the fund's excess, less spread and fee by the day."""
    bills = bill_returns(RATES, DAYS)
    told = excess_returns(levered(leverage, spread=spread, fee=fee), bills)
    costs = ((leverage - 1) * spread + fee) * DAYS / 365
    np.testing.assert_allclose(told, leverage * excess_returns(RETURNS, bills) - costs, rtol=0, atol=1e-15)


def test_a_missing_return_or_rate_leaves_a_gap() -> None:
    """NaN in the return gives NaN there; in a rate, at the session after, which would have paid it."""
    rates = np.array([0.01, np.nan, 0.01, 0.01])
    told = leveraged_returns(np.array([0.0, 0.0, 0.0, np.nan]), rates, DAYS, leverage=2, spread_annual=0, fee_annual=0)
    assert list(np.isnan(told)) == [False, False, True, True]


def test_inputs_are_left_as_they_are() -> None:
    """Neither returns nor rates nor days are written to."""
    kept = [series.copy() for series in (RETURNS, RATES, DAYS)]
    levered(3, spread=0.01, fee=0.01)
    for series, before in zip((RETURNS, RATES, DAYS), kept, strict=True):
        np.testing.assert_array_equal(series, before)
