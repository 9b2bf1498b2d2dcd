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

PILOT_PATHS = 200  # on which joint sell-offs are counted in a step of the search
MOST_SEARCH_STEPS = 24
TILT_TOLERANCE = 0.01  # as a share of k: pilot paths do not estimate it better
SMALLEST_RATIO = 1e-3  # the smallest ratio whose logarithm is taken
STEEPEST_THETA = 200.0  # at this theta hardly more than one start is ever drawn


@dataclass(frozen=True, eq=False)
class BlockSource:
    """The record that blocks are drawn from.

    `returns` (n, 3) are session returns of stocks, bonds and the pair; `windows` (W, 2) are its joint sell-offs, by
    the numbers of first and last close; `block_sessions` is the mean length of blocks; `rule` defines a joint sell-off.
    """

    returns: Array
    windows: Integers
    block_sessions: int
    rule: Rule

    @property
    def sessions(self) -> int:
        """The number of returns."""
        return len(self.returns)


def expected_sell_offs(blocks: BlockSource) -> Array:
    """The expected number (n,) of joint sell-offs in a block that starts at each return; its length is geometric.

    A window counts as one, spread evenly over its returns. With m[i] the share of windows at return i and p the
    probability that a block goes on, the expectation is e[i] = m[i] + p e[i + 1]. After the last return a block goes on
    with the first.
    """
    shares = np.zeros(blocks.sessions)
    for start, end in blocks.windows.tolist():
        shares[start:end] += 1 / (end - start)
    goes_on, following = 1 - 1 / blocks.block_sessions, 0.0
    expected = np.zeros(blocks.sessions)
    for _ in range(2):  # the first pass finds e[0] as if nothing followed the last return
        for place in range(blocks.sessions - 1, -1, -1):
            expected[place] = following = shares[place] + goes_on * following
        following /= 1 - goes_on**blocks.sessions  # e[0] with all further rounds through the record
    return expected


def start_chances(expected: Array, theta: float) -> Array:
    """The probability (n,) that a block starts at each return: proportional to exp(theta x expected / its deviation).

    `expected` (n,) are `expected_sell_offs`; equal probabilities if these are all equal.
    """
    deviation = float(expected.std())
    if deviation == 0:
        return np.full(len(expected), 1 / len(expected))
    largest = expected.max() if theta > 0 else expected.min()  # subtracted, so that no exponent is above 0
    weights = np.exp(theta * (expected - largest) / deviation)
    return np.asarray(weights / weights.sum(), np.float64)


def draw_path_rows(sums: Array, block_sessions: int, sessions: int, seed: tuple[int, int]) -> Integers:
    """The places (T,) of a path's returns among the record's; `sums` (n,) are cumulative probabilities of starts.

    The lengths of blocks depend on the seed alone, so that they are the same for every k."""
    chance = np.random.default_rng(list(seed))
    is_first = chance.random(sessions) < 1 / block_sessions
    is_first[0] = True
    starts = sums.searchsorted(chance.random(np.count_nonzero(is_first)), side="right")
    rows = np.empty(sessions, np.int64)
    fill_rows(is_first, starts, len(sums), rows)
    return rows


def count_windows(blocks: BlockSource, rows: Integers) -> int:
    """The number of joint sell-offs on a path with the returns of these rows (T,)."""
    levels = np.empty((3, len(rows) + 1))
    fill_levels(blocks.returns, rows, levels)
    return len(joint_sell_offs(Legs(*levels), blocks.rule))


def mean_windows(blocks: BlockSource, chances: Array, sessions: int, seed: int) -> float:
    """The mean number of joint sell-offs over `PILOT_PATHS` paths of `sessions` sessions; `chances` (n,) of starts."""
    sums = np.cumsum(chances)
    drawn = (draw_path_rows(sums, blocks.block_sessions, sessions, (seed, number)) for number in range(PILOT_PATHS))
    return float(np.mean([count_windows(blocks, rows) for rows in drawn]))


@dataclass(frozen=True)
class TiltSearch:
    """A search for theta, the steepness of the probabilities, on pilot paths of `sessions` sessions.

    `ratios` has, for each theta that was tried, the frequency of joint sell-offs over that at theta 0. Later searches
    start from it."""

    blocks: BlockSource
    sessions: int
    seed: int
    ratios: dict[float, float] = field(default_factory=lambda: {0.0: 1.0})

    @cached_property
    def expected(self) -> Array:
        """The expected joint sell-offs (n,) in a block from each start."""
        return expected_sell_offs(self.blocks)

    @cached_property
    def untilted_mean(self) -> float:
        """The mean number of joint sell-offs with equal probabilities. Raise ScenarioError if there is none."""
        mean = mean_windows(self.blocks, start_chances(self.expected, 0.0), self.sessions, self.seed)
        if mean == 0:
            raise ScenarioError("the history has no joint sell-off, so none can come more often; choose a longer one")
        return mean

    def ratio(self, theta: float) -> float:
        """The frequency of joint sell-offs at a theta over that at theta 0."""
        if theta not in self.ratios:
            mean = mean_windows(self.blocks, start_chances(self.expected, theta), self.sessions, self.seed)
            self.ratios[theta] = mean / self.untilted_mean
        return self.ratios[theta]

    def find(self, times: float) -> Array:
        """The probability (n,) of each start with which joint sell-offs are `times` as frequent as with equal ones.

        Raise ScenarioError if they cannot be.
        """
        if times == 1:
            return start_chances(self.expected, 0.0)
        low, high = self._around(times)
        for _ in range(MOST_SEARCH_STEPS):
            near = min(low, high, key=lambda theta: abs(self.ratio(theta) - times))
            if abs(self.ratio(near) - times) <= TILT_TOLERANCE * times:
                break
            below, above = (np.log(max(self.ratio(theta), SMALLEST_RATIO) / times) for theta in (low, high))
            share = float(np.clip(below / (below - above), 0.1, 0.9))  # by a straight line between logs of the ratios
            middle = low + share * (high - low)
            low, high = (middle, high) if self.ratio(middle) < times else (low, middle)
        return start_chances(self.expected, near)

    def _around(self, times: float) -> tuple[float, float]:
        """The two nearest thetas in `ratios` at which joint sell-offs are less, and at least, `times` as frequent.

        Larger thetas are tried until there are two. Raise ScenarioError if the largest is not enough.
        """
        sign, reach = (1.0 if times > 1 else -1.0), 1.0
        while self.untilted_mean and sign * (self.ratio(sign * reach) - times) < 0:
            reach *= 2
            if reach > STEEPEST_THETA:
                raise ScenarioError(
                    f"joint sell-offs cannot be {times:g} times as frequent as in this history: weights of block "
                    f"starts reach {self.ratio(sign * STEEPEST_THETA):.1f} times; choose a k inside that"
                )
        rarer = [theta for theta, ratio in self.ratios.items() if ratio < times]
        high = min(theta for theta, ratio in self.ratios.items() if ratio >= times and theta > min(rarer))
        return max(theta for theta in rarer if theta < high), high


def find_tilt(blocks: BlockSource, times: float, sessions: int, seed: int) -> Array:
    """The probability (n,) of each start, by one search: as `TiltSearch.find`."""
    return TiltSearch(blocks, sessions, seed).find(times)
