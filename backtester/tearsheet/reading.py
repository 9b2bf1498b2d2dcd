"""What a strategy's numbers allow to be said of it: the counts, and a word for the evidence."""

from dataclasses import dataclass
from typing import Literal

from backtester.tearsheet.format import count
from backtester.tearsheet.names import Json, Named

FEWEST = 10  # with fewer windows the windows speak for themselves (DESIGN section 7)
NOTHING = 0.00005  # a mean payoff that is shown as 0.00% is none

Evidence = Literal["pays", "worse", "mixed", "chance", "few", "none", "void", "ruined"]


@dataclass(frozen=True)
class Reading:
    """A strategy against reference and twin: counts of `windows`, fractions, log points a year; None if undefined."""

    named: Named
    evidence: Evidence
    windows: int
    softened: int | None
    beyond: int | None
    interval: tuple[float | None, float | None]
    payoff: float | None
    payoff_over_reference: float | None
    protection: float | None
    beta: float | None
    cost: float | None
    cost_rest: float | None


def read(strategy: Json, named: Named) -> Reading:
    """What the strategy's scorecard says; the document's strategy must not be the reference."""
    card = strategy["scorecard"]
    windows = card["joint_sell_offs"]
    low, high = card["intervals"]["beyond_twin"]["hit_rate"]
    return Reading(
        named=named,
        evidence=_evidence(strategy),
        windows=windows,
        softened=count(card["hit_rate"], windows),
        beyond=count(card["beyond_twin"]["hit_rate"], windows),
        interval=(low, high),
        payoff=card["beyond_twin"]["payoff_mean"],
        payoff_over_reference=card["payoff_mean"],
        protection=card["protection"],
        beta=card["beta"],
        cost=card["cost_annual"]["total"],
        cost_rest=card["cost_annual"]["rest"],
    )


def _evidence(strategy: Json) -> Evidence:
    """Pays or worse only where the interval of the hit rate leaves out one half and the mean payoff agrees with it."""
    card = strategy["scorecard"]
    if not strategy["causal"]:
        return "void"
    if strategy.get("ruin_date"):
        return "ruined"
    if not card["joint_sell_offs"]:
        return "none"
    low, high = card["intervals"]["beyond_twin"]["hit_rate"]
    payoff = card["beyond_twin"]["payoff_mean"]
    if card["joint_sell_offs"] < FEWEST:
        return "few"
    if low is None or high is None or payoff is None or low <= 0.5 <= high or abs(payoff) < NOTHING:
        return "chance"
    often = low > 0.5
    return "mixed" if often != (payoff > 0) else "pays" if often else "worse"
