"""Blocks with weighted starts: k times as many joint sell-offs, blocks as long as ever, and what cannot be reached."""

import numpy as np
import pytest

from backtester.analysis.pair import USUAL
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.errors import ScenarioError
from backtester.histories.market import Market
from backtester.stress.frequency import make_deck
from backtester.stress.tilt import Blocks, contents, draw, find_tilt, mean_windows, tilted
from witness import sell_offs as witness

YEARS_20 = 5040


@pytest.fixture(scope="module")
def blocks(us: Market) -> Blocks:
    """Those of the embedded history."""
    return make_deck(us, 0, USUAL, ["stocks", "bonds"]).blocks


def test_contents_are_those_of_geometric_blocks() -> None:
    """By hand: a window of one session in a past of four, blocks of two on average, round and round."""
    found = contents(Blocks(np.zeros((4, 3)), np.array([[1, 2]]), 2, Rule(-0.05, -0.005)))
    once_round = 1 / (1 - 0.5**4)
    assert found == pytest.approx([0.5 * once_round, once_round, 0.125 * once_round, 0.25 * once_round])


def test_the_whole_of_the_past_holds_every_window_once(blocks: Blocks) -> None:
    """With equal chances a session lies in as many windows as the past has, however blocks are cut."""
    assert contents(blocks).mean() * blocks.sessions / blocks.block_sessions == pytest.approx(21)
    assert tilted(contents(blocks), 0.0) == pytest.approx(np.full(blocks.sessions, 1 / blocks.sessions))


@pytest.mark.parametrize("times", [0.5, 2.0, 3.0])
def test_windows_are_k_times_as_frequent(blocks: Blocks, times: float) -> None:
    """Counted anew on paths of another seed, within sampling error: some 4% with 300 paths."""
    chances = find_tilt(blocks, times, YEARS_20, 1)
    usual, often = (mean_windows(blocks, one, YEARS_20, 2) for one in (tilted(contents(blocks), 0.0), chances))
    assert often / usual == pytest.approx(times, rel=0.06)
    assert chances.sum() == pytest.approx(1)
    assert chances.min() > 0, "every session can still begin a block"


def test_frequency_is_counted_by_the_plain_definition(blocks: Blocks) -> None:
    """At k = 2 the list of every window, taken greedily, finds twice as many on the same seeds: 24 paths, within a
    quarter."""
    found = []
    for chances in (tilted(contents(blocks), 0.0), find_tilt(blocks, 2.0, YEARS_20, 1)):
        total = 0
        for number in range(24):
            level, levels = np.ones(3), [np.ones(3)]
            for row in draw(np.cumsum(chances), blocks.block_sessions, YEARS_20, (3, number)).tolist():
                level = level * (1 + blocks.returns[row])
                levels.append(level)
            total += len(witness.joint_sell_offs(Legs(*np.array(levels).T), blocks.rule))
        found.append(total)
    assert found[1] / found[0] == pytest.approx(2, rel=0.25)


def test_blocks_are_as_long_at_every_k(blocks: Blocks) -> None:
    """The same seed draws the same lengths, whatever the weights; on average those asked for."""
    even, often = tilted(contents(blocks), 0.0), tilted(contents(blocks), 2.0)
    counts = []
    for number in range(60):
        seams = [
            np.flatnonzero(
                (np.diff(draw(np.cumsum(one), blocks.block_sessions, YEARS_20, (1, number))) % blocks.sessions) != 1
            )
            for one in (even, often)
        ]
        assert len(np.setxor1d(*seams)) <= 2, "but for a block that happens to go on where the last one ended"
        counts.append(len(seams[0]) + 1)
    assert YEARS_20 / np.mean(counts) == pytest.approx(blocks.block_sessions, rel=0.1)


def test_what_cannot_be_reached_is_refused(blocks: Blocks) -> None:
    """No weights make joint sell-offs ten times as frequent; how far they reach is said."""
    with pytest.raises(ScenarioError, match=r"cannot be 10 times as frequent .* reach 3\.[5-9] times"):
        find_tilt(blocks, 10, YEARS_20, 1)


def test_a_past_without_windows_is_refused() -> None:
    """Where there is no joint sell-off none can come more often."""
    calm = Blocks(np.zeros((300, 3)), np.zeros((0, 2), np.int64), 63, Rule(-0.05, -0.005))
    with pytest.raises(ScenarioError, match="the history has no joint sell-off"):
        find_tilt(calm, 2, 252, 1)
    assert find_tilt(calm, 1, 252, 1) == pytest.approx(np.full(300, 1 / 300))
