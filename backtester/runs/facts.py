"""What a run's document says of the run and of each strategy, as attributes that the sentences ask for.

A mix is the fixed shares of the legs (the pair's stocks and bonds) and bills that moved as the strategy did; a payoff,
the return beyond it in a joint sell-off; a rhythm, how often sessions come, daily to quarterly.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from backtester.analysis.verdict import PLACEBO_LEVEL
from backtester.histories.rhythm import RHYTHMS, Rhythm
from backtester.pages.format import listed_words, percent
from backtester.pages.names import role_label
from backtester.runs.values import Json

SHOWN_AS_ZERO = 5e-5  # a smaller difference of returns is printed as 0.00%
MOST_NAMES = 4  # strategies that a sentence names


class StrategyFacts(NamedTuple):
    """What a document says of one strategy. Returns are fractions, None where undefined.

    `strategy` is its entry in the document, `scorecard` the part of that with its figures against the reference and its
    mix. `windows` counts the joint sell-offs of the run. `faults` says why the strategy's numbers are no evidence, and
    is empty where they are. `payoff` is the mean payoff over the mix, 0 where undefined, `widened` its interval widened
    for all strategies tried. `placebo_share` is the share of shifts in time of the strategy's weights with a payoff as
    good, or as bad where the payoff is negative. Growth is in log points a year. `opposite_sign_at` names the other
    definitions of a joint sell-off at which the payoff has the opposite sign. `mix_words` spells the mix: "59% stocks
    and 31% bonds".
    """

    label: str
    verdict: str
    strategy: Json
    scorecard: Json
    windows: int
    faults: str
    payoff: float
    widened: list[float] | None
    placebo_share: float | None
    growth_over_mix: float | None
    growth_over_reference: float | None
    opposite_sign_at: list[str]
    mix_words: str

    @property
    def refuted_by_placebo(self) -> bool:
        """Whether the widened interval excludes zero, but too many shifts in time did as well for a clear verdict."""
        if self.widened is None or self.placebo_share is None:
            return False
        low, high = self.widened
        return not low <= 0 <= high and self.placebo_share > PLACEBO_LEVEL


class RunFacts(NamedTuple):
    """What a document says of the run.

    `both_legs` names the legs: "stocks and bonds". `windows` counts the joint sell-offs. `no_intervals` says why there
    are no intervals, and is empty where there are. `reference_returns` pairs the reference's return with the window,
    for each joint sell-off before the reference's ruin. `others` are the strategies beside the reference.
    """

    document: Json
    both_legs: str
    windows: int
    no_intervals: str
    reference: StrategyFacts
    reference_returns: list[tuple[float, Json]]
    others: tuple[StrategyFacts, ...]

    @property
    def only_verdict(self) -> str:
        """The verdict if there is exactly one strategy beside the reference, else empty."""
        return self.others[0].verdict if len(self.others) == 1 else ""

    @property
    def legs_above_threshold(self) -> list[str]:
        """The legs, "stocks" or "bonds", that in no window fell as far as a joint sell-off requires."""
        deepest, settings = self.document["deepest_falls"], self.document["settings"]
        return [leg for leg, fall in deepest.items() if fall > settings[f"{leg}_fall"]]

    @property
    def not_void(self) -> list[StrategyFacts]:
        """The strategies whose numbers are evidence."""
        return [strategy for strategy in self.others if strategy.verdict != "void"]

    @property
    def highest_bound(self) -> float | None:
        """The highest upper bound of the 90% intervals of payoffs; None if any strategy has no interval."""
        intervals = [
            strategy.scorecard["intervals"].get("beyond_mix", {}).get("payoff_mean") for strategy in self.not_void
        ]
        return max((interval[1] for interval in intervals), default=None) if all(intervals) else None

    @property
    def least_loss(self) -> StrategyFacts | None:
        """The strategy with the smallest mean loss in joint sell-offs; None if no strategy has one."""
        known = [strategy for strategy in self.not_void if strategy.scorecard["mean_loss"]["strategy"] is not None]
        return min(known, key=lambda strategy: strategy.scorecard["mean_loss"]["strategy"], default=None)

    @property
    def least_loss_payoff(self) -> float:
        """The mean payoff of `least_loss`; 0 if there is none."""
        return self.least_loss.payoff if self.least_loss else 0.0

    @property
    def largest_saving(self) -> float:
        """The reference's mean loss less that of `least_loss`; 0 if there is none."""
        if self.least_loss is None:
            return 0.0
        losses = self.least_loss.scorecard["mean_loss"]
        return float(losses["reference"] - losses["strategy"])

    def names_with(self, *verdicts: str) -> str:
        """The names of the strategies with one of these verdicts, as words; empty if there is none."""
        return names_in_words([strategy for strategy in self.others if strategy.verdict in verdicts])


