"""Blocks with weighted starts: k times as many joint sell-offs, blocks as long as ever, and what cannot be reached."""

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from backtester.analysis.pair import DEFAULT_PAIR_SETTINGS
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.arrays import Array
from backtester.errors import ScenarioError
from backtester.histories.market import Market
from backtester.stress import tilt
from backtester.stress.frequency import make_path_source
from backtester.stress.tilt import (
    BlockSource,
    draw_path_rows,
    expected_sell_offs,
    find_tilt,
    mean_windows,
    start_chances,
)
from witness import sell_offs as witness

YEARS_20 = 5040


@pytest.fixture(scope="module")
def blocks(us: Market) -> BlockSource:
    """Those of the embedded history."""
    return make_path_source(us, 0, DEFAULT_PAIR_SETTINGS, ["stocks", "bonds"]).blocks


def test_contents_are_those_of_geometric_blocks() -> None:
    """By hand: a window of one session in a past of four, blocks of two on average, round and round."""
    found = expected_sell_offs(BlockSource(np.zeros((4, 3)), np.array([[1, 2]]), 2, Rule(-0.05, -0.005)))
    once_round = 1 / (1 - 0.5**4)
    assert found == pytest.approx([0.5 * once_round, once_round, 0.125 * once_round, 0.25 * once_round])


def test_the_whole_of_the_past_holds_every_window_once(blocks: BlockSource) -> None:
    """With equal chances a session lies in as many windows as the past has, however blocks are cut."""
    assert expected_sell_offs(blocks).mean() * blocks.sessions / blocks.block_sessions == pytest.approx(21)
    assert start_chances(expected_sell_offs(blocks), 0.0) == pytest.approx(
        np.full(blocks.sessions, 1 / blocks.sessions)
    )


@pytest.mark.parametrize("times", [0.5, 2.0, 3.0])
def test_windows_are_k_times_as_frequent(blocks: BlockSource, times: float) -> None:
    """Counted anew on paths of another seed, within sampling error: some 4% with 300 paths."""
    chances = find_tilt(blocks, times, YEARS_20, 1)
    usual, often = (
        mean_windows(blocks, one, YEARS_20, 2) for one in (start_chances(expected_sell_offs(blocks), 0.0), chances)
    )
    assert often / usual == pytest.approx(times, rel=0.06)
    assert chances.sum() == pytest.approx(1)
    assert chances.min() > 0, "every session can still begin a block"


def test_frequency_is_counted_by_the_plain_definition(blocks: BlockSource) -> None:
    """At k = 2 the list of every window, taken greedily, finds twice as many on the same seeds: 24 paths, within a
    quarter."""
    found = []
    for chances in (start_chances(expected_sell_offs(blocks), 0.0), find_tilt(blocks, 2.0, YEARS_20, 1)):
        total = 0
        for number in range(24):
            level, levels = np.ones(3), [np.ones(3)]
            for row in draw_path_rows(np.cumsum(chances), blocks.block_sessions, YEARS_20, (3, number)).tolist():
                level = level * (1 + blocks.returns[row])
                levels.append(level)
            total += len(witness.joint_sell_offs(Legs(*np.array(levels).T), blocks.rule))
        found.append(total)
    assert found[1] / found[0] == pytest.approx(2, rel=0.25)


def test_blocks_are_as_long_at_every_k(blocks: BlockSource) -> None:
    """The same seed draws the same lengths, whatever the weights; on average those asked for."""
    even, often = start_chances(expected_sell_offs(blocks), 0.0), start_chances(expected_sell_offs(blocks), 2.0)
    counts = []
    for number in range(60):
        seams = [
            np.flatnonzero(
                (
                    np.diff(draw_path_rows(np.cumsum(one), blocks.block_sessions, YEARS_20, (1, number)))
                    % blocks.sessions
                )
                != 1
            )
            for one in (even, often)
        ]
        assert len(np.setxor1d(*seams)) <= 2, "but for a block that happens to go on where the last one ended"
        counts.append(len(seams[0]) + 1)
    assert YEARS_20 / np.mean(counts) == pytest.approx(blocks.block_sessions, rel=0.1)


def test_what_cannot_be_reached_is_refused(blocks: BlockSource) -> None:
    """No weights make joint sell-offs ten times as frequent; how far they reach is said."""
    with pytest.raises(ScenarioError, match=r"cannot be 10 times as frequent .* reach 3\.[5-9] times"):
        find_tilt(blocks, 10, YEARS_20, 1)


def test_a_past_without_windows_is_refused() -> None:
    """Where there is no joint sell-off none can come more often."""
    calm = BlockSource(np.zeros((300, 3)), np.zeros((0, 2), np.int64), 63, Rule(-0.05, -0.005))
    with pytest.raises(ScenarioError, match="the history has no joint sell-off"):
        find_tilt(calm, 2, 252, 1)
    assert find_tilt(calm, 1, 252, 1) == pytest.approx(np.full(300, 1 / 300))


def find_among(
    monkeypatch: pytest.MonkeyPatch, count: Callable[[float], float], *asked: float
) -> tuple[list[float], list[float]]:
    """The thetas tried, in order, and those found for each frequency, where paths have `count` windows at a theta.

    Contents of 0 and 1 spread by 1/2: the chances' ratio is exp(2 theta).
    """
    tried: list[float] = []

    def theta(chances: Array) -> float:
        return round(float(np.log(chances[1] / chances[0])) / 2, 9)

    def mean(blocks: BlockSource, chances: Array, sessions: int, seed: int) -> float:
        assert (sessions, seed) == (252, 7)
        tried.append(theta(chances))
        return count(tried[-1])

    monkeypatch.setattr(tilt, "mean_windows", mean)
    tilts = tilt.TiltSearch(BlockSource(np.zeros((2, 3)), np.zeros((0, 2), np.int64), 63, Rule(-0.05, -0.005)), 252, 7)
    monkeypatch.setitem(tilts.__dict__, "expected", np.array([0.0, 1.0]))
    return tried, [theta(tilts.find(times)) for times in asked]


