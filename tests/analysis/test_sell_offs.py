"""Sell-offs: by hand, against the plain definition, and by property."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtester.analysis.pair import reference_pair
from backtester.analysis.sell_offs import (
    JointSellOffs,
    OriginalLegs,
    ResampledLegs,
    joint_sell_offs,
    other_sell_offs,
    stock_sell_offs,
)
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.arrays import Array, Integers
from backtester.histories.market import Market
from builders import made_market
from witness import sell_offs

USUAL = Rule(-0.05, -0.005)
LOWER = Rule(-0.03, -0.002)
RULES = st.sampled_from([USUAL, LOWER, Rule(-0.05, -0.02), Rule(-0.02, 0.01), Rule(-0.03, -0.005, 4, 7)])


def legs_from(stocks: list[float], bonds: list[float]) -> Legs:
    """The legs with those session returns and their pair, the first session at 1."""
    levels = {name: list(np.cumprod([1.0, *(1 + np.array(m))])) for name, m in (("stocks", stocks), ("bonds", bonds))}
    return reference_pair(made_market(levels)).levels


def walk(moves: Array) -> Legs:
    """Levels of the session returns of stocks and bonds (T, 2), and of 60/40 that is never brought back."""
    stocks, bonds = (np.array([1.0, *np.cumprod(1 + leg)]) for leg in moves.T)
    return Legs(stocks, bonds, 0.6 * stocks + 0.4 * bonds)


def joint(legs: Legs, rule: Rule = USUAL) -> list[tuple[int, int]]:
    return pairs_of(joint_sell_offs(legs, rule))


def other(legs: Legs, taken: list[tuple[int, int]], rule: Rule = USUAL) -> list[tuple[int, int]]:
    return pairs_of(other_sell_offs(legs, rule, np.array(taken, np.int64).reshape(-1, 2)))


def pairs_of(windows: Integers) -> list[tuple[int, int]]:
    return [(int(start), int(end)) for start, end in windows]


def agree(legs: Legs, rule: Rule) -> int:
    """How many joint sell-offs there are, once the windows of all three kinds are those of the definition."""
    found = joint_sell_offs(legs, rule)
    np.testing.assert_array_equal(found, sell_offs.joint_sell_offs(legs, rule))
    np.testing.assert_array_equal(other_sell_offs(legs, rule, found), sell_offs.other_sell_offs(legs, rule, found))
    np.testing.assert_array_equal(stock_sell_offs(legs, rule), sell_offs.stock_sell_offs(legs, rule))
    return len(found)


def test_one_day_is_a_window() -> None:
    """Stocks -6% and bonds -1% in one session, calm around it, is one window of one session."""
    assert joint(legs_from([0.001] * 5 + [-0.06] + [0.001] * 5, [0.0] * 5 + [-0.01] + [0.0] * 5)) == [(5, 6)]


def test_both_legs_must_fall() -> None:
    """Stocks -6% with bonds up is an other sell-off and a stock sell-off, not a joint one."""
    legs = legs_from([0.001] * 5 + [-0.06] + [0.001] * 5, [0.001] * 11)
    assert joint(legs) == []
    assert other(legs, []) == [(5, 6)]
    assert pairs_of(stock_sell_offs(legs, USUAL)) == [(5, 6)]


@pytest.mark.parametrize("most", [21, 10, 1])
def test_a_window_holds_at_most_so_many_returns(most: int) -> None:
    """A slow fall of both legs over 40 sessions gives windows of 21 sessions, or of what the rule says."""
    legs = legs_from([-0.004] * 40, [-0.001] * 40)
    windows = joint(legs, Rule(-0.004, -0.0005, most, 41))
    assert [end - start for start, end in windows] == [most]


def test_thresholds_themselves_count() -> None:
    """Exactly -50% of stocks and -25% of bonds are falls of at least that much."""
    legs, rule = legs_from([-0.5], [-0.25]), Rule(-0.5, -0.25)
    assert joint(legs, rule) == [(0, 1)]
    assert other(legs, [], rule) == []


@pytest.mark.parametrize(("calm", "count"), [(20, 1), (21, 2), (22, 2)])
def test_windows_are_21_sessions_apart(calm: int, count: int) -> None:
    """Two one-day crashes are two windows from 21 calm sessions between them on."""
    stocks = [0.0, -0.06, *[0.004] * calm, -0.06, 0.0]
    bonds = [0.0, -0.01, *[0.001] * calm, -0.01, 0.0]
    assert len(joint(legs_from(stocks, bonds))) == count


def test_worst_is_taken_first() -> None:
    """Of two crashes 10 sessions apart the deeper one is the window."""
    stocks = [0.0, -0.06, *[0.01] * 10, -0.09, 0.0]
    bonds = [0.0, -0.01, *[0.002] * 10, -0.01, 0.0]
    assert joint(legs_from(stocks, bonds)) == [(12, 13)]


def test_ties_go_to_the_earlier_then_the_shorter_window() -> None:
    """Equal falls: the first in time; with a flat session after it, the window without that session."""
    moves = [0.0, -0.5, 0.0, 1.0, -0.5, 0.0]
    assert joint(legs_from(moves, moves)) == [(0, 2)]


def test_other_may_touch_a_joint_window_but_shares_no_return() -> None:
    """A stock crash right after a joint one is an other sell-off that starts at its close."""
    assert other(legs_from([0.0, -0.06, -0.06, 0.0], [0.0, -0.01, 0.02, 0.0]), [(1, 2)]) == [(2, 3)]


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 250), RULES)
def test_windows_of_any_walk_are_those_of_the_definition(seed: int, sessions: int, rule: Rule) -> None:
    """On random walks of every length, whose legs often fall together, at several rules."""
    noise = np.random.default_rng(seed)
    both = noise.normal(-0.002, 0.01, sessions)
    agree(walk(np.column_stack([both, both / 4]) + noise.normal(0, [0.012, 0.004], (sessions, 2))), rule)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 200))
def test_equals_go_to_the_earlier_and_the_shorter(seed: int, sessions: int) -> None:
    """Where moves are of few sizes, or none at all, many windows are worst alike, and both take the same one."""
    agree(walk(np.random.default_rng(seed).choice([0.0, 0.0, -0.5, 1.0], (sessions, 2))), USUAL)


def test_a_fall_that_misses_its_threshold_by_a_trillionth_is_none() -> None:
    """The quotient decides, however near a product comes to it."""
    bonds, pair = np.array([1.0, 0.9]), np.array([1.0, 0.92])
    for missed, count in ((0.0, 1), (4e-13, 0), (-4e-13, 1)):
        assert len(joint(Legs(np.array([1.0, 0.95 + missed]), bonds, pair), Rule(0.95 - 1, -0.005))) == count


def test_stocks_sell_off_though_the_pair_gained() -> None:
    """Bonds that more than make up for the stocks' fall are no joint sell-off, but another."""
    legs = legs_from([-0.1, 0.2], [0.5, 0.0])
    assert legs.pair[1] > 1
    assert (joint(legs), other(legs, [])) == ([], [(0, 1)])


