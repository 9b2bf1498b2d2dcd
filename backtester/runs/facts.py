"""The facts of a run and of each strategy, read from its document, on which sentences depend."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from backtester.analysis.verdict import BY_CHANCE
from backtester.histories.rhythm import RHYTHMS, Rhythm
from backtester.pages.format import listed_words, percent
from backtester.pages.names import role_label
from backtester.runs.values import Json

SHOWN_AS_ZERO = 5e-5  # a difference that shows as 0.00%
NAMES_AT_MOST = 4


class Facts(NamedTuple):
    """A strategy of a document; fractions as there, None where undefined. `faults` say why its numbers are no evidence;
    `by_chance` is the share of shifts of its weights that did as well or, if it did badly, as badly; `turning` are the
    definitions of a sell-off at which its payoff has another sign; `mix` are the shares of its mix."""

    name: str
    verdict: str
    strategy: Json
    card: Json
    windows: int
    faults: str
    payoff: float
    widened: list[float] | None
    by_chance: float | None
    over_mix: float | None
    over_reference: float | None
    turning: list[str]
    mix: str

    @property
    def vetoed(self) -> bool:
        """Whether the widened interval is off zero, and the shifts say that this is chance."""
        if self.widened is None or self.by_chance is None:
            return False
        low, high = self.widened
        return not low <= 0 <= high and self.by_chance > BY_CHANCE


class RunFacts(NamedTuple):
    """A run's document: the legs as `stocks and bonds`, its joint sell-offs, why there are no intervals (empty where
    there are), the reference and what it returned in the sell-offs that it lived through, and the other strategies."""

    document: Json
    both: str
    windows: int
    no_intervals: str
    reference: Facts
    moves: list[tuple[float, Json]]
    others: tuple[Facts, ...]

    @property
    def only(self) -> str:
        """The verdict, where there is one strategy only; else empty."""
        return self.others[0].verdict if len(self.others) == 1 else ""

    @property
    def never_so_far(self) -> list[str]:
        """The legs, stocks or bonds, that fell in no window as far as a joint sell-off asks."""
        deepest, settings = self.document["deepest_falls"], self.document["settings"]
        return [leg for leg, fall in deepest.items() if fall > settings[f"{leg}_fall"]]

    @property
    def sound(self) -> list[Facts]:
        """The strategies whose numbers are evidence."""
        return [one for one in self.others if one.verdict != "void"]

    @property
    def highest(self) -> float | None:
        """The highest upper end of the 90% intervals of payoffs; None where one has no interval."""
        ends = [one.card["intervals"].get("beyond_mix", {}).get("payoff_mean") for one in self.sound]
        return max((end[1] for end in ends), default=None) if all(ends) else None

    @property
    def saver(self) -> Facts | None:
        """The strategy that lost least on average; None where none lost or gained."""
        known = [one for one in self.sound if one.card["mean_loss"]["strategy"] is not None]
        return min(known, key=lambda one: one.card["mean_loss"]["strategy"], default=None)

    @property
    def saver_payoff(self) -> float:
        """The payoff of that strategy."""
        return self.saver.payoff if self.saver else 0.0

    @property
    def largest_saving(self) -> float:
        """The reference's mean loss less that strategy's; 0 without one."""
        losses = self.saver.card["mean_loss"] if self.saver else {"reference": 0.0, "strategy": 0.0}
        return float(losses["reference"] - losses["strategy"])

    def named(self, *verdicts: str) -> str:
        """The names of the strategies on which the verdict is one of these; empty if there is none."""
        return names_in_words([one for one in self.others if one.verdict in verdicts])


def facts_of(document: Json, strategy: Json) -> Facts:
    """The facts of a strategy."""
    card = strategy["scorecard"]
    beyond, growth = card["beyond_mix"], card["growth_annual"]
    payoff, placebo, ruin = beyond["payoff_mean"] or 0.0, beyond["placebo"], strategy["ruin_date"]
    others = card["sensitivity"][1:]
    return Facts(
        name=strategy["label"],
        verdict=strategy["verdict"],
        strategy=strategy,
        card=card,
        windows=len(document["joint_sell_offs"]),
        faults=listed_words(
            [
                *(["it looks ahead"] if strategy["causal"] is False else []),
                *([f"it was ruined on {ruin}"] if ruin else []),
            ]
        ),
        payoff=payoff,
        widened=card["intervals"].get("beyond_mix", {}).get("payoff_mean_of_all_tried"),
        by_chance=placebo and placebo["as_bad" if payoff < 0 else "as_good"],
        over_mix=growth["over_mix"]["total"],
        over_reference=growth["over_reference"]["total"],
        mix=listed_words([f"{percent(share, 0)} {_lower(role, document)}" for role, share in card["mix"].items()]),
        turning=[one["name"] for one in others if (one["payoff_mean"] or 0.0) * payoff < -(SHOWN_AS_ZERO**2)],
    )


def run_facts(document: Json) -> RunFacts:
    """The facts of a run."""
    reference, *others = (facts_of(document, strategy) for strategy in document["strategies"])
    moves = [(window["strategies"][reference.strategy["name"]], window) for window in document["joint_sell_offs"]]
    return RunFacts(
        document=document,
        both=" and ".join(legs(document)),
        windows=len(moves),
        no_intervals=document["resampling"]["reason"] or "",
        reference=reference,
        moves=[(move, window) for move, window in moves if move is not None],
        others=tuple(others),
    )


def rhythm_word(document: Json) -> Rhythm:
    """The rhythm of the run's sessions."""
    history = document["history"]
    return replace(RHYTHMS[history["rhythm"]], sessions_a_year=history["sessions_a_year"])


def legs(document: Json) -> tuple[str, str]:
    """The labels of the legs in lower case."""
    settings = document["settings"]
    return _lower(settings["stocks_role"], document), _lower(settings["bonds_role"], document)


def _lower(role: str, document: Json) -> str:
    return role_label(role, document).lower()


def names_in_words(strategies: Sequence[Facts]) -> str:
    """Their names in a sentence, at most four."""
    names = [one.name for one in strategies]
    if len(names) > NAMES_AT_MOST:
        names = [*names[: NAMES_AT_MOST - 1], f"{len(names) - NAMES_AT_MOST + 1} others"]
    return listed_words(names)
