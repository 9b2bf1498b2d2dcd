"""The scorecard: by hand and by property."""

import math

import numpy as np
import pandas as pd
import pytest
from backtester.analysis.standins import twin_nav
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.scorecard import Payoff, Scorecard, cost_annual, payoff, scorecard
from backtester.analysis.windows import Window, window_returns
from backtester.arrays import Array

Records = tuple["pd.Series[float]", "pd.Series[float]", Array, list[Window], list[Window]]
RETURN = st.floats(-0.1, 0.1)
FOUR_YEARS = ["2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"]  # 1,461 days


def nav_of(values: list[float], dates: list[str] | None = None) -> "pd.Series[float]":
    index = pd.DatetimeIndex(dates) if dates else pd.bdate_range("2024-01-01", periods=len(values))
    return pd.Series(values, index, dtype=float)


def grown(returns: Array) -> "pd.Series[float]":
    return nav_of([1.0, *np.cumprod(1 + returns)])


@st.composite
def records(draw: st.DrawFn) -> Records:
    """A strategy, a reference, bills, and windows of two kinds that share no return."""
    count = draw(st.integers(3, 40))
    own, theirs = (np.array(draw(st.lists(RETURN, min_size=count, max_size=count))) for _ in range(2))
    bills = np.array([np.nan, *draw(st.lists(st.floats(0, 0.001), min_size=count, max_size=count))])
    ends = sorted(draw(st.sets(st.integers(0, count), min_size=2, max_size=8)))
    windows = [Window(*edge) for edge in zip(ends[::2], ends[1::2], strict=False)]
    return grown(own), grown(theirs), bills, windows[::2], windows[1::2]


def numbers(card: Scorecard) -> list[float]:
    one, other = card.beyond_reference, card.beyond_twin
    return [
        card.beta,
        float(one.better),
        float(one.worse),
        one.payoff_mean,
        one.protection,
        other.payoff_mean,
        card.cost_annual.total,
    ]


def payoff_in(nav: "pd.Series[float]", against: "pd.Series[float]", windows: list[Window]) -> Payoff:
    """The payoff of a strategy that acted in every window."""
    own, theirs = window_returns(nav, windows), window_returns(against, windows)
    return payoff(own, theirs, np.ones(len(windows), dtype=bool))


def test_payoff_by_hand() -> None:
    """-5% against -10% and -20% against -10%: one hit in two, mean payoff -2.5 points, a quarter more lost."""
    own, theirs = nav_of([1, 0.95, 1, 0.8]), nav_of([1, 0.9, 1, 0.9])
    told = payoff_in(own, theirs, [Window(0, 1), Window(2, 3)])
    assert (told.better, told.worse, told.hit_rate) == (1, 1, 0.5)
    assert told.payoff_mean == pytest.approx(-0.025)
    assert told.protection == pytest.approx(-0.25)


def test_half_the_loss_is_half_protected() -> None:
    """Losing 5% where the reference loses 10% protects half of it."""
    told = payoff_in(nav_of([1, 0.95]), nav_of([1, 0.9]), [Window(0, 1)])
    assert told.protection == pytest.approx(0.5)


def test_without_windows_nothing_is_known() -> None:
    """No sell-off, no payoff: undefined throughout."""
    told = payoff_in(nav_of([1, 2]), nav_of([1, 2]), [])
    assert all(math.isnan(x) for x in (told.hit_rate, told.payoff_mean, told.protection))


def test_protection_is_undefined_where_the_benchmark_lost_nothing() -> None:
    """A benchmark that gained has no loss to protect."""
    assert math.isnan(payoff_in(nav_of([1, 1.2]), nav_of([1, 1.1]), [Window(0, 1)]).protection)


def test_doing_as_the_reference_did_counts_for_nothing() -> None:
    """A window in which the strategy returned what the reference did, to a basis point, is neither better nor worse."""
    own, theirs = nav_of([1, 0.90005, 1, 0.95, 1, 0.8]), nav_of([1, 0.9, 1, 0.9, 1, 0.85])
    windows = [Window(0, 1), Window(2, 3), Window(4, 5)]
    card = scorecard(own, theirs, np.zeros(6), joint=windows, other=[])
    assert (card.joint_sell_offs, card.beyond_reference.better, card.beyond_reference.worse) == (3, 1, 1)
    assert card.beyond_twin.better + card.beyond_twin.worse == 2


