"""The result of a contest of jobs: what choosing the best one every year gives, and tests of the best of all.

A job is a recipe with its settings; a figure is the one that ranks the study, such as the mean payoff.
"""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Choice:
    """A job that the walk forward chose, and the ISO dates from which and to which it is held."""

    start: str
    end: str
    job: str


@dataclass(frozen=True)
class WalkForward:
    """A new choice of the best job every year: the figure of all that was held, joined together, and the choices."""

    figure: float
    choices: tuple[Choice, ...]

    @property
    def changes(self) -> int:
        """The number of choices whose job is not that of the choice before."""
        return sum(before.job != after.job for before, after in pairwise(self.choices))


@dataclass(frozen=True)
class RealityCheck:
    """Tests of the best job against a benchmark, by resamples of all jobs together.

    `low` and `high` are the 90% interval of its figure, given that it is the best of all. `white` and `hansen` are
    White's and Hansen's probabilities of a best so far above the benchmark if no job were truly above it, None for a
    figure without a natural benchmark. `best` is the job's name, `resamples` their number, and
    `block_sessions` the mean length of the blocks that they are made of.
    """

    best: str
    figure: float
    benchmark: float
    low: float
    high: float
    white: float | None
    hansen: float | None
    resamples: int
    block_sessions: int


@dataclass(frozen=True)
class ContestResult:
    """The result of a contest by the figure `by`, from `start` on, among `jobs` jobs that stand for `of` jobs.

    Each of these correlates by `closeness` or more with the one that stands for its cluster. `anchored` chooses every
    year on all the past, `rolling` on three years. `hindsight` is the figure, over the sessions of the anchored walk,
    of the job that is best over all sessions, and `benchmark` the figure of its benchmark there. Parts that cannot be
    made are None; `reason` says why for the check, `unwalked` for the walks.
    """

    by: str
    jobs: int
    of: int
    closeness: float
    start: str
    check: RealityCheck | None
    anchored: WalkForward | None
    rolling: WalkForward | None
    hindsight: float | None
    benchmark: float | None
    reason: str | None
    unwalked: str | None = None
