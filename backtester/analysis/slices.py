"""The scorecard again over parts of the joint sell-offs: by regime, by decade, by cause."""

from dataclasses import dataclass

import numpy as np

from backtester.analysis.scorecard import Payoff, has_acted, payoff
from backtester.analysis.shares import wilson_interval
from backtester.arrays import Array


@dataclass(frozen=True)
class Slice:
    """The payoffs in the windows of one name; `interval` is Wilson's of the hit rate beyond the twin.

    `cost` is the sum of the reference's log returns there less the strategy's; below zero the strategy gained.
    """

    name: str
    windows: int
    beyond_reference: Payoff
    beyond_twin: Payoff
    beyond_mix: Payoff
    interval: tuple[float, float]
    cost: float


def slices(names: list[str], own: Array, reference: Array, twin: Array, mix: Array) -> list[Slice]:
    """The payoffs by name, from each window's name and returns (windows,); names in order of their first window."""
    acted = has_acted(own, reference)
    with np.errstate(divide="ignore", invalid="ignore"):
        gaps = np.log1p(reference) - np.log1p(own)  # infinite at ruin
    told = []
    for name in dict.fromkeys(names):
        inside = np.array([other == name for other in names])
        beyond = payoff(own[inside], twin[inside], acted[inside])
        told.append(
            Slice(
                name=name,
                windows=int(inside.sum()),
                beyond_reference=payoff(own[inside], reference[inside], acted[inside]),
                beyond_twin=beyond,
                beyond_mix=payoff(own[inside], mix[inside], acted[inside]),
                interval=wilson_interval(beyond.better, beyond.better + beyond.worse),
                cost=float(gaps[inside].sum()),
            )
        )
    return told
