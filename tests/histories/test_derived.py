"""Total returns that are computed: bonds against sums of discounted cash flows, bills and carry by hand."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from backtester.arrays import Array
from backtester.histories.align import align_asset
from backtester.histories.derived import (
    bill_returns,
    dirty_price,
    level_from_returns,
    par_bond_returns,
    price_returns,
    reference_index,
)
from backtester.histories.market import Market
from backtester.histories.sessions import days_between
from backtester.histories.store import read_figures
from folders import shared_file

TOLERANCE = 1e-10
V = 1 / Fraction("1.025")


def cash_flow_price(coupon: str, bond_yield: str, *, years: str, days: int) -> float:
    """The dirty price of 1 face, cash flow by cash flow in forty digits: each coupon and the face, discounted."""
    with localcontext() as context:
        context.prec = 40
        rate, half = Decimal(coupon) / 2, 1 + Decimal(bond_yield) / 2
        count = int(2 * Decimal(years))
        elapsed = 2 * Decimal(days) / Decimal("365.25")  # in coupon periods
        flows = [(Decimal(number), rate) for number in range(1, count + 1)] + [(Decimal(count), Decimal(1))]
        return float(sum(flow / half ** (number - elapsed) for number, flow in flows))


def price(coupon: str, bond_yield: str, *, years: str, days: int) -> float:
    """The price that the program computes for the same bond."""
    one = dirty_price(
        np.array([float(coupon)]),
        np.array([float(bond_yield)]),
        maturity_years=float(years),
        elapsed_years=np.array([days / 365.25]),
    )
    return float(one[0])


@pytest.mark.parametrize(
    ("coupon", "bond_yield", "years", "days", "by_hand"),
    [
        # 2 years of 4% at 5%: four coupons of 0.02 and the face, half a year's factor being 1/1.025
        ("0.04", "0.05", "2", 0, Fraction(1, 50) * (V + V**2 + V**3 + V**4) + V**4),
        # 1 year of 10% at 0%: nothing is discounted
        ("0.10", "0", "1", 0, Fraction(11, 10)),
        # half a year of 3% at -1%: one flow of 1.015 over 0.995
        ("0.03", "-0.01", "0.5", 0, Fraction(1015, 995)),
        # 10 years of nothing at 8%: the face alone, over 1.04^20
        ("0", "0.08", "10", 0, Fraction(100, 104) ** 20),
    ],
)
def test_price_by_hand(coupon: str, bond_yield: str, years: str, days: int, by_hand: Fraction) -> None:
    """Small bonds at issue cost what exact fractions say."""
    assert abs(price(coupon, bond_yield, years=years, days=days) - float(by_hand)) < TOLERANCE
    assert abs(cash_flow_price(coupon, bond_yield, years=years, days=days) - float(by_hand)) < TOLERANCE


@pytest.mark.parametrize("days", [0, 1, 3, 4, 31, 182])
@pytest.mark.parametrize(
    ("coupon", "bond_yield", "years"),
    [
        ("0.0054", "0.0118", "10"),  # 9 and 18 March 2020
        ("0.0401", "0.0448", "10"),  # 4 and 11 April 2025
        ("0.1023", "0.1015", "10"),  # 16 and 19 October 1987
        ("0.1015", "0.0940", "10"),  # 19 and 20 October 1987
        ("0.0099", "0.0178", "30"),
        ("0.05", "0", "10"),
        ("0", "0", "30"),
        ("0", "-0.005", "30"),
        ("-0.0085", "-0.0062", "10"),  # German Bund, March 2020
        ("0.02", "0.0000000000001", "30"),
        ("0.02", "-0.0000001", "30"),
        ("0.15", "0.16", "30"),
        ("0.03", "0.031", "0.5"),
        ("0.03", "0.029", "7.5"),
        ("0.03", "0.029", "100"),
    ],
)
def test_price_is_the_sum_of_discounted_cash_flows(coupon: str, bond_yield: str, years: str, days: int) -> None:
    """At any time before the first coupon the closed form is the sum of its cash flows to 1e-10, at any yield."""
    expected = cash_flow_price(coupon, bond_yield, years=years, days=days)
    assert abs(price(coupon, bond_yield, years=years, days=days) - expected) < TOLERANCE


@given(
    coupon=st.decimals("-0.01", "0.20", places=4),
    bond_yield=st.decimals("-0.02", "0.20", places=4),
    halves=st.integers(1, 60),
    days=st.integers(0, 182),
)
def test_price_agrees_for_any_bond(coupon: Decimal, bond_yield: Decimal, halves: int, days: int) -> None:
    """Any coupon, yield, maturity and age: the closed form is the sum of the cash flows."""
    bond = {"years": str(Decimal(halves) / 2), "days": days}
    expected = cash_flow_price(str(coupon), str(bond_yield), **bond)
    assert abs(price(str(coupon), str(bond_yield), **bond) - expected) < TOLERANCE


@given(rate=st.floats(-0.02, 0.20), halves=st.integers(1, 60), days=st.integers(0, 182))
def test_a_bond_at_its_own_yield_grows_at_that_yield(rate: float, halves: int, days: int) -> None:
    """A par bond costs 1 at issue and (1 + y/2)^(2t) after t years at an unchanged yield: the par identity."""
    value = dirty_price(
        np.array([rate]), np.array([rate]), maturity_years=halves / 2, elapsed_years=np.array([days / 365.25])
    )
    assert abs(float(value[0]) - (1 + rate / 2) ** (2 * days / 365.25)) < TOLERANCE


@pytest.mark.parametrize("bond_yield", ["-0.01", "0", "0.0001", "0.045", "0.15"])
def test_the_yield_is_the_root_of_the_price(bond_yield: str) -> None:
    """Solving the price for the yield with scipy gives the yield back."""
    target = cash_flow_price("0.04", bond_yield, years="30", days=4)

    def excess(candidate: float) -> float:
        years = np.array([4 / 365.25])
        return (
            float(dirty_price(np.array([0.04]), np.array([candidate]), maturity_years=30, elapsed_years=years)[0])
            - target
        )

    assert abs(brentq(excess, -0.5, 1.0, xtol=1e-15) - float(bond_yield)) < 1e-12


def test_bond_returns_are_bought_at_the_last_yield_and_sold_at_todays() -> None:
    """Each session's return is the price at today's yield of the par bond bought at the session before, less one."""
    returns = par_bond_returns(np.array([0.0054, 0.0118, 0.0118]), np.array([0.0, 1.0, 3.0]), maturity_years=10)
    assert returns[0] == 0
    assert abs(returns[1] - (cash_flow_price("0.0054", "0.0118", years="10", days=1) - 1)) < TOLERANCE
    assert abs(returns[2] - (cash_flow_price("0.0118", "0.0118", years="10", days=3) - 1)) < TOLERANCE


def test_bond_returns_wait_for_two_yields() -> None:
    """Without a yield today or the session before there is no return, and the inputs are left as they are."""
    yields, days = np.array([np.nan, 0.02, 0.03]), np.array([0.0, 1.0, 1.0])
    kept = yields.copy(), days.copy()
    returns = par_bond_returns(yields, days, maturity_years=10)
    assert np.isnan(returns[1])
    assert np.isfinite(returns[2])
    np.testing.assert_array_equal(yields, kept[0])
    np.testing.assert_array_equal(days, kept[1])


def test_bills_by_hand() -> None:
    """Yesterday's rate over actual days / 365: 3.65% from Friday to Monday earns 3 basis points, the first nothing."""
    returns = bill_returns(np.array([0.0365, 0.0730, np.nan, 0.01]), np.array([0.0, 3.0, 1.0, 1.0]))
    np.testing.assert_allclose(returns[:3], [0.0, 0.0003, 0.0002], rtol=0, atol=1e-17)
    assert np.isnan(returns[3])


