"""What a strategy's numbers allow to be said of it: the counts, and a word for the evidence."""

from dataclasses import dataclass
from typing import Literal

from backtester.tearsheet.names import Json, Named

FEWEST = 10  # with fewer windows the windows speak for themselves (DESIGN section 7)

Evidence = Literal["pays", "worse", "mixed", "unclear", "few", "none", "void", "ruined"]


@dataclass(frozen=True)
class Reading:
    """A strategy against reference and twin: counts of `windows`, fractions, log points a year; None if undefined.

    `acted` windows are those in which it did not do as the reference did; `softened` and `beyond` are the ones among
    them in which it beat the reference, and its twin.
    """

    named: Named
    evidence: Evidence
    windows: int
    acted: int
    softened: int
    beyond: int
    interval: tuple[float | None, float | None]
    payoff: float | None
    payoff_over_reference: float | None
    protection: float | None
    beta: float | None
    cost: float | None
    cost_error: float | None
    cost_rest: float | None
    cost_of_twin: float | None


def read(strategy: Json, named: Named) -> Reading:
    """What the strategy's scorecard says; the document's strategy must not be the reference."""
    card = strategy["scorecard"]
    twin = card["beyond_twin"]
    low, high = card["intervals"]["beyond_twin"]["hit_rate"]
    return Reading(
        named=named,
        evidence=_evidence(strategy),
        windows=card["joint_sell_offs"],
        acted=card["better"] + card["worse"],
        softened=card["better"],
        beyond=twin["better"],
        interval=(low, high),
        payoff=twin["payoff_mean"],
        payoff_over_reference=card["payoff_mean"],
        protection=card["protection"],
        beta=card["beta"],
        cost=card["cost_annual"]["total"],
        cost_error=card["cost_standard_error"],
        cost_rest=card["cost_annual"]["rest"],
        cost_of_twin=twin["cost_annual"],
    )


def _evidence(strategy: Json) -> Evidence:
    """Pays only what lost less than the reference and than its twin on average, and beat its twin clearly more often
    than not: with the interval that allows for all strategies tried above one half, in at least ten windows."""
    card = strategy["scorecard"]
    if not strategy["causal"]:
        return "void"
    if strategy.get("ruin_date"):
        return "ruined"
    if not card["joint_sell_offs"]:
        return "none"
    if card["better"] + card["worse"] < FEWEST:
        return "few"
    low, high = card["intervals"]["beyond_twin"]["hit_rate_of_all_tried"]
    twin, reference = card["beyond_twin"]["payoff_mean"], card["payoff_mean"]
    if None in (low, high, twin, reference) or low <= 0.5 <= high:
        return "unclear"
    if high < 0.5:
        return "worse" if twin < 0 else "mixed"
    return "pays" if twin > 0 and reference > 0 else "mixed"
