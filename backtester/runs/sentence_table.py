"""Every sentence that page, terminal and notebook say of a run, each with the condition under which it is true.

Sentences come in groups: of a group the first whose condition holds is said, or none where its template is empty.
Conditions are about `facts.RunFacts` or `facts.Facts`; a template's fields are in `sentence_words`.
"""

from collections.abc import Callable
from typing import TypeVar

from backtester.analysis.verdict import FEWEST_WINDOWS
from backtester.runs.facts import SHOWN_AS_ZERO, Facts, RunFacts

FactsOf = TypeVar("FactsOf")
Sentences = tuple[tuple[Callable[[FactsOf], object], str], ...]
SAVING = "The largest saving, by {saver} (it {saver_lost}), was"

RUN: dict[str, Sentences[RunFacts]] = {
    "headline": (
        (lambda f: not f.windows, "{Both} did not fall together between {start} and {end}: no word on any hedge."),
        (lambda f: not f.others, "When {both} fell together, {reference} {lost} on average."),
        (lambda f: f.only == "void", "No evidence of any hedge: {void} is void."),
        (lambda f: all(one.verdict == "void" for one in f.others), "No evidence of any hedge: {void} are void."),
        (lambda f: f.windows < FEWEST_WINDOWS, "{Both} fell together {times}: too few to judge any hedge."),
        (
            lambda f: f.only == "few",
            "When {both} fell together, {first} acted too seldom to judge: in {acted} of {windows}.",
        ),
        (
            lambda f: f.only == "paid",
            "When {both} fell together, {first} clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda f: f.only == "worse",
            "When {both} fell together, {first} clearly did less for {reference} than {plain_mix}.",
        ),
        (
            lambda f: f.only == "small",
            "When {both} fell together, {first} did little more for {reference} than {plain_mix}, at best.",
        ),
        (
            lambda f: all(one.widened is None for one in f.others),
            "{Both} fell together {times}; without intervals there is no verdict on {hedges}.",
        ),
        (
            lambda f: f.only == "unclear",
            "When {both} fell together, {first} did not clearly do more for {reference} than {plain_mix}.",
        ),
        (
            lambda f: len(f.others) == 2 and all(one.verdict == "paid" for one in f.others),
            "When {both} fell together, both hedges clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda f: all(one.verdict == "paid" for one in f.others),
            "When {both} fell together, all {hedges} clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda f: f.named("paid"),
            "When {both} fell together, {paid} clearly did more for {reference} than {plain_mix}; of {unpaid} that "
            "cannot be said.",
        ),
        (
            lambda f: len(f.others) == 2,
            "When {both} fell together, neither of two hedges clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda f: True,
            "When {both} fell together, none of {hedges} clearly did more for {reference} than {plain_mix}.",
        ),
    ),
    "deck": (
        (lambda f: not f.windows or len(f.others) < 2, ""),
        (
            lambda f: f.windows >= FEWEST_WINDOWS and f.highest is not None and not f.named("paid"),
            "{reference} {lost} on average in {sell_offs}; no hedge's 90% range reaches above {highest} points saved "
            "over its mix.",
        ),
        (lambda f: True, "{reference} {lost} on average in {sell_offs}."),
    ),
    "saving": (
        (lambda f: not f.windows or len(f.others) < 2 or f.saver is None, ""),
        (lambda f: f.largest_saving < SHOWN_AS_ZERO, "No hedge lost less than {reference}."),
        (
            lambda f: f.saver_payoff > SHOWN_AS_ZERO,
            f"{SAVING} larger than that of simply holding {{held}} (which {{held_lost}}).",
        ),
        (
            lambda f: f.saver_payoff < -SHOWN_AS_ZERO,
            f"{SAVING} smaller than that of simply holding {{held}} (which {{held_lost}}).",
        ),
        (lambda f: True, f"{SAVING} that of simply holding {{held}}."),
    ),
    "reach": (
        (
            lambda f: not f.windows and f.never_so_far,
            "At no time did {never} fall so far: {deepest} was the most. As a threshold 0.5% is -0.005.",
        ),
    ),
    "worse": (
        (lambda f: len(f.others) > 1 and f.named("worse"), "Clearly worse than a fixed mix that moved alike: {worse}."),
    ),
    "void": ((lambda f: f.windows and f.named("void"), "No evidence: {faults}."),),
    "reference": (
        (lambda f: not f.windows, ""),
        (lambda f: not f.moves, "{reference}, the reference, had nothing left to lose in the {sell_offs}."),
        (
            lambda f: len(f.moves) < f.windows,
            "{reference}, the reference, was ruined; in {lived} of {sell_offs}, those before that, it {falls}.",
        ),
        (lambda f: True, "{reference}, the reference, {falls}: {sell_offs} between {start} and {end}."),
    ),
    "sample": (
        (lambda f: not f.windows, ""),
        (lambda f: f.windows == 1, "One joint sell-off is no sample."),
        (lambda f: f.windows < FEWEST_WINDOWS, "{Sell_offs} are too few for a verdict."),
        (lambda f: f.windows < 50, "{Sell_offs}, many in clusters, are a small sample."),
        (lambda f: True, "{Sell_offs}, many in clusters, are fewer independent looks than that."),
    ),
    "intervals": ((lambda f: f.windows and f.no_intervals, "There are no intervals: {reason}."),),
    "note": (
        (
            lambda f: f.windows and f.others,
            "A joint sell-off is a stretch of up to {within} in which {first_leg} lost {first_fall} or more and "
            "{second_leg} {second_fall} or more; {windows} of them are few, so the ranges are wide. A hedge's mix is "
            "the fixed holding of {first_leg}, {second_leg} and bills that moved as the hedge did (44/29 stands for "
            "44% and 29%, the rest bills; above 100 the rest is borrowed), so what is saved over it is more than "
            "holding less risk. A range that spans zero cannot tell the hedge from its mix, and a hedge that acted in"
            " fewer than {fewest} sell-offs gets no verdict; the thin line allows for all hedges that were tried.",
        ),
    ),
    "mix": (
        (
            lambda f: f.windows and f.others,
            "Mix: fixed shares of the legs and bills that moved as the strategy did, with its costs and trading days. "
            "It is found with hindsight: a yardstick, not something one could have held. Taking risk off for good, or "
            "rebalancing on other days, scores zero by it.",
        ),
    ),
    "payoff": (
        (
            lambda f: f.windows and f.others,
            "Payoff: what the strategy returned beyond its mix, the mean of all joint sell-offs. It is clear when its "
            "90% interval, widened for the number of strategies tried, lies off zero, and at most a twentieth of all "
            "shifts of the strategy's weights in time did as well, or as badly.",
        ),
    ),
    "coverage": (
        (
            lambda f: f.windows and f.others and not f.no_intervals,
            "For strategies that change their leverage such intervals miss a true zero in 12 to 20% of cases, not in "
            "10%. The ruler reads about three quarters of a true edge, since the mix is fitted to the sell-offs too.",
        ),
    ),
}
STRATEGY: dict[str, Sentences[Facts]] = {
    "acted": (
        (lambda f: f.faults, "The numbers of {name} are no evidence: {faults}."),
        (lambda f: not f.windows, "There was no joint sell-off to judge {name} by."),
        (lambda f: not f.card["acted"], "{name} did as the reference did in all {sell_offs}."),
        (
            lambda f: f.card["acted"] == f.windows,
            "{name} lost less than the reference in {better} of {sell_offs}.",
        ),
        (
            lambda f: True,
            "{name} lost less than the reference in {better} of the {acted} joint sell-offs in which it did otherwise, "
            "of {windows} in all.",
        ),
    ),
    "losses": (
        (lambda f: f.verdict == "void", ""),
        (
            lambda f: True,
            "On average the reference {reference_lost}, {name} {own_lost} and its mix ({mix}) {mix_lost}: it returned "
            "{payoff}{interval}.",
        ),
    ),
    "verdict": (
        (lambda f: f.verdict == "void", ""),
        (lambda f: f.verdict == "paid", "It clearly paid."),
        (lambda f: f.verdict == "worse", "It clearly did worse than its mix."),
        (lambda f: f.verdict == "few" and f.windows < FEWEST_WINDOWS, "Too few to judge: {counted}."),
        (lambda f: f.verdict == "few", "Too few to judge: it acted in {acted} of {windows}."),
        (
            lambda f: f.vetoed,
            "Its interval lies {side} zero, but of all shifts of its weights in time {by_chance} did as {well}: not "
            "clear.",
        ),
        (
            lambda f: f.verdict == "small",
            "Small at best: even the upper end of the interval, widened for all that were tried, saves less than a "
            "twentieth of what the reference lost.",
        ),
        (lambda f: f.widened is None, "Without an interval there is no verdict."),
        (
            lambda f: True,
            "Not clear: widened for all that were tried, the interval is {widened}; a payoff of {smallest} points "
            "would have been clear by it four times in five.",
        ),
    ),
    "placebo": (
        (lambda f: f.verdict == "void" or f.vetoed or f.by_chance is None, ""),
        (lambda f: True, "Of all shifts of its weights in time, {by_chance} did as {well}."),
    ),
    "growth": (
        (lambda f: f.faults, ""),
        (lambda f: f.over_reference is None, "The time is too short to speak of growth a year."),
        (lambda f: f.over_mix is None, "It grew {over_reference} the reference."),
        (
            lambda f: f.verdict == "paid" and (f.over_mix or 0.0) < -10 * SHOWN_AS_ZERO,
            "But it grew {over_mix} its mix{growth_interval}: what costs more than it brings is no hedge. It grew "
            "{over_reference} the reference.",
        ),
        (lambda f: True, "It grew {over_mix} its mix{growth_interval}, and {over_reference} the reference."),
    ),
    "definition": (
        (lambda f: f.verdict == "void" or abs(f.payoff) < SHOWN_AS_ZERO or not f.turning, ""),
        (lambda f: True, "Its payoff has another sign at other definitions of a joint sell-off: {turning}."),
    ),
}
