"""What a document says of a run and of each strategy, as the conditions and words of sentences need it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backtester.analysis.verdict import BY_CHANCE
from backtester.pages.format import counted, listed, percent
from backtester.pages.names import role_label
from backtester.runs.values import Json

TIE = 5e-5  # a difference that shows as 0.00%
NAMES_AT_MOST = 4


@dataclass(frozen=True, eq=False)
class RunFacts:
    """A run's document, read."""

    document: Json

    @property
    def legs(self) -> tuple[str, str]:
        """The labels of the legs in lower case."""
        settings = self.document["settings"]
        return role_label(settings["stocks_role"]).lower(), role_label(settings["bonds_role"]).lower()

    @property
    def both(self) -> str:
        """The legs as `stocks and bonds`."""
        return " and ".join(self.legs)

    @property
    def windows(self) -> int:
        """How many joint sell-offs there were."""
        return len(self.document["joint_sell_offs"])

    @property
    def sell_offs(self) -> str:
        """As `21 joint sell-offs`."""
        return counted(self.windows, "joint sell-off")

    @property
    def no_intervals(self) -> str:
        """Why there are none; empty where there are."""
        return self.document["resampling"]["reason"] or ""

    @property
    def reference(self) -> "Facts":
        """The reference."""
        return Facts(self.document, self.document["strategies"][0])

    @cached_property
    def others(self) -> tuple["Facts", ...]:
        """The strategies that are compared with it."""
        return tuple(Facts(self.document, strategy) for strategy in self.document["strategies"][1:])

    @property
    def only(self) -> str:
        """The verdict, where there is one strategy only; else empty."""
        return self.others[0].verdict if len(self.others) == 1 else ""

    @property
    def is_judged(self) -> bool:
        """Whether there is a strategy to judge, and a window to judge it by."""
        return bool(self.others) and self.windows > 0

    @property
    def softest(self) -> "Facts | None":
        """The strategy that lost least in the joint sell-offs, of those whose numbers are evidence."""
        known = [one for one in self.others if one.verdict != "void"]
        return min(known, key=lambda one: one.loss("strategy") or 0.0, default=None)

    def named(self, *verdicts: str) -> list["Facts"]:
        """The strategies on which the verdict is one of these."""
        return [one for one in self.others if one.verdict in verdicts]

    @property
    def reference_moves(self) -> list[tuple[float, Json]]:
        """What the reference returned in each joint sell-off in which it had something left to lose, and the window."""
        name = self.document["strategies"][0]["name"]
        moves = [(window["strategies"][name], window) for window in self.document["joint_sell_offs"]]
        return [(move, window) for move, window in moves if move is not None]


@dataclass(frozen=True, eq=False)
class Facts:
    """A strategy of a document, read; fractions are as in the document, None where undefined."""

    document: Json
    strategy: Json

    @property
    def card(self) -> Json:
        """Its scorecard."""
        card: Json = self.strategy["scorecard"]
        return card

    @property
    def run(self) -> RunFacts:
        """The run that it is of."""
        return RunFacts(self.document)

    @property
    def name(self) -> str:
        """Its label without the plus that says what it stands on."""
        label: str = self.strategy["label"]
        return label.removeprefix("+ ")

    @property
    def verdict(self) -> str:
        """The verdict, a key of `VERDICTS`."""
        verdict: str = self.strategy["verdict"]
        return verdict

    @property
    def faults(self) -> str:
        """Why its numbers are no evidence; empty where they are."""
        faults = [] if self.strategy["causal"] else ["it looks ahead"]
        ruin = self.strategy["ruin_date"]
        return listed([*faults, *([f"it was ruined on {ruin}"] if ruin else [])])

    @property
    def acted(self) -> int:
        """In how many joint sell-offs it did otherwise than the reference."""
        acted: int = self.card["acted"]
        return acted

    @property
    def better(self) -> int:
        """In how many of them it lost less."""
        better: int = self.card["beyond_reference"]["better"]
        return better

    def loss(self, of: str) -> float | None:
        """The mean loss in joint sell-offs of `strategy`, `reference` or `mix`."""
        loss: float | None = self.card["mean_loss"][of]
        return loss

    def lost(self, of: str) -> str:
        """That loss as `lost 7.1%`, or `gained 0.3%`."""
        loss = self.loss(of)
        return "has no return" if loss is None else f"{'lost' if loss >= 0 else 'gained'} {percent(abs(loss))}"

    @property
    def mix(self) -> str:
        """Its mix as `44% stocks, 29% bonds`; the rest is bills."""
        shares = self.card["mix"].items()
        return ", ".join(f"{percent(share, 0)} {role_label(role).lower()}" for role, share in shares)

    @property
    def payoff(self) -> float:
        """The mean payoff beyond the mix; 0 where there is none."""
        payoff: float | None = self.card["beyond_mix"]["payoff_mean"]
        return payoff or 0.0

    def interval(self, *path: str) -> list[float] | None:
        """The interval of a figure of the scorecard, None where none was made."""
        found: Any = self.card["intervals"]
        for key in path:
            found = (found or {}).get(key)
        return found or None

    @property
    def widened(self) -> list[float] | None:
        """The interval of the payoff that allows for all strategies tried."""
        return self.interval("beyond_mix", "payoff_mean_of_all_tried")

    @property
    def by_chance(self) -> float | None:
        """The share of shifts in time of its weights that did as well or, if it did badly, as badly; None without."""
        placebo = self.card["beyond_mix"]["placebo"]
        return None if placebo is None else float(placebo["as_bad" if self.payoff < 0 else "as_good"])

    @property
    def vetoed(self) -> bool:
        """Whether the interval is off zero, and the shifts say that this is chance."""
        low, high = self.widened or (0.0, 0.0)
        return (low > 0 or high < 0) and self.by_chance is not None and self.by_chance > BY_CHANCE

    @property
    def smallest(self) -> float | None:
        """The smallest payoff that would have been found clear four times in five."""
        smallest: float | None = self.card["beyond_mix"]["smallest_clear"]
        return smallest

    def growth(self, over: str, part: str = "total") -> float | None:
        """Growth over `mix` or `reference`, a year."""
        growth: float | None = self.card["growth_annual"][f"over_{over}"][part]
        return growth

    def grew(self, over: str) -> str:
        """That growth as `0.7% a year more than`, `0.2% a year less than` or `as fast as`."""
        growth = self.growth(over) or 0.0
        if abs(growth) < 10 * TIE:
            return "as fast as"
        return f"{percent(abs(growth))} a year {'more' if growth > 0 else 'less'} than"

    @property
    def turning(self) -> list[str]:
        """The other definitions of a joint sell-off at which the sign of the payoff turns."""
        others = self.card["sensitivity"][1:]
        return [one["name"] for one in others if (one["payoff_mean"] or 0.0) * self.payoff < -(TIE**2)]


def names_of(strategies: list[Facts]) -> str:
    """Their names in a sentence, at most four."""
    names = [one.name for one in strategies]
    if len(names) > NAMES_AT_MOST:
        names = [*names[: NAMES_AT_MOST - 1], f"{len(names) - NAMES_AT_MOST + 1} others"]
    return listed(names)


def between(ends: list[float] | None, places: int = 2) -> str:
    """An interval as ` (90% interval −0.20% to +0.80%)`; empty where there is none."""
    if not ends or ends[0] is None or ends[1] is None:
        return ""
    low, high = (percent(end, places, signed=True) for end in ends)
    return f" (90% interval {low} to {high})"