def strategy_facts(document: Json, strategy: Json) -> StrategyFacts:
    """The facts of a strategy of the document."""
    scorecard = strategy["scorecard"]
    beyond_mix, growth = scorecard["beyond_mix"], scorecard["growth_annual"]
    payoff, placebo, ruin = beyond_mix["payoff_mean"] or 0.0, beyond_mix["placebo"], strategy["ruin_date"]
    other_definitions = scorecard["sensitivity"][1:]  # the first is the run's own
    faults = ["it looks ahead"] if strategy["causal"] is False else []
    faults += [f"it was ruined on {ruin}"] if ruin else []
    return StrategyFacts(
        label=strategy["label"],
        verdict=strategy["verdict"],
        strategy=strategy,
        scorecard=scorecard,
        windows=len(document["joint_sell_offs"]),
        faults=listed_words(faults),
        payoff=payoff,
        widened=scorecard["intervals"].get("beyond_mix", {}).get("payoff_mean_of_all_tried"),
        placebo_share=placebo and placebo["as_bad" if payoff < 0 else "as_good"],
        growth_over_mix=growth["over_mix"]["total"],
        growth_over_reference=growth["over_reference"]["total"],
        opposite_sign_at=[
            definition["name"]
            for definition in other_definitions
            if (definition["payoff_mean"] or 0.0) * payoff < -(SHOWN_AS_ZERO**2)  # opposite signs, beyond rounding
        ],
        mix_words=listed_words(
            [f"{percent(share, 0)} {_lower_label(role, document)}" for role, share in scorecard["mix"].items()]
        ),
    )


def run_facts(document: Json) -> RunFacts:
    """The facts of the run."""
    reference, *others = (strategy_facts(document, strategy) for strategy in document["strategies"])
    returns = [(window["strategies"][reference.strategy["name"]], window) for window in document["joint_sell_offs"]]
    return RunFacts(
        document=document,
        both_legs=" and ".join(leg_labels(document)),
        windows=len(returns),
        no_intervals=document["resampling"]["reason"] or "",
        reference=reference,
        reference_returns=[(move, window) for move, window in returns if move is not None],
        others=tuple(others),
    )


def document_rhythm(document: Json) -> Rhythm:
    """The rhythm of the run's sessions, with the number of sessions a year that the run used."""
    history = document["history"]
    return replace(RHYTHMS[history["rhythm"]], sessions_a_year=history["sessions_a_year"])


def leg_labels(document: Json) -> tuple[str, str]:
    """The labels of both legs in lower case."""
    settings = document["settings"]
    return _lower_label(settings["stocks_role"], document), _lower_label(settings["bonds_role"], document)


def _lower_label(role: str, document: Json) -> str:
    """The label of a role, the name of a series such as `long_bonds`, in lower case."""
    return role_label(role, document).lower()


def names_in_words(strategies: Sequence[StrategyFacts]) -> str:
    """The names of strategies as words of a sentence; of more than `MOST_NAMES` the last are counted as others."""
    labels = [strategy.label for strategy in strategies]
    if len(labels) > MOST_NAMES:
        labels = [*labels[: MOST_NAMES - 1], f"{len(labels) - MOST_NAMES + 1} others"]
    return listed_words(labels)
