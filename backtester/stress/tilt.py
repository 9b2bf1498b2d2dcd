"""Blocks of the past whose starts are re-weighted, so that joint sell-offs are k times as frequent.

1. `contents` gives each session the joint sell-offs that a block which starts there holds on average.
2. `tilted` weights starts by exp(theta x contents): of all weights with that mean the most even ones.
3. `find_tilt` finds the theta at which pilot resamples hold k times the joint sell-offs of unweighted ones: counted,
   not expected, since seams cut windows and make new ones.
4. `draw` draws the sessions of a path. Lengths of blocks are geometric and the same at every k, and no window is copied
   into the history: copies beside each other would cluster.

After Politis and Romano (1994), JASA 89, 1303-1313, with unequal chances of the starts.
"""

from dataclasses import dataclass

import numpy as np

from backtester.analysis.selloffs import Legs, Rule, joint_selloffs
from backtester.arrays import Array, Integers
from backtester.errors import ScenarioError

PILOTS = 200
ROUNDS = 24
CLOSE = 0.005  # of k
STEEPEST = 200.0  # theta, in units of one over the spread of the contents: beyond it one start is drawn again and again


@dataclass(frozen=True, eq=False)
class Blocks:
    """What is drawn from: the legs' and the pair's session returns (n, 3) and the windows (W, 2) among their n + 1
    closes; the mean length of blocks; and the rule of a joint sell-off."""

    returns: Array
    windows: Integers
    block_sessions: int
    rule: Rule

    @property
    def sessions(self) -> int:
        """How many returns there are."""
        return len(self.returns)


def contents(blocks: Blocks) -> Array:
    """The joint sell-offs (n,) in a block that starts at each return, on average over its geometric length; each window
    counts as one, spread over its sessions."""
    marks = np.zeros(blocks.sessions)
    for start, end in blocks.windows.tolist():
        marks[start:end] += 1 / (end - start)
    stay, held = 1 - 1 / blocks.block_sessions, 0.0
    found = np.zeros(blocks.sessions)
    for _ in range(2):  # the second time with what a block meets that goes on round the end
        for place in range(blocks.sessions - 1, -1, -1):
            found[place] = held = marks[place] + stay * held
        held /= 1 - stay**blocks.sessions
    return found


def tilted(held: Array, theta: float) -> Array:
    """The chance (n,) of each start, weighted by what it holds."""
    spread = float(held.std())
    if spread == 0:
        return np.full(len(held), 1 / len(held))
    raised = np.exp(theta * (held - (held.max() if theta > 0 else held.min())) / spread)
    return np.asarray(raised / raised.sum(), np.float64)


def draw(chances: Array, block_sessions: int, sessions: int, seed: tuple[int, int]) -> Integers:
    """The places (T,) of a path's returns among the past's; at another k a seed's blocks have the same lengths."""
    chance = np.random.default_rng(list(seed))
    is_first = chance.random(sessions) < 1 / block_sessions
    is_first[0] = True
    places = np.flatnonzero(is_first)
    count, chosen = len(chances), chance.random(len(places))
    starts = np.searchsorted(np.cumsum(chances), chosen, side="right").clip(max=count - 1)
    drawn: Integers = (np.repeat(starts - places, np.diff(places, append=sessions)) + np.arange(sessions)) % count
    return drawn


def count_windows(blocks: Blocks, rows: Integers) -> int:
    """The joint sell-offs of a path, found anew."""
    levels = np.ones((3, len(rows) + 1))
    levels[:, 1:] = np.cumprod(1 + blocks.returns[rows], axis=0).T
    return len(joint_selloffs(Legs(*levels), blocks.rule))


def mean_windows(blocks: Blocks, chances: Array, sessions: int, seed: int) -> float:
    """The mean number of joint sell-offs over the pilot paths."""
    drawn = (draw(chances, blocks.block_sessions, sessions, (seed, number)) for number in range(PILOTS))
    return float(np.mean([count_windows(blocks, rows) for rows in drawn]))


def find_tilt(blocks: Blocks, times: float, sessions: int, seed: int) -> Array:
    """The chance (n,) of each start at which joint sell-offs are `times` as frequent as with equal chances.

    Raise ScenarioError if no weights make them so.
    """
    held = contents(blocks)
    even = tilted(held, 0.0)
    if times == 1:
        return even
    usual = mean_windows(blocks, even, sessions, seed)
    if usual == 0:
        raise ScenarioError("the history has no joint sell-off, so none can come more often; choose a longer one")
    sign, reach = (1.0 if times > 1 else -1.0), 1.0
    while sign * (_at(blocks, held, sign * reach, sessions, seed) / usual - times) < 0:
        reach *= 2
        if reach > STEEPEST:
            most = _at(blocks, held, sign * STEEPEST, sessions, seed) / usual
            raise ScenarioError(
                f"joint sell-offs cannot be {times:g} times as frequent as in this history: weights of block starts "
                f"reach {most:.1f} times; choose a k inside that"
            )
    low, high, middle = 0.0, sign * reach, sign * reach
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        ratio = _at(blocks, held, middle, sessions, seed) / usual
        if abs(ratio - times) <= CLOSE * times:
            break
        low, high = (middle, high) if sign * (ratio - times) < 0 else (low, middle)
    return tilted(held, middle)


def _at(blocks: Blocks, held: Array, theta: float, sessions: int, seed: int) -> float:
    """The mean number of joint sell-offs at a theta."""
    return mean_windows(blocks, tilted(held, theta), sessions, seed)
