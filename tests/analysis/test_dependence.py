"""Dependence of stocks and bonds: by hand, against loops and scipy, and blind to what comes after; spells by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from backtester.analysis.dependence import (
    _correlation,
    by_decade,
    correlation_over,
    joint_tail,
    months_both_down,
    period_returns,
    regime,
    rolling_correlations,
    share_of,
    spells,
    tails,
)
from backtester.analysis.windows import Window
from backtester.histories.market import Market
from backtester.histories.rhythm import RHYTHMS
from backtester.histories.sessions import period_ends
from builders import made_market

Legs = tuple[pd.DataFrame, pd.DataFrame]
MONTHS = pd.date_range("2020-01-31", periods=8, freq="ME")


@pytest.fixture(scope="module")
def legs(us: Market) -> pd.DataFrame:
    return us.levels[["stocks", "bonds"]]


def made_legs(seed: int, count: int = 900) -> Legs:
    """Two legs of random moves that share a part, on business days, and their calendar."""
    noise = np.random.default_rng(seed).normal(0, 0.01, (count, 3))
    moves = noise[:, :2] + noise[:, 2:] * np.array([1.0, np.random.default_rng(seed).normal()])
    market = made_market({"stocks": list(np.cumprod(1 + moves[:, 0])), "bonds": list(np.cumprod(1 + moves[:, 1]))})
    return market.levels[["stocks", "bonds"]], market.calendar


def test_sixty_three_sessions_are_numpys_correlation(legs: pd.DataFrame, us: Market) -> None:
    """At any close it is the correlation of the 63 session returns up to it; before there are as many, nothing."""
    rolling = rolling_correlations(legs, us.calendar["month"])["correlation_63_sessions"]
    returns = legs.pct_change().to_numpy()
    assert rolling.iloc[:63].isna().all()
    for t in range(63, len(legs), 97):
        expected = np.corrcoef(returns[t - 62 : t + 1].T)[0, 1]
        assert rolling.iloc[t] == pytest.approx(expected, abs=1e-9)  # pandas updates its sums as it goes


def test_thirty_six_months_are_numpys_correlation(legs: pd.DataFrame, us: Market) -> None:
    """At a month-end it is that of the 36 monthly returns up to it, and it holds until the next month-end."""
    rolling = rolling_correlations(legs, us.calendar["month"])["correlation_36_months"]
    ends = np.flatnonzero(us.calendar["month"].to_numpy())
    levels = legs.to_numpy()[ends]
    returns = levels[1:] / levels[:-1] - 1
    assert rolling.iloc[: ends[36]].isna().all()
    for place in range(36, len(ends), 7):
        expected = np.corrcoef(returns[place - 36 : place].T)[0, 1]
        until = ends[place + 1] if place + 1 < len(ends) else len(legs)
        assert list(rolling.iloc[ends[place] : until]) == pytest.approx([expected] * (until - ends[place]), abs=1e-9)


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(100, 899))
def test_rolling_figures_know_only_the_past(seed: int, cut: int) -> None:
    """What is known at a close is the same whatever comes after."""
    legs, calendar = made_legs(seed)
    whole = rolling_correlations(legs, calendar["month"])
    part = rolling_correlations(legs.iloc[:cut], calendar["month"].iloc[:cut])
    pd.testing.assert_frame_equal(part, whole.iloc[:cut], rtol=1e-12)


def test_a_leg_that_does_not_move_is_correlated_with_nothing() -> None:
    """Without variance there is no correlation, and no infinity."""
    market = made_market({"stocks": list(np.linspace(1, 2, 900)), "bonds": [1.0] * 900})
    rolling = rolling_correlations(market.levels[["stocks", "bonds"]], market.calendar["month"])
    assert rolling.isna().all(axis=None)


def test_what_moves_alike_is_correlated_by_one(us: Market) -> None:
    """Exactly, and not by one and a rounding, as these five returns would be; none of its kind is above."""
    returns = np.array([0.35, 0.82, 0.33, -1.3, 0.91])
    assert _correlation(np.column_stack([returns, 3 * returns])) == 1.0
    assert _correlation(np.column_stack([returns, -3 * returns])) == -1.0
    stocks = us.levels["stocks"]
    rolling = rolling_correlations(pd.DataFrame({"stocks": stocks, "bonds": 7.3 * stocks}), us.calendar["month"])
    assert rolling.max(axis=None) == pytest.approx(1)
    assert rolling.max(axis=None) <= 1


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_tails_are_counted_one_by_one(seed: int) -> None:
    """By sorting: of the worst floor(q n) periods of stocks, in how many bonds were among their own worst."""
    legs, calendar = made_legs(seed)
    for tail in tails(legs, calendar):
        flags = calendar["week"] if tail.frequency == "weekly" else pd.Series(True, legs.index)
        returns = period_returns(legs, flags)
        count = int(tail.q * len(returns))
        worst = [set(sorted(range(len(returns)), key=lambda t, leg=leg: returns[t, leg])[:count]) for leg in (0, 1)]
        assert (tail.k, tail.n) == (len(worst[0] & worst[1]), count)
        assert tail.independent == tail.q
        assert tail.low < tail.share < tail.high or tail.share in (0, 1)


def test_tails_of_normal_legs_are_what_a_gaussian_copula_says() -> None:
    """Of 200,000 pairs of normal moves with a correlation of one half the share is the copula's, to its interval."""
    noise = np.random.default_rng(1).normal(0, 0.001, (200_000, 2))
    moves = np.column_stack([noise[:, 0], 0.5 * noise[:, 0] + 0.75**0.5 * noise[:, 1]])
    legs = pd.DataFrame(np.cumprod(1 + moves, axis=0), columns=["stocks", "bonds"])
    daily = [tail for tail in tails(legs, pd.DataFrame({"week": True}, legs.index)) if tail.frequency == "daily"]
    for tail, expected in zip(daily, (0.2442, 0.3240), strict=True):  # scipy's distribution at correlation one half
        assert tail.gaussian == pytest.approx(expected, abs=0.005)
        assert tail.low < tail.gaussian < tail.high