def test_a_single_session_has_no_windows() -> None:
    """One level, no return, no window."""
    assert agree(walk(np.empty((0, 2))), USUAL) == 0


@given(st.integers(0, 10_000))
def test_windows_keep_their_thresholds_and_distance(seed: int) -> None:
    """Each window holds 1 to 21 sessions in which both legs fell enough, 21 sessions after the one before it."""
    legs = walk(np.random.default_rng(seed).normal(-0.001, [0.02, 0.006], (150, 2)))
    windows = joint(legs, LOWER)
    for start, end in windows:
        assert 1 <= end - start <= 21
        assert legs.stocks[end] / legs.stocks[start] - 1 <= LOWER.stocks_fall
        assert legs.bonds[end] / legs.bonds[start] - 1 <= LOWER.bonds_fall
    assert all(two[0] - one[1] >= 21 for one, two in itertools.pairwise(windows))


def test_levels_stay_as_they_were() -> None:
    """Finding windows changes no level, and no window that is given."""
    legs = walk(np.random.default_rng(1).normal(0, [0.02, 0.006], (300, 2)))
    before, found = [level.copy() for level in legs], joint_sell_offs(legs, USUAL)
    taken = found.copy()
    other_sell_offs(legs, USUAL, found)
    stock_sell_offs(legs, USUAL)
    for level, copy in zip((*legs, found), (*before, taken), strict=True):
        np.testing.assert_array_equal(level, copy)


