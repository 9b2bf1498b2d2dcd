"""What a strategy's numbers allow to be said of it: the estimates with their intervals, and a word for the evidence."""

from dataclasses import dataclass
from typing import Literal

from backtester.pages.names import Named
from backtester.tearsheet.names import Json

FEWEST = 10  # with fewer windows the windows speak for themselves (DESIGN section 7)

Evidence = Literal["pays", "mix", "worse", "outdone", "mixed", "unclear", "few", "none", "void", "ruined"]


@dataclass(frozen=True)
class Estimate:
    """A number with the ends of its 90% interval; None where one is undefined or was not made."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return self.low is not None and self.high is not None

    @property
    def sign(self) -> int:
        """1 where the interval lies above zero, -1 where below, 0 where it holds zero or there is none."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


@dataclass(frozen=True)
class Reading:
    """A strategy against reference, twin and mix: counts of `windows`, fractions, log points a year; None if undefined.

    `acted` windows are those in which it did not do as the reference did; `softened`, `beyond` and `beyond_mix` are the
    ones among them in which it beat the reference, its twin and its mix. `over_*` are mean payoffs a window. The
    evidence rests on resamples where `resampled`, else on Wilson's interval of the share `beyond` of `acted`, `share`.
    """

    named: Named
    evidence: Evidence
    resampled: bool
    windows: int
    acted: int
    softened: int
    beyond: int
    beyond_mix: int | None
    share: Estimate
    over_reference: Estimate
    over_twin: Estimate
    over_mix: Estimate | None
    protection: float | None
    beta: float | None
    cost: Estimate
    cost_error: float | None
    cost_rest: Estimate
    cost_of_twin: float | None


def read(strategy: Json, named: Named) -> Reading:
    """What the strategy's scorecard says; the document's strategy must not be the reference."""
    card = strategy["scorecard"]
    twin, mix, cost = card["beyond_twin"], card.get("beyond_mix"), card["cost_annual"]
    drawn = card["intervals"].get("resampled") or {}
    return Reading(
        named=named,
        evidence=_evidence(strategy),
        resampled=bool(drawn),
        windows=card["joint_sell_offs"],
        acted=card["better"] + card["worse"],
        softened=card["better"],
        beyond=twin["better"],
        beyond_mix=mix["better"] if mix else None,
        share=_estimate(twin["hit_rate"], card["intervals"]["beyond_twin"]["hit_rate"]),
        over_reference=_estimate(card["payoff_mean"], drawn.get("payoff_mean")),
        over_twin=_estimate(twin["payoff_mean"], drawn.get("beyond_twin", {}).get("payoff_mean")),
        over_mix=_estimate(mix["payoff_mean"], drawn.get("beyond_mix", {}).get("payoff_mean")) if mix else None,
        protection=card["protection"],
        beta=card["beta"],
        cost=_estimate(cost["total"], drawn.get("cost_annual", {}).get("total")),
        cost_error=card["cost_standard_error"],
        cost_rest=_estimate(cost["rest"], drawn.get("cost_annual", {}).get("rest")),
        cost_of_twin=twin["cost_annual"],
    )


def _estimate(value: float | None, interval: list[float | None] | None) -> Estimate:
    low, high = interval or (None, None)
    return Estimate(value, low, high)


def _evidence(strategy: Json) -> Evidence:
    """The word, once the strategy is one that may be judged and has acted often enough."""
    card = strategy["scorecard"]
    if not strategy["causal"]:
        return "void"
    if strategy.get("ruin_date"):
        return "ruined"
    if not card["joint_sell_offs"]:
        return "none"
    if card["better"] + card["worse"] < FEWEST:
        return "few"
    return _by_resamples(card) if card["intervals"].get("resampled") else _by_counts(card)


def _by_resamples(card: Json) -> Evidence:
    """Pays only what lost less than the reference on average, and whose mean payoffs beyond its twin and beyond its
    mix both have their whole intervals above zero, at a level widened for all that were tried (Bonferroni). Worse is
    what has that beyond its twin below zero, outdone what only its mix outdid."""
    drawn = card["intervals"]["resampled"]
    tried = [drawn["beyond_twin_of_all_tried"], drawn.get("beyond_mix_of_all_tried")]
    signs = [_estimate(None, wide["payoff_mean"]).sign for wide in tried if wide]
    if min(signs) < 0:
        return "mixed" if max(signs) > 0 else "worse" if signs[0] < 0 else "outdone"
    if signs[0] == 0:
        return "unclear"
    if (card["payoff_mean"] or 0.0) <= 0:
        return "mixed"
    return "pays" if min(signs) > 0 else "mix"


def _by_counts(card: Json) -> Evidence:
    """Pays only what lost less than the reference and than its twin on average, and beat its twin clearly more often
    than not: with the interval that allows for all strategies tried above one half."""
    low, high = card["intervals"]["beyond_twin"]["hit_rate_of_all_tried"]
    twin, reference = card["beyond_twin"]["payoff_mean"], card["payoff_mean"]
    if None in (low, high, twin, reference) or low <= 0.5 <= high:
        return "unclear"
    if high < 0.5:
        return "worse" if twin < 0 else "mixed"
    return "pays" if twin > 0 and reference > 0 else "mixed"