def test_ties_at_the_end_of_the_tail_all_count() -> None:
    """Ten halvings in forty equal moves: the worst two are all ten, since no order among equals is made up."""
    halvings = 2.0 ** np.cumsum([0, *[-1] * 10, *[1] * 30])
    legs = pd.DataFrame({"stocks": halvings, "bonds": halvings})
    first = tails(legs, pd.DataFrame({"week": False}, legs.index))[0]
    assert (first.q, first.k, first.n) == (0.05, 10, 10)


def test_months_by_hand() -> None:
    """Only whole months count: of two, both legs fell in one."""
    dates = ["2024-01-15", "2024-01-31", "2024-02-15", "2024-02-29", "2024-03-28", "2024-03-29", "2024-04-01"]
    legs = pd.DataFrame(
        {"stocks": [1, 10, 9, 9, 8, 8.0, 1], "bonds": [1, 10, 9, 9, 8, 9.5, 1]}, pd.DatetimeIndex(dates), dtype=float
    )
    month_ends = period_ends(pd.DatetimeIndex(legs.index))["month"]
    told = months_both_down(legs, month_ends)
    assert (told.k, told.n, told.share) == (1, 2, 0.5)
    assert months_both_down(legs.assign(bonds=1.0), month_ends).k == 0, "a leg that stands still has not fallen"


def test_decades_join_up(legs: pd.DataFrame, us: Market) -> None:
    """Each decade starts at the close that the one before ends with; their months are those of the whole."""
    decades = by_decade(legs, us.calendar["month"])
    assert [one.start for one in decades][1:] == [one.end for one in decades][:-1]
    assert (decades[0].start, decades[-1].end) == (legs.index[0], legs.index[-1])
    assert sum(one.months for one in decades) == correlation_over(legs, us.calendar["month"]).months


def test_of_one_decade_the_whole_is_told() -> None:
    """A window inside one decade has one period, itself."""
    legs, calendar = made_legs(1)
    assert by_decade(legs, calendar["month"]) == [correlation_over(legs, calendar["month"])]


def test_too_short_to_say() -> None:
    """Three sessions have no month, no tail and no share; nothing fails."""
    market = made_market({"stocks": [1, 0.9, 1.1], "bonds": [1, 1.1, 0.9]})
    legs, calendar = market.levels[["stocks", "bonds"]], market.calendar
    assert correlation_over(legs, calendar["month"]).months == 0
    assert math.isnan(correlation_over(legs, calendar["month"]).monthly)
    assert all(math.isnan(tail.share) for tail in tails(legs, calendar))
    assert math.isnan(share_of(0, 0).low)


@pytest.mark.parametrize("q", [0.01, 0.05, 0.10, 0.5])
@pytest.mark.parametrize("rho", [-0.99, -0.7, -0.3, -0.05, 0.1, 0.5, 0.9, 0.99])
def test_joint_tail_is_scipys(q: float, rho: float) -> None:
    """For any correlation it is scipy's bivariate normal distribution, to the digits that scipy's gives."""
    h = norm.ppf(q)
    theirs = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([h, h])
    assert joint_tail(q, rho) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("rho", np.linspace(-0.999, 0.999, 13))
def test_half_plane_is_sheppards(rho: float) -> None:
    """At the median it is 1/4 + arcsin(rho) / (2 pi): Sheppard (1899)."""
    assert joint_tail(0.5, rho) == pytest.approx(0.25 + math.asin(rho) / (2 * math.pi), abs=1e-13)


