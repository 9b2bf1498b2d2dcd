"""What a document says of a run and of each strategy: what sentences depend on, and the words made of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from backtester.analysis.verdict import BY_CHANCE
from backtester.histories.rhythm import RHYTHMS, Rhythm
from backtester.pages.format import counted, date, listed, percent, period, points
from backtester.pages.names import role_label
from backtester.runs.values import Json

TIE = 5e-5  # a difference that shows as 0.00%
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
        low, high = self.widened or (0.0, 0.0)
        return (low > 0 or high < 0) and self.by_chance is not None and self.by_chance > BY_CHANCE


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

    def named(self, *verdicts: str) -> str:
        """The names of the strategies on which the verdict is one of these; empty if there is none."""
        return names_of([one for one in self.others if one.verdict in verdicts])


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
        faults=listed(
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
        mix=", ".join(f"{percent(share, 0)} {_lower(role, document)}" for role, share in card["mix"].items()),
        turning=[one["name"] for one in others if (one["payoff_mean"] or 0.0) * payoff < -(TIE**2)],
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


def rhythm(document: Json) -> Rhythm:
    """How often the run has sessions."""
    history = document["history"]
    return replace(RHYTHMS[history["rhythm"]], sessions_a_year=history["sessions_a_year"])


def legs(document: Json) -> tuple[str, str]:
    """The labels of the legs in lower case."""
    settings = document["settings"]
    return _lower(settings["stocks_role"], document), _lower(settings["bonds_role"], document)


def _lower(role: str, document: Json) -> str:
    return role_label(role, document).lower()


def run_words(f: RunFacts) -> dict[str, Any]:
    """The words of sentences on a run."""
    move, worst = min(f.moves, key=lambda one: one[0], default=(0.0, {"start": "2000-01-01", "end": "2000-01-01"}))
    window, mean = f.document["window"], sum(one for one, _ in f.moves) / max(1, len(f.moves))
    return {
        "both": f.both,
        "Both": f.both.capitalize(),
        "windows": f.windows,
        "Windows": counted(f.windows, "window").capitalize(),
        "times": "once" if f.windows == 1 else counted(f.windows, "time"),
        "sell_offs": counted(f.windows, "joint sell-off"),
        "reference": f.reference.name,
        "lost": lost(f.reference, "strategy"),
        "falls": f"returned {percent(mean)} on average and {percent(move)} in the worst "
        f"({period(worst['start'], worst['end'])})",
        "lived": len(f.moves),
        "start": date(window["start"]),
        "end": date(window["end"]),
        "first": f.others[0].name if f.others else "",
        "acted": f.others[0].card["acted"] if f.others else "",
        "strategies": counted(len(f.others), "strategy"),
        "never": listed([role_label(f.document["settings"][f"{leg}_role"]).lower() for leg in f.never_so_far]),
        "deepest": listed([percent(-f.document["deepest_falls"][leg]) for leg in f.never_so_far]),
        "paid": f.named("paid"),
        "unpaid": names_of([one for one in f.others if one.verdict != "paid"]),
        "worse": f.named("worse"),
        "void": f.named("void"),
        "faults": listed(
            [f"{one.name} ({one.faults or 'it has no mix'})" for one in f.others if one.verdict == "void"]
        ),
        "reason": f.no_intervals,
    }


def strategy_words(f: Facts) -> dict[str, Any]:
    """The words of sentences on a strategy."""
    card, intervals = f.card, f.card["intervals"]
    size = f"{points(abs(f.payoff), 2)} points a window {'more' if f.payoff > 0 else 'less'} than its mix"
    return {
        "name": f.name,
        "faults": f.faults,
        "windows": f.windows,
        "acted": card["acted"],
        "better": card["beyond_reference"]["better"],
        "sell_offs": counted(f.windows, "joint sell-off"),
        "counted": counted(f.windows, "window"),
        "reference_lost": lost(f, "reference"),
        "own_lost": lost(f, "strategy"),
        "mix_lost": lost(f, "mix"),
        "mix": f.mix,
        "payoff": "what its mix did" if abs(f.payoff) < TIE else size,
        "interval": between(intervals.get("beyond_mix", {}).get("payoff_mean")),
        "side": "below" if f.payoff < 0 else "above",
        "well": "badly" if f.payoff < 0 else "well",
        "by_chance": percent(f.by_chance, 0),
        "smallest": points(card["beyond_mix"]["smallest_clear"], 2),
        "over_mix": grew(f.over_mix),
        "over_reference": grew(f.over_reference),
        "growth_interval": between(intervals.get("growth_annual", {}).get("over_mix", {}).get("total")),
        "widened": " to ".join(percent(end, 2, signed=True) for end in f.widened or ()),
        "turning": listed(f.turning),
    }


def lost(f: Facts, of: str) -> str:
    """The mean loss of `strategy`, `reference` or `mix` as `lost 7.1%`, or `gained 0.3%`."""
    loss = f.card["mean_loss"][of]
    return "has no return" if loss is None else f"{'lost' if loss >= 0 else 'gained'} {percent(abs(loss))}"


def grew(growth: float | None) -> str:
    """Growth over something as `0.7% a year more than`, `0.2% a year less than` or `as fast as`."""
    if abs(growth or 0.0) < 10 * TIE:
        return "as fast as"
    return f"{percent(abs(growth or 0.0))} a year {'more' if (growth or 0.0) > 0 else 'less'} than"


def names_of(strategies: Sequence[Facts]) -> str:
    """Their names in a sentence, at most four."""
    names = [one.name for one in strategies]
    if len(names) > NAMES_AT_MOST:
        names = [*names[: NAMES_AT_MOST - 1], f"{len(names) - NAMES_AT_MOST + 1} others"]
    return listed(names)


def between(ends: list[float] | None) -> str:
    """An interval as ` (90% interval −0.20% to +0.80%)`; empty where there is none."""
    if not ends or ends[0] is None or ends[1] is None:
        return ""
    low, high = (percent(end, 2, signed=True) for end in ends)
    return f" (90% interval {low} to {high})"