def test_price_returns_and_growth_undo_each_other() -> None:
    """Growth from the first level on gives the levels back, and nothing before."""
    levels = np.array([np.nan, 4.0, 5.0, 2.5])
    returns = price_returns(levels)
    np.testing.assert_array_equal(returns, [np.nan, np.nan, 0.25, -0.5])
    np.testing.assert_array_equal(level_from_returns(returns, ~np.isnan(levels)), [np.nan, 1.0, 1.25, 0.625])


def swinkels(yields: Array, days: Array, *, years: int, at: int = 1, compounding: int = 1) -> Array:
    """Swinkels' (2019) return: carry - D dY + C dY^2 / 2, with duration and convexity at the new yield (1) or the old.

    His carry compounds the yield once a year; the bond's own compounds it twice.
    """
    before, after = yields[:-1], yields[1:]
    y, count = (before, after)[at], 2 * years
    face = (1 + y / 2) ** -count
    duration = (1 - face) / y
    convexity = 2 / y**2 * (1 - face) - count / (y * (1 + y / 2) ** (count + 1))
    carry = (1 + before / compounding) ** (compounding * days[1:] / 365.25) - 1
    approximate: Array = carry - duration * (after - before) + convexity * (after - before) ** 2 / 2
    return approximate


def embedded_yields(market: Market, role: str) -> Array:
    """The yields of an embedded history that its bond was built from, one a session, as fractions."""
    values = read_figures(market.history, [role])[role].values
    return align_asset(role, values, market.sessions)[0] / 100