def test_joint_tail_at_the_ends() -> None:
    """Independent variables: q squared. The same variable: q. Opposite ones: never below the median, both."""
    assert joint_tail(0.05, 0.0) == pytest.approx(0.0025, abs=1e-15)
    assert joint_tail(0.05, 1.0) == pytest.approx(0.05, abs=1e-12)
    assert joint_tail(0.05, -1.0) == 0
    assert joint_tail(0.75, -1.0) == pytest.approx(0.5)
    assert joint_tail(0.05, -0.9999) == pytest.approx(0, abs=1e-12)


def test_without_a_correlation_there_is_no_joint_tail() -> None:
    """No correlation, no tail; nor of what is none."""
    assert all(math.isnan(joint_tail(0.05, value)) for value in (float("nan"), 1.5, -1.5))


def test_spells_by_hand() -> None:
    """Unknown, two positive, three negative, zero, one negative: three spells, the zero and the unknown in none."""
    correlation = pd.Series([np.nan, 0.2, 0.1, -0.1, -0.5, -0.1, 0.0, -0.3], MONTHS)
    told = spells(correlation, pd.Series(True, MONTHS))
    assert [(spell.sign, spell.months) for spell in told] == [("positive", 2), ("negative", 3), ("negative", 1)]
    assert (told[1].start, told[1].end) == (MONTHS[3], MONTHS[5])


def test_only_month_ends_make_a_spell() -> None:
    """Sessions between month-ends carry the figure but do not count."""
    days = pd.bdate_range("2024-01-29", "2024-03-05")
    ends = pd.Series(days.isin(pd.DatetimeIndex(["2024-01-31", "2024-02-29"])), days)
    assert [spell.months for spell in spells(pd.Series(0.3, days), ends)] == [2]


def test_no_month_no_spell() -> None:
    """A window without a month-end has none."""
    assert spells(pd.Series([0.3], MONTHS[:1]), pd.Series([False], MONTHS[:1])) == []


@pytest.mark.parametrize(("value", "sign"), [(0.1, "positive"), (-0.1, "negative"), (0.0, None), (np.nan, None)])
def test_regime_is_the_sign_at_the_first_close(value: float, sign: str | None) -> None:
    """What the window's later sessions bring was not known when it began."""
    correlation = pd.Series([-9.0, value, 9.0, -9.0], MONTHS[:4])
    assert regime(correlation, Window(1, 3)) == sign


@pytest.mark.parametrize(
    ("rhythm", "sessions", "months"), [("weekly", 52, 36), ("monthly", 36, 36), ("quarterly", 40, 12)]
)
def test_correlations_of_slower_rhythms(rhythm: str, sessions: int, months: int) -> None:
    """Over a year of weeks, three years of months, ten years of quarters; and over 36 months, of quarters 12."""
    noise = np.random.default_rng(1).normal(0, 0.01, (2, 60))
    legs = pd.DataFrame(np.cumprod(1 + noise, axis=1).T, columns=["stocks", "bonds"])
    found = rolling_correlations(legs, pd.Series(True, legs.index), RHYTHMS[rhythm])
    assert list(found) == [f"correlation_{sessions}_sessions", "correlation_36_months"]
    assert [int(found[name].isna().sum()) for name in found] == [sessions, months]
    returns = legs.pct_change().to_numpy()
    assert found.iloc[-1].tolist() == pytest.approx(
        [np.corrcoef(returns[-count:].T)[0, 1] for count in (sessions, months)]
    )


def test_a_correlation_by_hand() -> None:
    """Of three returns up and down, and of none where there are two; a decade begins at the last close before it."""
    dates = pd.DatetimeIndex(["2019-12-30", "2019-12-31", "2020-01-02", "2020-01-31"])
    legs = pd.DataFrame({"stocks": [1.0, 1.1, 0.99, 1.089], "bonds": [1.0, 1.2, 1.08, 0.972]}, dates)
    ends = pd.Series([False, True, False, True], dates)
    whole = correlation_over(legs, ends)
    assert (whole.start, whole.end, whole.months) == (dates[0], dates[-1], 1)
    assert whole.by_session == pytest.approx(np.corrcoef([0.1, -0.1, 0.1], [0.2, -0.1, -0.1])[0, 1])
    assert math.isnan(whole.monthly)
    assert math.isnan(correlation_over(legs[:3], ends[:3]).by_session)
    assert [(one.start, one.end) for one in by_decade(legs, ends)] == [(dates[0], dates[1]), (dates[1], dates[3])]
    late = legs[:3].set_index(pd.DatetimeIndex(["2019-12-31", "2020-01-02", "2020-01-03"]))
    assert [(one.start, one.end) for one in by_decade(late, ends[:3])] == [(late.index[0], late.index[2])]
