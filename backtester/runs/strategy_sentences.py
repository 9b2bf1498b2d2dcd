"""Every sentence that page, terminal and notebook say of a strategy, each with the condition under which it is true.

As in `run_sentences.py`: of a group the first whose condition holds is said, or none where its text is empty.
"""

from collections.abc import Callable
from typing import NamedTuple

from backtester.analysis.verdict import FEWEST_WINDOWS
from backtester.pages.format import counted, listed, percent, points
from backtester.runs.facts import TIE, Facts, between


class OfStrategy(NamedTuple):
    """A sentence on a strategy."""

    when: Callable[[Facts], bool]
    text: Callable[[Facts], str]


def payoff(f: Facts) -> str:
    """The payoff as what was lost less than by the mix."""
    if abs(f.payoff) < TIE:
        return "as much as its mix"
    return f"{points(abs(f.payoff), 2)} points a window {'less' if f.payoff > 0 else 'more'} than its mix"


STRATEGY: dict[str, tuple[OfStrategy, ...]] = {
    "acted": (
        OfStrategy(lambda f: bool(f.faults), lambda f: f"The numbers of {f.name} are no evidence: {f.faults}."),
        OfStrategy(lambda f: f.run.windows == 0, lambda f: f"There was no joint sell-off to judge {f.name} by."),
        OfStrategy(lambda f: f.acted == 0, lambda f: f"{f.name} did as the reference did in all {f.run.sell_offs}."),
        OfStrategy(
            lambda f: f.acted == f.run.windows,
            lambda f: f"{f.name} lost less than the reference in {f.better} of {f.run.sell_offs}.",
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
                f"{f.lost('mix')}: it lost {payoff(f)}{between(f.interval('beyond_mix', 'payoff_mean'))}."
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
