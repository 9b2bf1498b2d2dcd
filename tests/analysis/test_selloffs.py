"""Sell-offs: by hand, against a search of every window with the gap written out, and by property."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtester.analysis.lenses import Thresholds
from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.selloffs import joint_selloffs, other_selloffs
from backtester.analysis.windows import Window, window_return
from backtester.histories.market import Market
from builders import made_market

LOWER = Thresholds(-0.03, -0.002)


def pair_of(stocks: list[float], bonds: list[float]) -> Pair:
    """The pair of legs with those session returns, the first session at 1."""
    levels = {name: list(np.cumprod([1.0, *(1 + np.array(m))])) for name, m in (("stocks", stocks), ("bonds", bonds))}
    return reference_pair(made_market(levels))


def joint_by_search(pair: Pair, thresholds: Thresholds) -> list[Window]:
    """DESIGN section 7 word by word: every window, worst first, each 21 sessions from those taken."""
    stocks, bonds, nav = (series.to_numpy() for series in (pair.stocks, pair.bonds, pair.nav))
    found = []
    for start in range(len(nav)):
        for end in range(start + 1, min(start + 21, len(nav) - 1) + 1):
            fell = stocks[end] / stocks[start] - 1 <= thresholds.stocks
            if fell and bonds[end] / bonds[start] - 1 <= thresholds.bonds:
                found.append((nav[end] / nav[start] - 1, start, end))
    taken: list[tuple[int, int]] = []
    for _, start, end in sorted(found):
        if all(start - e1 >= 21 or s1 - end >= 21 for s1, e1 in taken):
            taken.append((start, end))
    return [Window(*window) for window in sorted(taken)]


def other_by_search(pair: Pair, joint: list[Window], thresholds: Thresholds) -> list[Window]:
    """The same with bonds above their threshold, sharing no session's return with a joint window."""
    stocks, bonds, nav = (series.to_numpy() for series in (pair.stocks, pair.bonds, pair.nav))
    found = []
    for start in range(len(nav)):
        for end in range(start + 1, min(start + 21, len(nav) - 1) + 1):
            fell = stocks[end] / stocks[start] - 1 <= thresholds.stocks
            if fell and bonds[end] / bonds[start] - 1 > thresholds.bonds:
                found.append((nav[end] / nav[start] - 1, start, end))
    taken: list[tuple[int, int]] = []
    for _, start, end in sorted(found):
        apart = all(start - e1 >= 21 or s1 - end >= 21 for s1, e1 in taken)
        if apart and all(start >= window.end or end <= window.start for window in joint):
            taken.append((start, end))
    return [Window(*window) for window in sorted(taken)]


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Pairs of 10 to 160 sessions whose legs often fall, and often together."""
    count, seed = draw(st.integers(10, 160)), draw(st.integers(0, 10_000))
    noise = np.random.default_rng(seed)
    both = noise.normal(-0.002, 0.01, count)
    return pair_of(list(both + noise.normal(0, 0.01, count)), list(both / 4 + noise.normal(0, 0.003, count)))


def test_one_day_is_a_window() -> None:
    """Stocks -6% and bonds -1% in one session, calm around it, is one window of one session."""
    pair = pair_of([0.001] * 5 + [-0.06] + [0.001] * 5, [0.0] * 5 + [-0.01] + [0.0] * 5)
    assert joint_selloffs(pair) == [Window(5, 6)]


def test_both_legs_must_fall() -> None:
    """Stocks -6% with bonds up is an other sell-off, not a joint one."""
    pair = pair_of([0.001] * 5 + [-0.06] + [0.001] * 5, [0.001] * 11)
    assert joint_selloffs(pair) == []
    assert other_selloffs(pair, []) == [Window(5, 6)]


def test_a_window_holds_at_most_21_sessions() -> None:
    """A slow fall of both legs over 40 sessions gives windows of 21 sessions, never more."""
    pair = pair_of([-0.004] * 40, [-0.001] * 40)
    assert [window.sessions for window in joint_selloffs(pair)] == [21]


def test_thresholds_themselves_count() -> None:
    """Exactly -50% of stocks and -25% of bonds are falls of at least that much."""
    pair = pair_of([-0.5], [-0.25])
    assert joint_selloffs(pair, Thresholds(-0.5, -0.25)) == [Window(0, 1)]
    assert other_selloffs(pair, [], Thresholds(-0.5, -0.25)) == []


@pytest.mark.parametrize(("calm", "count"), [(20, 1), (21, 2), (22, 2)])
def test_windows_are_21_sessions_apart(calm: int, count: int) -> None:
    """Two one-day crashes are two windows from 21 calm sessions between them on."""
    stocks = [0.0, -0.06, *[0.004] * calm, -0.06, 0.0]
    bonds = [0.0, -0.01, *[0.001] * calm, -0.01, 0.0]
    assert len(joint_selloffs(pair_of(stocks, bonds))) == count


def test_worst_is_taken_first() -> None:
    """Of two crashes 10 sessions apart the deeper one is the window."""
    stocks = [0.0, -0.06, *[0.01] * 10, -0.09, 0.0]
    bonds = [0.0, -0.01, *[0.002] * 10, -0.01, 0.0]
    assert joint_selloffs(pair_of(stocks, bonds)) == [Window(12, 13)]


def test_ties_go_to_the_earlier_then_the_shorter_window() -> None:
    """Equal falls: the first in time; with a flat session after it, the window without that session."""
    stocks, bonds = [0.0, -0.5, 0.0, 1.0, -0.5, 0.0], [0.0, -0.5, 0.0, 1.0, -0.5, 0.0]
    assert joint_selloffs(pair_of(stocks, bonds)) == [Window(0, 2)]


def test_other_may_touch_a_joint_window_but_shares_no_return() -> None:
    """A stock crash right after a joint one is an other sell-off that starts at its close."""
    pair = pair_of([0.0, -0.06, -0.06, 0.0], [0.0, -0.01, 0.02, 0.0])
    joint = [Window(1, 2)]
    assert other_selloffs(pair, joint) == [Window(2, 3)]


@settings(max_examples=40)
@given(pairs(), st.sampled_from([Thresholds(), LOWER, Thresholds(-0.05, -0.01)]))
def test_joint_equals_a_search_of_every_window(pair: Pair, thresholds: Thresholds) -> None:
    """The windows are those of the definition carried out word by word."""
    assert joint_selloffs(pair, thresholds) == joint_by_search(pair, thresholds)


@settings(max_examples=40)
@given(pairs(), st.sampled_from([Thresholds(), LOWER]))
def test_other_equals_a_search_of_every_window(pair: Pair, thresholds: Thresholds) -> None:
    """Other sell-offs are those of the definition, kept off the joint ones."""
    joint = joint_selloffs(pair, thresholds)
    assert other_selloffs(pair, joint, thresholds) == other_by_search(pair, joint, thresholds)


@given(pairs())
def test_windows_keep_their_thresholds_and_distance(pair: Pair) -> None:
    """Each window holds 1 to 21 sessions in which both legs fell enough, 21 sessions after the one before it."""
    windows = joint_selloffs(pair, LOWER)
    for window in windows:
        assert 1 <= window.sessions <= 21
        assert window_return(pair.stocks, window) <= LOWER.stocks
        assert window_return(pair.bonds, window) <= LOWER.bonds
    assert all(two.start - one.end >= 21 for one, two in itertools.pairwise(windows))


@pytest.fixture(scope="module")
def us_pair(us: Market) -> Pair:
    return reference_pair(us)


def test_embedded_history_equals_the_search(us_pair: Pair) -> None:
    """The search of all 100,000 windows of the embedded history finds the same joint and other sell-offs."""
    joint = joint_selloffs(us_pair)
    assert joint == joint_by_search(us_pair, Thresholds())
    assert other_selloffs(us_pair, joint) == other_by_search(us_pair, joint, Thresholds())


@pytest.mark.parametrize(
    ("stocks", "bonds", "count"), [(-0.05, -0.005, 21), (-0.03, -0.005, 42), (-0.05, -0.01, 19), (-0.05, -0.02, 17)]
)
def test_embedded_history_has_so_many(us_pair: Pair, stocks: float, bonds: float, count: int) -> None:
    """DESIGN section 7: 21 windows, and at other thresholds 42, 19 and 17."""
    assert len(joint_selloffs(us_pair, Thresholds(stocks, bonds))) == count


def test_embedded_history_has_the_double_whammies(us_pair: Pair) -> None:
    """March 2020, five windows beginning from December 2021 to December 2022, and April 2025 are among them."""
    dates = us_pair.nav.index
    spans = [(dates[window.start], dates[window.end]) for window in joint_selloffs(us_pair)]
    assert (pd.Timestamp("2020-03-04"), pd.Timestamp("2020-03-18")) in spans
    assert (pd.Timestamp("2025-04-01"), pd.Timestamp("2025-04-08")) in spans
    assert sum(pd.Timestamp("2021-12-01") <= start <= pd.Timestamp("2022-12-31") for start, _ in spans) == 5
