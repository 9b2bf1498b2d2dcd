"""Every sentence that page, terminal and notebook say of a run, each with the condition under which it is true.

Sentences come in groups: of a group the first whose condition holds is said, or none where its text is empty. Condition
and text are about the facts `f` of a run (`RUN`) or of a strategy (`STRATEGY`).
"""

from collections.abc import Callable
from typing import NamedTuple

from backtester.analysis.verdict import FEWEST_WINDOWS
from backtester.pages.format import counted, date, listed, percent, period, points
from backtester.runs.facts import TIE, Facts, RunFacts, between, names_of


class OfRun(NamedTuple):
    """A sentence on a run."""

    when: Callable[[RunFacts], bool]
    text: Callable[[RunFacts], str]


class OfStrategy(NamedTuple):
    """A sentence on a strategy."""

    when: Callable[[Facts], bool]
    text: Callable[[Facts], str]


def together(f: RunFacts) -> str:
    """How most headlines begin."""
    return f"When {f.both} fell together"


def sell_offs(f: RunFacts) -> str:
    """As `21 joint sell-offs`."""
    return counted(f.windows, "joint sell-off")


def reference_falls(f: RunFacts) -> str:
    """What the reference returned in the joint sell-offs, on average and in the worst."""
    moves = f.reference_moves
    move, worst = min(moves, key=lambda one: one[0])
    mean, span = sum(one for one, _ in moves) / len(moves), period(worst["start"], worst["end"])
    return f"returned {percent(mean)} on average and {percent(move)} in the worst ({span})"


