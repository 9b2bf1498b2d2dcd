"""A row of the table of evidence."""

from dataclasses import dataclass, field

from backtester.analysis.verdict import Verdict
from backtester.arrays import Interval


@dataclass(frozen=True)
class EvidenceLine:
    """A strategy on a history: fractions of its joint sell-offs, growth in log points a year; undefined is None.

    `lost_less` of the `acted` windows in which it differed from the reference, of `windows`; `regimes` the number of
    windows and the mean payoff by sign of the correlation. `why_not` says why there are no figures, and then none are.
    `full` is the recipe with every setting, `sha256` the hashes of the files of its steps and of the reference.
    """

    strategy: str
    recipe: str
    history: str
    full: str = ""
    sha256: dict[str, str] = field(default_factory=dict)
    why_not: str = ""
    start: str = ""
    end: str = ""
    windows: int = 0
    acted: int = 0
    lost_less: int = 0
    payoff: float | None = None
    interval: Interval = None
    smallest_clear: float | None = None
    growth: float | None = None
    regimes: dict[str, tuple[int, float]] = field(default_factory=dict)
    verdict: Verdict | None = None
