"""The sentences that page, terminal and notebook can print about one strategy, each with its condition.

A group holds alternatives in order: the first whose condition is true is printed, and nothing if its template is empty.
Conditions ask a `facts.StrategyFacts`; `sentence_words.strategy_words` fills the fields of a template. A mix is the
fixed shares of stocks, bonds and bills that moved as the strategy did; the payoff, the return beyond it.
"""

from backtester.analysis.verdict import FEWEST_WINDOWS
from backtester.runs.facts import SHOWN_AS_ZERO, StrategyFacts
from backtester.runs.sentence_table import Alternatives

STRATEGY_SENTENCES: dict[str, Alternatives[StrategyFacts]] = {
    "acted": (
        (lambda facts: facts.faults, "The numbers of {name} are no evidence: {faults}."),
        (lambda facts: not facts.windows, "There was no joint sell-off to judge {name} by."),
        (lambda facts: not facts.scorecard["acted"], "{name} did as the reference did in all {sell_offs}."),
        (
            lambda facts: facts.scorecard["acted"] == facts.windows,
            "{name} lost less than the reference in {better} of {sell_offs}.",
        ),
        (
            lambda facts: True,
            "{name} lost less than the reference in {better} of the {acted} joint sell-offs in which it did otherwise, "
            "of {windows} in all.",
        ),
    ),
    "losses": (
        (lambda facts: facts.verdict == "void", ""),
        (
            lambda facts: True,
            "On average the reference {reference_lost}, {name} {strategy_lost} and its mix ({mix}) {mix_lost}: it "
            "returned {payoff}{interval}.",
        ),
    ),
    "verdict": (
        (lambda facts: facts.verdict == "void", ""),
        (lambda facts: facts.verdict == "paid", "It clearly paid."),
        (lambda facts: facts.verdict == "worse", "It clearly did worse than its mix."),
        (lambda facts: facts.verdict == "few" and facts.windows < FEWEST_WINDOWS, "Too few to judge: {sell_offs}."),
        (lambda facts: facts.verdict == "few", "Too few to judge: it acted in {acted} of {windows}."),
        (
            lambda facts: facts.refuted_by_placebo,
            "Its interval lies {above_or_below} zero, but of all shifts of its weights in time {by_chance} did as "
            "{well_or_badly}: not clear.",
        ),
        (
            lambda facts: facts.verdict == "small",
            "Small at best: even the upper end of the interval, widened for all that were tried, saves less than a "
            "twentieth of what the reference lost.",
        ),
        (lambda facts: facts.widened is None, "Without an interval there is no verdict."),
        (
            lambda facts: True,
            "Not clear: widened for all that were tried, the interval is {widened}; a payoff of {smallest} points "
            "would have been clear by it four times in five.",
        ),
    ),
    "placebo": (
        (lambda facts: facts.verdict == "void" or facts.refuted_by_placebo or facts.placebo_share is None, ""),
        (lambda facts: True, "Of all shifts of its weights in time, {by_chance} did as {well_or_badly}."),
    ),
    "growth": (
        (lambda facts: facts.faults, ""),
        (lambda facts: facts.growth_over_reference is None, "The time is too short to speak of growth a year."),
        (lambda facts: facts.growth_over_mix is None, "It grew {over_reference} the reference."),
        (
            lambda facts: facts.verdict == "paid" and (facts.growth_over_mix or 0.0) < -10 * SHOWN_AS_ZERO,
            "But it grew {over_mix} its mix{growth_interval}: what costs more than it brings is no hedge. It grew "
            "{over_reference} the reference.",
        ),
        (lambda facts: True, "It grew {over_mix} its mix{growth_interval}, and {over_reference} the reference."),
    ),
    "definition": (
        (lambda facts: facts.verdict == "void" or abs(facts.payoff) < SHOWN_AS_ZERO or not facts.opposite_sign_at, ""),
        (
            lambda facts: True,
            "Its payoff has another sign at other definitions of a joint sell-off: {other_definitions}.",
        ),
    ),
}
