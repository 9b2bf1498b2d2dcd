"""Every sentence that page, terminal and notebook say of a run, each with the condition under which it is true.

Sentences come in groups: of a group the first whose condition holds is said, or none where its text is empty. Condition
and text are about the facts `f`. Those on a strategy are in `strategy_sentences.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

from backtester.analysis.verdict import FEWEST_WINDOWS
from backtester.pages.format import counted, date, listed, percent, period
from backtester.runs.facts import RunFacts, names_of


class OfRun(NamedTuple):
    """A sentence on a run."""

    when: Callable[[RunFacts], bool]
    text: Callable[[RunFacts], str]


def together(f: RunFacts) -> str:
    """How most headlines begin."""
    return f"When {f.both} fell together"


def reference_falls(f: RunFacts) -> str:
    """What the reference returned in the joint sell-offs, on average and in the worst."""
    moves = f.reference_moves
    move, worst = min(moves, key=lambda one: one[0])
    mean, span = sum(one for one, _ in moves) / len(moves), period(worst["start"], worst["end"])
    return f"returned {percent(mean)} on average and {percent(move)} in the worst ({span})"


RUN: dict[str, tuple[OfRun, ...]] = {
    "headline": (
        OfRun(
            lambda f: f.windows == 0,
            lambda f: (
                f"{f.both.capitalize()} did not fall together in this window, so it says nothing about any hedge."
            ),
        ),
        OfRun(
            lambda f: not f.others,
            lambda f: f"{together(f)}, {f.reference.name} {f.reference.lost('strategy')} on average.",
        ),
        OfRun(
            lambda f: len(f.named("void")) == len(f.others),
            lambda f: f"No evidence of any hedge: {names_of(f.named('void'))} {'is' if f.only else 'are'} void.",
        ),
        OfRun(
            lambda f: f.windows < FEWEST_WINDOWS,
            lambda f: (
                f"{f.both.capitalize()} fell together {'once' if f.windows == 1 else counted(f.windows, 'time')}: "
                "too few to judge any hedge."
            ),
        ),
        OfRun(
            lambda f: f.only == "few",
            lambda f: (
                f"{together(f)}, {f.others[0].name} acted too seldom to judge: in {f.others[0].acted} of {f.windows}."
            ),
        ),
        OfRun(lambda f: f.only == "paid", lambda f: f"{together(f)}, {f.others[0].name} clearly paid."),
        OfRun(
            lambda f: f.only == "worse", lambda f: f"{together(f)}, {f.others[0].name} clearly did worse than its mix."
        ),
        OfRun(lambda f: f.only == "small", lambda f: f"{together(f)}, {f.others[0].name} saved little at best."),
        OfRun(
            lambda f: f.is_judged and all(one.widened is None for one in f.others),
            lambda f: (
                f"{together(f)}, {f.others[0].name if f.only else 'each strategy'} lost what is shown below; without "
                "intervals there is no verdict."
            ),
        ),
        OfRun(lambda f: f.only == "unclear", lambda f: f"{together(f)}, it is not clear that {f.others[0].name} paid."),
        OfRun(
            lambda f: len(f.named("paid")) == len(f.others),
            lambda f: f"{together(f)}, all {counted(len(f.others), 'strategy')} clearly paid.",
        ),
        OfRun(
            lambda f: bool(f.named("paid")),
            lambda f: (
                f"{together(f)}, {names_of(f.named('paid'))} clearly paid; of "
                f"{names_of([one for one in f.others if one.verdict != 'paid'])} that cannot be said."
            ),
        ),
        OfRun(lambda f: True, lambda f: f"{together(f)}, none of {counted(len(f.others), 'strategy')} clearly paid."),
    ),
    "worse": (
        OfRun(
            lambda f: len(f.others) > 1 and bool(f.named("worse")),
            lambda f: f"Clearly worse than a fixed mix that moved alike: {names_of(f.named('worse'))}.",
        ),
    ),
    "void": (
        OfRun(
            lambda f: f.windows > 0 and bool(f.named("void")),
            lambda f: (
                "No evidence: "
                + listed([f"{one.name} ({one.faults or 'it has no mix'})" for one in f.named("void")])
                + "."
            ),
        ),
    ),
    "reference": (
        OfRun(lambda f: f.windows == 0, lambda f: ""),
        OfRun(
            lambda f: not f.reference_moves,
            lambda f: f"{f.reference.name}, the reference, had nothing left to lose in the {f.sell_offs}.",
        ),
        OfRun(
            lambda f: len(f.reference_moves) < f.windows,
            lambda f: (
                f"{f.reference.name}, the reference, was ruined; in {len(f.reference_moves)} of {f.sell_offs}, those "
                f"before that, it {reference_falls(f)}."
            ),
        ),
        OfRun(
            lambda f: True,
            lambda f: (
                f"{f.reference.name}, the reference, {reference_falls(f)}: {f.sell_offs} between "
                f"{date(f.document['window']['start'])} and {date(f.document['window']['end'])}."
            ),
        ),
    ),
    "sample": (
        OfRun(lambda f: f.windows == 0, lambda f: ""),
        OfRun(lambda f: f.windows == 1, lambda f: "One window is no sample."),
        OfRun(
            lambda f: f.windows < FEWEST_WINDOWS,
            lambda f: f"{counted(f.windows, 'window').capitalize()} are too few for a verdict.",
        ),
        OfRun(lambda f: f.windows < 50, lambda f: f"{f.windows} windows, many in clusters, are a small sample."),
        OfRun(
            lambda f: True, lambda f: f"{f.windows} windows, many in clusters, are fewer independent looks than that."
        ),
    ),
    "intervals": (
        OfRun(lambda f: f.windows == 0 or not f.no_intervals, lambda f: ""),
        OfRun(lambda f: True, lambda f: f"There are no intervals: {f.no_intervals}."),
    ),
    "mix": (
        OfRun(
            lambda f: f.is_judged,
            lambda f: (
                "Mix: fixed shares of the legs and bills that moved as the strategy did, with its costs and trading "
                "days. It is found with hindsight: a yardstick, not something one could have held. Taking risk off, or "
                "rebalancing on other days, scores zero by it."
            ),
        ),
    ),
    "payoff": (
        OfRun(
            lambda f: f.is_judged,
            lambda f: (
                "Payoff: what the strategy returned beyond its mix, the mean of all joint sell-offs. It is clear when "
                "its 90% interval, widened for the number of strategies tried, lies off zero, and at most a twentieth "
                "of all shifts of the strategy's weights in time did as well, or as badly."
            ),
        ),
    ),
    "coverage": (
        OfRun(
            lambda f: f.is_judged and not f.no_intervals,
            lambda f: (
                "For strategies that change their leverage such intervals miss a true zero in 12 to 20% of cases, not "
                "in 10%. The ruler reads about three quarters of a true edge, since the mix is fitted to the sell-offs "
                "too."
            ),
        ),
    ),
}