@pytest.mark.parametrize(
    ("role", "years", "exact", "approximate"), [("yield_10y", 10, -0.268, -0.257), ("yield_30y", 30, -0.528, -0.486)]
)
def test_fall_of_2020_to_2023(us: Market, role: str, years: int, exact: float, approximate: float) -> None:
    """From 2020-03-09 to 2023-10-19 the exact and Swinkels' returns of REFERENCES: new yields flatter long bonds."""
    window = slice(us.sessions.get_loc("2020-03-09"), us.sessions.get_loc("2023-10-19") + 1)
    yields, days = embedded_yields(us, role)[window], us.days[window]
    built = np.prod(1 + par_bond_returns(yields, days, maturity_years=years)) - 1
    assert round(built, 3) == exact
    assert round(np.prod(1 + swinkels(yields, days, years=years)) - 1, 3) == approximate


@pytest.mark.parametrize(("role", "years"), [("yield_10y", 10), ("yield_30y", 30)])
def test_duration_and_convexity_at_the_old_yield_agree(us: Market, role: str, years: int) -> None:
    """With duration and convexity of the bond that was bought, the approximation is within 0.02% in every year."""
    yields = embedded_yields(us, role)
    exact = np.log1p(par_bond_returns(yields, us.days, maturity_years=years)[1:])
    approximate = np.log1p(swinkels(yields, us.days, years=years, at=0, compounding=2))
    for year in us.sessions.year.unique():
        members = us.sessions[1:].year == year
        assert abs(exact[members].sum() - approximate[members].sum()) < 0.0002


def test_swinkels_own_sample() -> None:
    """On monthly ten-year yields from 1962 on the exact and Swinkels' returns stay within 0.3% a year."""
    table = pd.read_csv(shared_file("fred/DGS10.csv"), index_col=0, parse_dates=True, na_values=".")
    monthly = table.iloc[:, 0].dropna().resample("ME").last()
    yields, days = monthly.to_numpy() / 100, days_between(pd.DatetimeIndex(monthly.index))
    exact = np.log1p(par_bond_returns(yields, days, maturity_years=10)[1:])
    approximate = np.log1p(swinkels(yields, days, years=10))
    years = days.sum() / 365.25
    assert 0.002 < np.expm1(approximate.sum() / years) - np.expm1(exact.sum() / years) < 0.003


def test_days_between_sessions(us: Market) -> None:
    """Calendar days since the session before: over a weekend three, none at the first; they add up to the whole."""
    days = days_between(us.sessions)
    assert days[0] == 0
    assert days[us.sessions.get_loc("2008-10-13")] == 3
    assert days.sum() == (us.sessions[-1] - us.sessions[0]).days


def test_the_reference_index_by_hand() -> None:
    """On the first of April it is January's price, half-way through the month half-way to February's; before, NaN."""
    prices = pd.Series([100.0, 130.0, 160.0], pd.DatetimeIndex(["2024-01-01", "2024-02-01", "2024-03-01"]))
    sessions = pd.DatetimeIndex(["2024-03-29", "2024-04-01", "2024-04-16", "2024-05-01", "2024-05-02"])
    np.testing.assert_allclose(reference_index(prices, sessions), [np.nan, 100, 115, 130, 130 + 30 / 31])


def test_a_month_whose_prices_were_never_published() -> None:
    """October 2025 has a month more of the year to September than September has, November two; December has its own.

    Prices rose from 100 to 121 in that year; a month of a record too young for a year goes on from its first price.
    """
    months = pd.date_range("2024-09-01", "2025-12-01", freq="MS")
    prices = pd.Series(np.linspace(100.0, 121.0, 16), months)
    prices["2025-09-01"], prices["2025-12-01"] = 121.0, 130.0
    sessions = pd.DatetimeIndex(["2025-12-01", "2026-01-01", "2026-02-01", "2026-02-15"])
    known = prices.drop([pd.Timestamp("2025-10-01"), pd.Timestamp("2025-11-01")])
    november = 121 * 1.21 ** (2 / 12)
    expected = [121.0, 121 * 1.21 ** (1 / 12), november, november + (130 - november) / 2]
    np.testing.assert_allclose(reference_index(known, sessions), expected, rtol=1e-14)
    np.testing.assert_allclose(
        reference_index(known["2024-12-01":], sessions)[1], 121 * (121 / prices["2024-12-01"]) ** (1 / 12)
    )
    assert np.isnan(reference_index(known[:0], sessions)).all()


def test_a_level_begins_at_one() -> None:
    """On the first session that is started, whatever its return is; after a pause it goes on from where it stood."""
    returns = np.array([np.nan, 0.5, 0.5, 1.0, 0.5])
    assert level_from_returns(returns, np.array([True] * 5)).tolist() == [1.0, 1.5, 2.25, 4.5, 6.75]
    paused = level_from_returns(returns, np.array([False, True, True, False, True]))
    assert paused.tolist() == pytest.approx([np.nan, 1.0, 1.5, np.nan, 1.5], nan_ok=True)