@pytest.mark.parametrize(
    ("count", "times", "tried", "found"),
    [
        (np.exp, 1.0, [], 0.0),
        (lambda theta: 3 * np.exp(theta), 2.0, [0, 1, math.log(2)], math.log(2)),
        (np.exp, 0.5, [0, -1, -math.log(2)], -math.log(2)),
        (np.exp, math.exp(-3), [0, -1, -2, -4, -3], -3),
        (lambda theta: 1 + 100 * theta, 100.0, [0, 1], 1),
        (np.exp, math.e / 1.0099, [0, 1], 1),
        (np.exp, math.e / 1.0102, [0, 1, 0.9, 1 - math.log(1.0102)], 1 - math.log(1.0102)),
        (lambda theta: 1 + theta, 2.0, [0, 1], 1),
        (lambda theta: 1 + 9 * theta**0.125, 9.9, [0, 1, 0.9], 0.9),
        (lambda theta: {0.0: 1.0, 1.0: 1000.0}.get(theta, 1.1), 1.1, [0, 1, 0.1], 0.1),
        (lambda theta: 1.0 if theta == 0 else 0.0 if theta == -1 else 0.5, 0.5, [0, -1, -0.100343332], -0.100343332),
    ],
)
def test_thetas_by_hand(
    monkeypatch: pytest.MonkeyPatch, count: Callable[[float], float], times: float, tried: list[float], found: float
) -> None:
    """Doubled until it reaches; then along a line in logs, from a tenth to nine tenths of the way, to 1% of k."""
    seen, [theta] = find_among(monkeypatch, count, times)
    assert seen == pytest.approx(tried, abs=1e-8)
    assert theta == pytest.approx(found, abs=1e-8)


def test_what_was_tried_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest thetas on both sides are those of any frequency asked before."""
    tried, found = find_among(monkeypatch, np.exp, math.exp(3), math.exp(1.5), math.exp(3))
    assert tried == [0, 1, 2, 4, 3, 1.5]
    assert found == pytest.approx([3, 1.5, 3])


def test_no_more_than_so_many_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no theta comes near, 24 between both ends, a tenth or more of the way each; then the nearest is taken."""
    tried, [found] = find_among(monkeypatch, lambda theta: 1.0 if theta < 0.5 else 10.0, 3.0)
    assert len(tried) == 2 + 24
    assert found == max(theta for theta in tried if theta < 0.5)


def test_steepest_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doubled up to 128; how far 200 reaches is said."""
    with pytest.raises(ScenarioError, match=r"be 2 times as frequent .* reach 1\.5 times"):
        find_among(monkeypatch, lambda theta: 1.5 if theta == 200 else 1.0, 2.0)
    tried, [found] = find_among(monkeypatch, lambda theta: 1 + theta / 100, 2.25)
    assert (tried, found) == ([0, 1, 2, 4, 8, 16, 32, 64, 128, *tried[9:]], pytest.approx(125, abs=2.5))


@pytest.mark.parametrize(("theta", "chances"), [(math.log(3) / 2, [0.25, 0.75]), (-math.log(3) / 2, [0.75, 0.25])])
def test_chances_by_hand(theta: float, chances: list[float]) -> None:
    """Contents of 1 and 3 spread by 1: the one is exp(2 theta) times as likely; without a spread all are alike."""
    assert start_chances(np.array([1.0, 3.0]), theta) == pytest.approx(chances)
    assert start_chances(np.array([1.0, 3.0]), 1000 * theta).tolist() == [float(theta < 0), float(theta > 0)]
    assert start_chances(np.full(4, 0.1), theta).tolist() == [0.25] * 4


def test_a_path_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws below 1/4 begin a block of four on average, the first always; starts are where the running sums say."""
    draws = [np.array([0.9, 0.25, 0.249, 0.5, 0.1, 0.7]), np.array([0.2, 0.5, 0.999])]
    chance = SimpleNamespace(random=lambda count: draws.pop(0)[:count])
    monkeypatch.setattr(np.random, "default_rng", lambda seed: chance)
    assert draw_path_rows(np.array([0.25, 0.5, 0.75, 1.0]), 4, 6, (1, 2)).tolist() == [0, 1, 2, 3, 3, 0]


def test_the_mean_of_pilots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pilot is drawn by the seed and its number; a window is counted on the legs' and the pair's levels."""
    monkeypatch.setattr(tilt, "PILOT_PATHS", 3)
    monkeypatch.setattr(
        tilt, "draw_path_rows", lambda sums, block, sessions, seed: np.array([*sums, block, sessions, *seed])
    )
    monkeypatch.setattr(tilt, "count_windows", lambda blocks, rows: float(rows @ [100000, 10000, 1000, 100, 10, 1]))
    made = BlockSource(
        np.array([[-0.06, -0.01, -0.04], [0.02, 0.01, 0.015]]), np.zeros((0, 2), np.int64), 3, Rule(-0.05, -0.005)
    )
    assert mean_windows(made, np.array([0.25, 0.75]), 2, 5) == 25000 + 10000 + 3000 + 200 + 50 + 1
    monkeypatch.undo()
    assert tilt.count_windows(made, np.array([1, 0, 1, 1])) == 1
    assert tilt.count_windows(made, np.array([1, 1, 1, 1])) == 0
