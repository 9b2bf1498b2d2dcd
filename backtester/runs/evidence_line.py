"""A line of the table of evidence: the results of one strategy on one history."""

from dataclasses import dataclass, field

from backtester.analysis.verdict import Verdict
from backtester.arrays import Interval


@dataclass(frozen=True)
class EvidenceLine:
    """The results of a strategy on a history; None where undefined.

    `windows` counts the joint sell-offs from `start` to `end`, `acted` those in which the strategy returned something
    else than the reference, `lost_less` those of them in which it lost less. `payoff`, the mean return over the mix
    (the fixed shares of stocks, bonds and bills that moved as the strategy did) in all joint sell-offs, its 90%
    `interval` and `smallest_clear`, the payoff that would have been clear four times in five, are fractions; `growth`
    over the mix is in log points a year. `regimes` has the number of windows and the mean payoff by the sign of the
    correlation of stocks and bonds. If the strategy cannot run on the history, `why_not` says why, and there are no
    figures. `full` is the recipe with every setting, `sha256` the hashes of the files of its steps and of the
    reference.
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
