"""The sentences that page, terminal and notebook can print about a run, each with the condition under which it is true.

A group holds alternatives in order: the first whose condition is true is printed, and nothing if its template is empty.
Conditions ask a `facts.RunFacts`; `sentence_words.run_words` fills the fields of a template. The groups "mix" and
"payoff" say what these are; the ruler is the mix.
"""

from collections.abc import Callable
from typing import TypeVar

from backtester.analysis.verdict import FEWEST_WINDOWS
from backtester.runs.facts import SHOWN_AS_ZERO, RunFacts

FactsOf = TypeVar("FactsOf")  # RunFacts or StrategyFacts
Alternatives = tuple[tuple[Callable[[FactsOf], object], str], ...]  # of one group: condition and template
SAVING = "The largest saving, by {least_loss} (it {least_loss_words}), was"

RUN_SENTENCES: dict[str, Alternatives[RunFacts]] = {
    "headline": (
        (lambda run: not run.windows, "{Both} did not fall together between {start} and {end}: no word on any hedge."),
        (lambda run: not run.others, "When {both} fell together, {reference} {reference_lost} on average."),
        (lambda run: run.only_verdict == "void", "No evidence of any hedge: {void} is void."),
        (
            lambda run: all(hedge.verdict == "void" for hedge in run.others),
            "No evidence of any hedge: {void} are void.",
        ),
        (lambda run: run.windows < FEWEST_WINDOWS, "{Both} fell together {times}: too few to judge any hedge."),
        (
            lambda run: run.only_verdict == "few",
            "When {both} fell together, {only_hedge} acted too seldom to judge: in {acted} of {windows}.",
        ),
        (
            lambda run: run.only_verdict == "paid",
            "When {both} fell together, {only_hedge} clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda run: run.only_verdict == "worse",
            "When {both} fell together, {only_hedge} clearly did less for {reference} than {plain_mix}.",
        ),
        (
            lambda run: run.only_verdict == "small",
            "When {both} fell together, {only_hedge} did little more for {reference} than {plain_mix}, at best.",
        ),
        (
            lambda run: all(hedge.widened is None for hedge in run.others),
            "{Both} fell together {times}; without intervals there is no verdict on {hedges}.",
        ),
        (
            lambda run: run.only_verdict == "unclear",
            "When {both} fell together, {only_hedge} did not clearly do more for {reference} than {plain_mix}.",
        ),
        (
            lambda run: len(run.others) == 2 and all(hedge.verdict == "paid" for hedge in run.others),
            "When {both} fell together, both hedges clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda run: all(hedge.verdict == "paid" for hedge in run.others),
            "When {both} fell together, all {hedges} clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda run: run.names_with("paid"),
            "When {both} fell together, {paid} clearly did more for {reference} than {plain_mix}; of {unpaid} that "
            "cannot be said.",
        ),
        (
            lambda run: len(run.others) == 2,
            "When {both} fell together, neither of two hedges clearly did more for {reference} than {plain_mix}.",
        ),
        (
            lambda run: True,
            "When {both} fell together, none of {hedges} clearly did more for {reference} than {plain_mix}.",
        ),
    ),
    "subheadline": (
        (lambda run: not run.windows or len(run.others) < 2, ""),
        (
            lambda run: run.windows >= FEWEST_WINDOWS and run.highest_bound is not None and not run.names_with("paid"),
            "{reference} {reference_lost} on average in {sell_offs}; no hedge's 90% range reaches above "
            "{highest_bound} points saved over its mix.",
        ),
        (lambda run: True, "{reference} {reference_lost} on average in {sell_offs}."),
    ),
    "saving": (
        (lambda run: not run.windows or len(run.others) < 2 or run.least_loss is None, ""),
        (lambda run: run.largest_saving < SHOWN_AS_ZERO, "No hedge lost less than {reference}."),
        (
            lambda run: run.least_loss_payoff > SHOWN_AS_ZERO,
            f"{SAVING} larger than that of simply holding {{its_mix}} (which {{its_mix_lost}}).",
        ),
        (
            lambda run: run.least_loss_payoff < -SHOWN_AS_ZERO,
            f"{SAVING} smaller than that of simply holding {{its_mix}} (which {{its_mix_lost}}).",
        ),
        (lambda run: True, f"{SAVING} that of simply holding {{its_mix}}."),
    ),
    "thresholds": (
        (
            lambda run: not run.windows and run.legs_above_threshold,
            "At no time did {legs_above} fall so far: {deepest_falls} was the most. As a threshold 0.5% is -0.005.",
        ),
    ),
    "worse": (
        (
            lambda run: len(run.others) > 1 and run.names_with("worse"),
            "Clearly worse than a fixed mix that moved alike: {worse}.",
        ),
    ),
    "void": ((lambda run: run.windows and run.names_with("void"), "No evidence: {faults}."),),
    "reference": (
        (lambda run: not run.windows, ""),
        (
            lambda run: not run.reference_returns,
            "{reference}, the reference, had nothing left to lose in the {sell_offs}.",
        ),
        (
            lambda run: len(run.reference_returns) < run.windows,
            "{reference}, the reference, was ruined; in {reference_windows} of {sell_offs}, those before that, it "
            "{reference_returned}.",
        ),
        (lambda run: True, "{reference}, the reference, {reference_returned}: {sell_offs} between {start} and {end}."),
    ),
    "sample": (
        (lambda run: not run.windows, ""),
        (lambda run: run.windows == 1, "One joint sell-off is no sample."),
        (lambda run: run.windows < FEWEST_WINDOWS, "{Sell_offs} are too few for a verdict."),
        (lambda run: run.windows < 50, "{Sell_offs}, many in clusters, are a small sample."),
        (lambda run: True, "{Sell_offs}, many in clusters, are fewer independent looks than that."),
    ),
    "intervals": ((lambda run: run.windows and run.no_intervals, "There are no intervals: {reason}."),),
    "note": (
        (
            lambda run: run.windows and run.others,
            "A joint sell-off is a stretch of up to {within} in which {first_leg} lost {first_fall} or more and "
            "{second_leg} {second_fall} or more; {windows} of them are few, so the ranges are wide. A hedge's mix is "
            "the fixed holding of {first_leg}, {second_leg} and bills that moved as the hedge did (44/29 stands for "
            "44% and 29%, the rest bills; above 100 the rest is borrowed), so what is saved over it is more than "
            "holding less risk. A range that spans zero cannot tell the hedge from its mix, and a hedge that acted in"
            " fewer than {fewest_acted} sell-offs gets no verdict; the thin line allows for all hedges that were "
            "tried.",
        ),
    ),
    "mix": (
        (
            lambda run: run.windows and run.others,
            "Mix: fixed shares of the legs and bills that moved as the strategy did, with its costs and trading days. "
            "It is found with hindsight: a yardstick, not something one could have held. Taking risk off for good, or "
            "rebalancing on other days, scores zero by it.",
        ),
    ),
    "payoff": (
        (
            lambda run: run.windows and run.others,
            "Payoff: what the strategy returned beyond its mix, the mean of all joint sell-offs. It is clear when its "
            "90% interval, widened for the number of strategies tried, lies off zero, and at most a twentieth of all "
            "shifts of the strategy's weights in time did as well, or as badly.",
        ),
    ),
    "coverage": (
        (
            lambda run: run.windows and run.others and not run.no_intervals,
            "For strategies that change their leverage such intervals miss a true zero in 12 to 20% of cases, not in "
            "10%. The ruler reads about three quarters of a true edge, since the mix is fitted to the sell-offs too.",
        ),
    ),
}