@pytest.fixture(scope="module")
def us_legs(us: Market) -> Legs:
    return reference_pair(us).levels


@pytest.mark.parametrize(
    ("stocks", "bonds", "count"), [(-0.05, -0.005, 21), (-0.03, -0.005, 42), (-0.05, -0.01, 19), (-0.05, -0.02, 17)]
)
def test_embedded_history_has_so_many(us_legs: Legs, stocks: float, bonds: float, count: int) -> None:
    """The embedded history has 21 windows, and 42, 19 and 17 at other thresholds; all are those of the definition."""
    assert agree(us_legs, Rule(stocks, bonds)) == count


def test_embedded_history_has_the_double_whammies(us: Market, us_legs: Legs) -> None:
    """March 2020, five windows beginning from December 2021 to December 2022, and April 2025 are among them."""
    spans = [(us.sessions[start], us.sessions[end]) for start, end in joint(us_legs)]
    assert (pd.Timestamp("2020-03-04"), pd.Timestamp("2020-03-18")) in spans
    assert (pd.Timestamp("2025-04-01"), pd.Timestamp("2025-04-08")) in spans
    assert sum(pd.Timestamp("2021-12-01") <= start <= pd.Timestamp("2022-12-31") for start, _ in spans) == 5


REDRAWN = (
    *((USUAL, 1), (LOWER, 7), (Rule(-0.03, -0.005, 4, 7), 30), (Rule(-0.02, 0.01), 60), (USUAL, 160)),
    *((Rule(-0.02, -0.002, 1, 1), 3), (Rule(-0.02, -0.002, 3, 2), 1), (Rule(-0.02, -0.002, 4, 2), 7)),
)


@pytest.mark.parametrize(("seed", "rule", "block"), [(seed, *one) for seed, one in enumerate(REDRAWN)])
def test_windows_of_redrawn_legs_are_those_of_their_levels(seed: int, rule: Rule, block: int) -> None:
    """What is known of an original changes no window: in blocks of one session, of some, and of all of it twice."""
    chance = np.random.default_rng(seed)
    moves = chance.normal(0, (0.015, 0.006), (160, 2))
    original = OriginalLegs(walk(moves))
    starts = chance.integers(0, len(moves) - block + 1, 320 // block)
    rows = (starts[:, None] + np.arange(block)).ravel()
    levels = np.array([np.append(1.0, np.cumprod(level[1:][rows] / level[:-1][rows])) for level in original.legs])
    legs, resampled = Legs(*levels), ResampledLegs(original, rows)
    found = joint_sell_offs(legs, rule, resampled)
    assert len(found) > 0
    np.testing.assert_array_equal(found, joint_sell_offs(legs, rule))
    others = other_sell_offs(legs, rule, found, resampled)
    np.testing.assert_array_equal(others, other_sell_offs(legs, rule, found))
    np.testing.assert_array_equal(others, sell_offs.other_sell_offs(legs, rule, found))
    np.testing.assert_array_equal(JointSellOffs(rule)(legs, resampled), found)


@pytest.mark.parametrize(
    "rows",
    [
        np.arange(0, 160, 2),
        np.arange(160)[::-1].copy(),
        np.arange(160).reshape(2, 80).T.ravel(),
        np.repeat(range(80), 2),
    ],
    ids=["every other", "backwards", "halves side by side", "each twice"],
)
def test_only_sessions_that_follow_each_other_are_a_block(rows: Integers) -> None:
    """What jumps, returns or stands still is searched anew."""
    original = OriginalLegs(walk(np.random.default_rng(5).normal(-0.001, (0.015, 0.006), (160, 2))))
    levels = np.array([np.append(1.0, np.cumprod(level[1:][rows] / level[:-1][rows])) for level in original.legs])
    for rule in (LOWER, Rule(-0.02, -0.002, 3, 2)):
        found = joint_sell_offs(Legs(*levels), rule, ResampledLegs(original, rows))
        assert len(found) > 1
        np.testing.assert_array_equal(found, joint_sell_offs(Legs(*levels), rule))