def payoff(f: Facts) -> str:
    """The payoff as what was lost less than by the mix."""
    if abs(f.payoff) < TIE:
        return "as much as its mix"
    return f"{points(abs(f.payoff), 2)} points a window {'less' if f.payoff > 0 else 'more'} than its mix"


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
            lambda f: f"{f.reference.name}, the reference, had nothing left to lose in the {sell_offs(f)}.",
        ),
        OfRun(
            lambda f: len(f.reference_moves) < f.windows,
            lambda f: (
                f"{f.reference.name}, the reference, was ruined; in {len(f.reference_moves)} of {sell_offs(f)}, those "
                f"before that, it {reference_falls(f)}."
            ),
        ),
        OfRun(
            lambda f: True,
            lambda f: (
                f"{f.reference.name}, the reference, {reference_falls(f)}: {sell_offs(f)} between "
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
                "its 90% interval, widened for the number of strategies tried, lies off zero, and at most a twentieth of all "
                "shifts of the strategy's weights in time did as well, or as badly."
            ),
        ),
    ),
    "coverage": (
        OfRun(
            lambda f: f.is_judged and not f.no_intervals,
            lambda f: (
                "For strategies that change their leverage such intervals miss a true zero in 12 to 20% of cases, not "
                "in 10%. The ruler reads about three quarters of a true edge, since the mix is fitted to the sell-offs too."
            ),
        ),
    ),
}
STRATEGY: dict[str, tuple[OfStrategy, ...]] = {
    "acted": (
        OfStrategy(lambda f: bool(f.faults), lambda f: f"The numbers of {f.name} are no evidence: {f.faults}."),
        OfStrategy(lambda f: f.run.windows == 0, lambda f: f"There was no joint sell-off to judge {f.name} by."),
        OfStrategy(lambda f: f.acted == 0, lambda f: f"{f.name} did as the reference did in all {sell_offs(f.run)}."),
        OfStrategy(
            lambda f: f.acted == f.run.windows,
            lambda f: f"{f.name} lost less than the reference in {f.better} of {sell_offs(f.run)}.",
        ),
        OfStrategy(
            lambda f: True,
            lambda f: (
                f"{f.name} lost less than the reference in {f.better} of the {f.acted} joint sell-offs in which it did "
                f"otherwise, of {f.run.windows} in all."
            ),
        ),
    ),
    "losses": (
        OfStrategy(lambda f: f.verdict == "void", lambda f: ""),
        OfStrategy(
            lambda f: True,
            lambda f: (
                f"On average the reference {f.lost('reference')}, {f.name} {f.lost('strategy')} and its mix ({f.mix}) "
                f"{f.lost('mix').split(' ')[-1] if (f.loss('mix') or 0) * (f.loss('strategy') or 0) > 0 else f.lost('mix')}: "
                f"it lost {payoff(f)}{between(f.interval('beyond_mix', 'payoff_mean'))}."
            ),
        ),
    ),
    "verdict": (
        OfStrategy(lambda f: f.verdict == "void", lambda f: ""),
        OfStrategy(lambda f: f.verdict == "paid", lambda f: "It clearly paid."),
        OfStrategy(lambda f: f.verdict == "worse", lambda f: "It clearly did worse than its mix."),
        OfStrategy(
            lambda f: f.verdict == "few" and f.run.windows < FEWEST_WINDOWS,
            lambda f: f"Too few to judge: {counted(f.run.windows, 'window')}.",
        ),
        OfStrategy(
            lambda f: f.verdict == "few", lambda f: f"Too few to judge: it acted in {f.acted} of {f.run.windows}."
        ),
        OfStrategy(
            lambda f: f.vetoed,
            lambda f: (
                f"Its interval lies {'below' if f.payoff < 0 else 'above'} zero, but of all shifts of its weights in "
                f"time {percent(f.by_chance, 0)} did as {'badly' if f.payoff < 0 else 'well'}: not clear."
            ),
        ),
        OfStrategy(
            lambda f: f.verdict == "small",
            lambda f: (
                "Small at best: even the upper end of the interval, widened for all that were tried, saves less than "
                "a twentieth of what the reference lost."
            ),
        ),
        OfStrategy(lambda f: f.widened is None, lambda f: "Without an interval there is no verdict."),
        OfStrategy(
            lambda f: True,
            lambda f: (
                f"Not clear: a payoff of {points(f.smallest, 2)} points would have been found clear four times in five."
            ),
        ),
    ),
    "placebo": (
        OfStrategy(lambda f: f.verdict == "void" or f.vetoed or f.by_chance is None, lambda f: ""),
        OfStrategy(
            lambda f: True,
            lambda f: (
                f"Of all shifts of its weights in time, {percent(f.by_chance, 0)} did as "
                f"{'badly' if f.payoff < 0 else 'well'}."
            ),
        ),
    ),
    "growth": (
        OfStrategy(lambda f: bool(f.faults), lambda f: ""),
        OfStrategy(
            lambda f: f.growth("reference") is None, lambda f: "The window is too short to speak of growth a year."
        ),
        OfStrategy(lambda f: f.growth("mix") is None, lambda f: f"It grew {f.grew('reference')} the reference."),
        OfStrategy(
            lambda f: f.verdict == "paid" and (f.growth("mix") or 0.0) < -10 * TIE,
            lambda f: (
                f"But it grew {f.grew('mix')} its mix{between(f.interval('growth_annual', 'over_mix', 'total'), 1)}: "
                f"what costs more than it brings is no hedge. It grew {f.grew('reference')} the reference."
            ),
        ),
        OfStrategy(
            lambda f: True,
            lambda f: (
                f"It grew {f.grew('mix')} its mix{between(f.interval('growth_annual', 'over_mix', 'total'), 1)}, and "
                f"{f.grew('reference')} the reference."
            ),
        ),
    ),
    "definition": (
        OfStrategy(lambda f: f.verdict == "void" or abs(f.payoff) < TIE or not f.turning, lambda f: ""),
        OfStrategy(
            lambda f: True,
            lambda f: (
                f"The sign of {f.name}'s payoff turns at other definitions of a joint sell-off: {listed(f.turning)}."
            ),
        ),
    ),
}
