"""The compiled sell-offs against the readable ones."""

import numpy as np
import pandas as pd
from backtester.analysis.selloffs_kernel import Legs, joint_windows, other_windows
from hypothesis import given
from hypothesis import strategies as st

from backtester.analysis.lenses import Thresholds
from backtester.analysis.pair import Pair, reference_pair
from backtester.analysis.selloffs import joint_selloffs, other_selloffs
from backtester.arrays import Array, Integers
from backtester.histories.market import load_market

Found = list[tuple[int, int]]


def legs_of(pair: Pair) -> Legs:
    return Legs(*(np.ascontiguousarray(level, dtype=float) for level in (pair.stocks, pair.bonds, pair.nav)))


def made_pair(moves: Array) -> Pair:
    """Levels of the session returns of stocks and bonds (T, 2)."""
    dates = pd.bdate_range("2000-01-03", periods=len(moves) + 1)
    stocks, bonds = (pd.Series([1.0, *np.cumprod(1 + leg)], dates) for leg in moves.T)
    nav = 0.6 * stocks + 0.4 * bonds
    return Pair(stocks, bonds, nav, pd.DataFrame(0.0, dates, ["stocks", "bonds"]))


def told(windows: Integers) -> Found:
    return [(int(start), int(end)) for start, end in windows]


def agree(pair: Pair, thresholds: Thresholds) -> Found:
    """The joint windows, once both ways have found the same ones of both kinds."""
    joint = joint_selloffs(pair, thresholds)
    others = other_selloffs(pair, joint, thresholds)
    found = joint_windows(legs_of(pair), thresholds)
    assert told(found) == [(window.start, window.end) for window in joint]
    assert told(other_windows(legs_of(pair), found, thresholds)) == [(window.start, window.end) for window in others]
    return told(found)


def test_finds_those_of_the_embedded_history() -> None:
    """The 21 joint sell-offs, and the other ones, session for session."""
    assert len(agree(reference_pair(load_market("us")), Thresholds())) == 21


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 400),
    st.sampled_from([Thresholds(), Thresholds(-0.03, -0.005), Thresholds(-0.05, -0.02), Thresholds(-0.02, 0.01)]),
)
def test_finds_those_of_any_walk(seed: int, sessions: int, thresholds: Thresholds) -> None:
    """On random walks of every length, at several thresholds, the compiled windows are the readable ones."""
    agree(made_pair(np.random.default_rng(seed).normal(0, [0.02, 0.006], (sessions, 2))), thresholds)


@given(st.integers(0, 2**32 - 1), st.integers(1, 300))
def test_equals_go_to_the_earlier_and_the_shorter(seed: int, sessions: int) -> None:
    """Where moves are of few sizes, or none at all, many windows are worst alike, and both take the same one."""
    steps = np.random.default_rng(seed).choice([0.0, 0.0, -0.5, 1.0], (sessions, 2))
    agree(made_pair(steps), Thresholds())


def test_a_single_session_has_no_windows() -> None:
    """One level, no return, no window."""
    assert agree(made_pair(np.empty((0, 2))), Thresholds()) == []


def test_levels_stay_as_they_were() -> None:
    """Finding windows changes no level."""
    legs = legs_of(made_pair(np.random.default_rng(1).normal(0, 0.02, (300, 2))))
    before = [level.copy() for level in legs]
    other_windows(legs, joint_windows(legs, Thresholds()), Thresholds())
    for level, copy in zip(legs, before, strict=True):
        np.testing.assert_array_equal(level, copy)