def test_beta_counts_what_follows_a_session_later() -> None:
    """A strategy that earns half of each session's return at once and half a session later has a beta of one."""
    theirs = np.random.default_rng(1).normal(0, 0.01, 300)
    own = 0.5 * theirs + 0.5 * np.concatenate([[0.0], theirs[:-1]])
    _, slope = twin_nav(grown(own), grown(theirs), np.zeros(301))
    assert slope == pytest.approx(1.0, abs=1e-9)


def test_no_static_mix_is_said_to_pay_for_its_risk_alone() -> None:
    """A mix with more stocks beats its twin where bonds fall too, but loses more than the reference: payoff below 0."""
    rng = np.random.default_rng(2)
    stocks, bonds = rng.normal(0.0004, 0.01, 500), rng.normal(0.0001, 0.003, 500)
    card = scorecard(
        grown(0.7 * stocks + 0.3 * bonds),
        grown(0.6 * stocks + 0.4 * bonds),
        np.zeros(501),
        joint=[Window(k, k + 1) for k in range(500) if stocks[k] < -0.01 and bonds[k] < -0.003],
        other=[],
    )
    assert card.beyond_reference.payoff_mean < 0


def test_cost_standard_error_by_hand() -> None:
    """Log gaps of 1%, -1%, 1%, -1% over four years: deviation 0.011547, times 2, over 4 years."""
    gaps = [0.01, -0.01, 0.01, -0.01]
    reference = nav_of([1.0, *np.exp(np.cumsum(gaps))], FOUR_YEARS)
    card = scorecard(nav_of([1.0] * 5, FOUR_YEARS), reference, np.zeros(5), joint=[], other=[])
    assert card.cost_standard_error == pytest.approx(0.01 * math.sqrt(4 / 3) * 2 / 4)


def test_twin_by_hand() -> None:
    """Half in the reference, half in bills: beta one half, and the twin is the strategy itself."""
    theirs, bills = np.array([0.04, -0.06, 0.02]), np.array([0.01, 0.02, 0.0])
    own = grown(0.5 * theirs + 0.5 * bills)
    twin, slope = twin_nav(own, grown(theirs), np.array([np.nan, *bills]))
    assert slope == pytest.approx(0.5)
    assert list(twin) == pytest.approx(list(own))


def test_cost_by_hand() -> None:
    """Over four years: reference to e, strategy to 1; half a log point in a joint window, a tenth in another."""
    reference = nav_of([1, math.exp(0.5), math.exp(0.6), math.exp(0.7), math.e], FOUR_YEARS)
    cost = cost_annual(nav_of([1] * 5, FOUR_YEARS), reference, joint=[Window(0, 1)], other=[Window(1, 2)])
    assert cost.total == pytest.approx(1 / 4)
    assert cost.joint_sell_offs == pytest.approx(0.5 / 4)
    assert cost.other_sell_offs == pytest.approx(0.1 / 4)
    assert cost.rest == pytest.approx(0.4 / 4)


def test_cost_after_ruin_is_undefined() -> None:
    """Nothing left has no logarithm: undefined, not infinite."""
    cost = cost_annual(nav_of([1, 0.5, 0]), nav_of([1, 1, 1]), joint=[Window(0, 1)], other=[])
    assert math.isnan(cost.total)
    assert cost.joint_sell_offs == pytest.approx(math.log(2) / (2 / 365.25))


def test_break_even_is_how_many_payoffs_pay_for_the_rest() -> None:
    """A payoff brings ln 1.1 and the rest costs twice that over four years: half a payoff a year."""
    own = nav_of([1, 1, 1, 1, 1 / 1.21], FOUR_YEARS)
    reference = nav_of([1, 1 / 1.1, 1, 1, 1], FOUR_YEARS)
    card = scorecard(own, reference, np.zeros(5), joint=[Window(0, 1)], other=[Window(1, 2)])
    assert card.break_even_per_year == pytest.approx(0.5)


