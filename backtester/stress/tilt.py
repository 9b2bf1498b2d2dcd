"""Joint sell-offs k times as frequent: blocks of the past are resampled, with unequal probabilities of their starts.

1. `expected_sell_offs` gives each session the number of joint sell-offs that a block which starts there is expected to
   hold.
2. `start_chances` makes the probability of each start proportional to exp(theta x that number, standardised). Of all
   probabilities with the same expected number these have the largest entropy.
3. `TiltSearch.find` finds the theta at which pilot paths hold k times the joint sell-offs of paths with equal
   probabilities. They are counted on the paths, since the seams between blocks cut some windows and make new ones.
4. `draw_path_rows` draws the sessions of a path. The lengths of blocks are geometric and the same for every k.

No window is copied into the history: copies beside each other would cluster.

After Politis and Romano (1994), JASA 89, 1303-1313, with unequal probabilities of the starts.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backtester.analysis.sell_offs import joint_sell_offs
from backtester.analysis.sell_offs_kernel import Legs, Rule
from backtester.arrays import Array, Integers
from backtester.errors import ScenarioError
from backtester.stress.paths_kernel import fill_levels, fill_rows

PILOT_PATHS = 200
MOST_SEARCH_STEPS = 24
TILT_TOLERANCE = 0.01  # of k, which pilot paths estimate no better
SMALLEST_RATIO = 1e-3  # the smallest ratio whose logarithm is taken
STEEPEST_THETA = (
    200.0  # theta, in units of one over the spread of the contents: beyond it hardly more than one start is drawn
)


@dataclass(frozen=True, eq=False)
class BlockSource:
    """The sessions that blocks are drawn from: the legs' and the pair's session returns (n, 3) and the windows (W, 2)
    among their n + 1 closes; the mean length of blocks; and the rule of a joint sell-off."""

    returns: Array
    windows: Integers
    block_sessions: int
    rule: Rule

    @property
    def sessions(self) -> int:
        """The number of returns."""
        return len(self.returns)


def expected_sell_offs(blocks: BlockSource) -> Array:
    """The expected joint sell-offs (n,) in a block that starts at each return, over its geometric length; a window
    counts as one, spread evenly over its sessions."""
    marks = np.zeros(blocks.sessions)
    for start, end in blocks.windows.tolist():
        marks[start:end] += 1 / (end - start)
    stay, held = 1 - 1 / blocks.block_sessions, 0.0
    found = np.zeros(blocks.sessions)
    for _ in range(2):  # the second time with the start of the past after its end, where blocks go on
        for place in range(blocks.sessions - 1, -1, -1):
            found[place] = held = marks[place] + stay * held
        held /= 1 - stay**blocks.sessions
    return found


def start_chances(held: Array, theta: float) -> Array:
    """The chance (n,) of each start, proportional to exp(theta x held / standard deviation of `held`)."""
    spread = float(held.std())
    if spread == 0:
        return np.full(len(held), 1 / len(held))
    raised = np.exp(theta * (held - (held.max() if theta > 0 else held.min())) / spread)
    return np.asarray(raised / raised.sum(), np.float64)


def draw_path_rows(sums: Array, block_sessions: int, sessions: int, seed: tuple[int, int]) -> Integers:
    """The places (T,) of a path's returns among the past's; `sums` (n,) are running sums of the chances of starts.

    The lengths of blocks depend on the seed alone, so that they are the same at every k."""
    chance = np.random.default_rng(list(seed))
    is_first = chance.random(sessions) < 1 / block_sessions
    is_first[0] = True
    starts = sums.searchsorted(chance.random(np.count_nonzero(is_first)), side="right")
    rows = np.empty(sessions, np.int64)
    fill_rows(is_first, starts, len(sums), rows)
    return rows


def count_windows(blocks: BlockSource, rows: Integers) -> int:
    """The number of joint sell-offs of a path, found by the rule on the path itself."""
    levels = np.empty((3, len(rows) + 1))
    fill_levels(blocks.returns, rows, levels)
    return len(joint_sell_offs(Legs(*levels), blocks.rule))


def mean_windows(blocks: BlockSource, chances: Array, sessions: int, seed: int) -> float:
    """The mean number of joint sell-offs over the pilot paths."""
    sums = np.cumsum(chances)
    drawn = (draw_path_rows(sums, blocks.block_sessions, sessions, (seed, number)) for number in range(PILOT_PATHS))
    return float(np.mean([count_windows(blocks, rows) for rows in drawn]))


@dataclass(frozen=True)
class TiltSearch:
    """A search for theta on pilot paths of so many sessions.

    `known` has, for each theta that was tried, the frequency of joint sell-offs over that at 0, so that later searches
    start from earlier ones."""

    blocks: BlockSource
    sessions: int
    seed: int
    known: dict[float, float] = field(default_factory=lambda: {0.0: 1.0})

    @cached_property
    def held(self) -> Array:
        """The contents (n,) of blocks."""
        return expected_sell_offs(self.blocks)

    @cached_property
    def usual(self) -> float:
        """The mean number of joint sell-offs with equal chances. Raise ScenarioError if there is none."""
        found = mean_windows(self.blocks, start_chances(self.held, 0.0), self.sessions, self.seed)
        if found == 0:
            raise ScenarioError("the history has no joint sell-off, so none can come more often; choose a longer one")
        return found

    def ratio(self, theta: float) -> float:
        """The frequency of joint sell-offs at a theta over that at 0."""
        if theta not in self.known:
            counted = mean_windows(self.blocks, start_chances(self.held, theta), self.sessions, self.seed)
            self.known[theta] = counted / self.usual
        return self.known[theta]

    def find(self, times: float) -> Array:
        """The chance (n,) of each start at which joint sell-offs are `times` as frequent as with equal chances.

        Raise ScenarioError if no weights make them so.
        """
        if times == 1:
            return start_chances(self.held, 0.0)
        low, high = self._around(times)
        for _ in range(MOST_SEARCH_STEPS):
            near = min(low, high, key=lambda theta: abs(self.ratio(theta) - times))
            if abs(self.ratio(near) - times) <= TILT_TOLERANCE * times:
                break
            below, above = (np.log(max(self.ratio(theta), SMALLEST_RATIO) / times) for theta in (low, high))
            middle = low + float(np.clip(below / (below - above), 0.1, 0.9)) * (high - low)  # a line in logs
            low, high = (middle, high) if self.ratio(middle) < times else (low, middle)
        return start_chances(self.held, near)

    def _around(self, times: float) -> tuple[float, float]:
        """The two nearest known thetas at which joint sell-offs are less, and at least, `times` as frequent."""
        sign, reach = (1.0 if times > 1 else -1.0), 1.0
        while self.usual and sign * (self.ratio(sign * reach) - times) < 0:
            reach *= 2
            if reach > STEEPEST_THETA:
                raise ScenarioError(
                    f"joint sell-offs cannot be {times:g} times as frequent as in this history: weights of block "
                    f"starts reach {self.ratio(sign * STEEPEST_THETA):.1f} times; choose a k inside that"
                )
        rarer = [theta for theta, ratio in self.known.items() if ratio < times]
        high = min(theta for theta, ratio in self.known.items() if ratio >= times and theta > min(rarer))
        return max(theta for theta in rarer if theta < high), high


def find_tilt(blocks: BlockSource, times: float, sessions: int, seed: int) -> Array:
    """The chance (n,) of each start at which joint sell-offs are `times` as frequent as with equal chances.

    Raise ScenarioError if no weights make them so.
    """
    return TiltSearch(blocks, sessions, seed).find(times)
