"""The compiled measures against readable ones: on real books, made records and by property."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.measures import MEASURE_NAMES, measure_books, measure_inputs
from backtester.analysis.pair import reference_pair
from backtester.arrays import Array
from backtester.histories.market import Market
from recorded import measures
from witness import measures as witness

RETURNS = st.lists(st.integers(-2000, 2000).map(lambda tenths: tenths / 1e4), min_size=1, max_size=90).map(np.array)


def grown(returns: Array, start: str = "2023-10-30") -> "pd.Series[float]":
    return pd.Series([1.0, *np.cumprod(1 + returns)], pd.bdate_range(start, periods=len(returns) + 1))


def assert_as_witness(navs: "list[pd.Series[float]]", bills: Array, reference: "pd.Series[float] | None") -> None:
    """Every measure of every record is the readable one's, to 1e-12 of its size or of one."""
    sessions = pd.DatetimeIndex(navs[0].index)
    ground = measure_inputs(sessions, bills, sessions_a_year=252, reference=reference)
    rows = measure_books(np.array([nav.to_numpy() for nav in navs]), ground)
    for nav, row in zip(navs, rows, strict=True):
        theirs = witness.measures(nav, bills, sessions_a_year=252, reference=reference)
        assert set(theirs) == set(MEASURE_NAMES)
        expected = np.array([theirs[name] for name in MEASURE_NAMES], dtype=float)
        np.testing.assert_allclose(row, expected, rtol=1e-12, atol=1e-12)


def test_real_and_made_records(us: Market) -> None:
    """The pair, each asset, cash, a ruined and a rising record over the whole history."""
    pair = reference_pair(us).nav
    rng = np.random.default_rng(5)
    made = [1 + 0.01 * rng.standard_t(3, len(pair)) for _ in range(5)]
    ruined = pair.where(np.arange(len(pair)) < 3000, 0.0)
    cash = np.cumprod(1 + np.nan_to_num(us.bill_returns))
    levels = [us.levels[role] / us.levels[role].iloc[0] for role in ("stocks", "bonds")]
    records = [pair, *levels, ruined, *(pd.Series(one, pair.index) for one in (cash, *np.cumprod(made, axis=1)))]
    assert_as_witness(records, us.bill_returns, pair)
    assert_as_witness(records[:1], us.bill_returns, None)


@given(RETURNS, st.integers(0, 1000))
def test_short_records(returns: Array, seed: int) -> None:
    """Any record of one session or more, with ties, ruin and months cut short."""
    bills = np.random.default_rng(seed).integers(0, 3, len(returns) + 1) / 1e4
    reference = grown(np.random.default_rng(seed + 1).integers(-300, 300, len(returns)) / 1e4)
    nav = grown(returns)
    if seed % 5 == 0:
        nav.iloc[len(nav) // 2 :] = 0.0
    assert_as_witness([nav], bills, reference if seed % 2 else None)


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 22, 40, 41, 400])
def test_tails_of_every_length(count: int) -> None:
    """The quantile and the mean beyond it, of returns with and without ties, in rising and falling order."""
    noise = np.random.default_rng(count).normal(0, 0.01, count)
    for returns in (noise, np.round(noise, 2), np.sort(noise), np.sort(noise)[::-1], np.full(count, 0.25)):
        assert_as_witness([grown(returns)], np.zeros(count + 1), None)


def test_books_do_not_see_each_other() -> None:
    """A book's figures are the same, to the last bit, alone and among others."""
    navs = np.cumprod(1 + np.random.default_rng(2).normal(0, 0.01, (5, 300)), axis=1)
    ground = measure_inputs(pd.bdate_range("2020-01-01", periods=300), np.zeros(300), sessions_a_year=252)
    alone = np.vstack([measure_books(nav[None], ground) for nav in navs])
    np.testing.assert_array_equal(measure_books(navs, ground), alone)


def test_inputs_of_any_layout() -> None:
    """Arrays that are read-only, strided or of whole numbers are measured as plain ones, and stay as they were."""
    navs = np.cumprod(1 + np.random.default_rng(2).normal(0, 0.01, (4, 300)), axis=1)
    sessions = pd.bdate_range("2020-01-01", periods=300)
    plain = measure_books(navs[::2].copy(), measure_inputs(sessions, np.zeros(300), sessions_a_year=252))
    navs.flags.writeable = False
    np.testing.assert_array_equal(
        measure_books(navs[::2], measure_inputs(sessions, np.zeros(300, np.int64), sessions_a_year=252)), plain
    )


def test_all_cash_has_no_ratios(us: Market) -> None:
    """What remains of a book of cash less bills is rounding: no ratio is made of it (omega was 1.03)."""
    cash = pd.Series(np.cumprod(1 + np.nan_to_num(us.bill_returns)), us.sessions)
    told = measures(cash, us.bill_returns, sessions_a_year=252, reference=reference_pair(us).nav)
    names = ("sharpe", "sharpe_standard_error", "probabilistic_sharpe", "sortino", "omega", "correlation")
    assert [name for name in names if not np.isnan(float(str(told[name])))] == []
    assert told["beta"] == pytest.approx(0, abs=1e-12)


def test_the_same_record_by_another_way_has_no_information_ratio() -> None:
    """A record in other units differs from itself by rounding: no information ratio, a beta and correlation of one."""
    nav = grown(np.random.default_rng(4).normal(0, 0.01, 500))
    told = measures(nav * 7.3, np.zeros(501), sessions_a_year=252, reference=nav)
    assert np.isnan(float(str(told["information_ratio"])))
    assert told["beta"] == pytest.approx(1, abs=1e-12)
    assert told["correlation"] == pytest.approx(1, abs=1e-12)


def test_no_correlation_is_beyond_one() -> None:
    """By rounding that of a record in other units would be, of some seeds."""
    rng = np.random.default_rng(4)
    navs = [grown(rng.normal(0, 0.01, 20)) for _ in range(30)]
    told = [
        float(str(measures(nav * 7.3, np.zeros(21), sessions_a_year=252, reference=nav)["correlation"])) for nav in navs
    ]
    assert max(told) == 1.0


def test_small_differences_are_not_rounding() -> None:
    """A record that strays by a hundred-thousandth of a basis point a session has its ratios."""
    nav = grown(np.tile([0.01, -0.005], 200))
    strayed = grown(np.tile([0.01, -0.005], 200) + np.tile([2e-9, -1e-9], 200))
    told = measures(strayed, np.zeros(401), sessions_a_year=252, reference=nav)
    assert told["information_ratio"] == pytest.approx(0.5 / 1.5 * 252**0.5 * (399 / 400) ** 0.5, rel=1e-5)