def test_break_even_is_zero_where_the_rest_cost_nothing() -> None:
    """A hedge that earns in calm times as well has nothing to pay for."""
    card = scorecard(nav_of([1, 1, 2]), nav_of([1, 0.9, 0.9]), np.zeros(3), joint=[Window(0, 1)], other=[])
    assert card.break_even_per_year == 0


def test_break_even_is_undefined_where_the_hedge_does_not_pay() -> None:
    """Losing more than the reference in sell-offs can never break even."""
    card = scorecard(nav_of([1, 0.8, 1]), nav_of([1, 0.9, 1]), np.zeros(3), joint=[Window(0, 1)], other=[])
    assert math.isnan(card.break_even_per_year)


def test_reductions_by_hand() -> None:
    """A fall of 10% where the reference fell 20% is 10 points less; under water one day instead of two."""
    card = scorecard(nav_of([1, 0.9, 1]), nav_of([1, 0.8, 0.9]), np.zeros(3), joint=[], other=[])
    assert card.max_drawdown_reduction == pytest.approx(0.1)
    assert card.days_under_water_reduction == 1


@given(records())
def test_cost_lines_add_up(told: Records) -> None:
    """Joint, other and rest add up to the total, and the rest is what the sessions outside the windows cost."""
    nav, reference, _, joint, other = told
    cost = cost_annual(nav, reference, joint=joint, other=other)
    assert cost.joint_sell_offs + cost.other_sell_offs + cost.rest == pytest.approx(cost.total, abs=1e-12)
    steps = np.diff(np.log(reference.to_numpy())) - np.diff(np.log(nav.to_numpy()))
    inside = np.zeros(len(steps), dtype=bool)
    for window in (*joint, *other):
        inside[window.start : window.end] = True
    years = (nav.index[-1] - nav.index[0]).days / 365.25
    assert cost.rest == pytest.approx(steps[~inside].sum() / years, abs=1e-9)


@given(records())
def test_twin_of_the_reference_is_the_reference(
    told: Records,
) -> None:
    """Against itself the reference has a beta of one, no payoff beyond its twin, and no cost."""
    _, reference, bills, joint, other = told
    card = scorecard(reference, reference, bills, joint=joint, other=other)
    if math.isnan(card.beta):
        return  # a reference that never differed from bills has no beta
    assert card.beta == pytest.approx(1, abs=1e-9)
    assert (card.cost_annual.total, card.max_drawdown_reduction, card.days_under_water_reduction) == (0, 0, 0)
    if joint:
        assert card.beyond_twin.payoff_mean == pytest.approx(0, abs=1e-9)
        assert (card.beyond_reference.better, card.beyond_reference.worse) == (0, 0)


@given(records())
def test_units_of_the_records_do_not_matter(
    told: Records,
) -> None:
    """Records in other units have the same card."""
    nav, reference, bills, joint, other = told
    one = scorecard(nav, reference, bills, joint=joint, other=other)
    two = scorecard(nav * 4, reference * 0.5, bills, joint=joint, other=other)
    assert numbers(one) == pytest.approx(numbers(two), rel=1e-9, abs=1e-9, nan_ok=True)


@given(records())
def test_order_of_windows_does_not_matter(
    told: Records,
) -> None:
    """Windows in reverse give the same card."""
    nav, reference, bills, joint, other = told
    one = scorecard(nav, reference, bills, joint=joint, other=other)
    two = scorecard(nav, reference, bills, joint=joint[::-1], other=other[::-1])
    assert numbers(one) == pytest.approx(numbers(two), rel=1e-9, abs=1e-12, nan_ok=True)


def test_inputs_stay_as_they_were() -> None:
    """A scorecard changes neither record."""
    nav, reference = nav_of([1, 0.9, 1.2]), nav_of([1, 0.8, 1.1])
    copies = nav.copy(), reference.copy()
    scorecard(nav, reference, np.zeros(3), joint=[Window(0, 1)], other=[])
    pd.testing.assert_series_equal(nav, copies[0])
    pd.testing.assert_series_equal(reference, copies[1])
