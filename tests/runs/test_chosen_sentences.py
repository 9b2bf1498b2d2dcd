"""Which sentence of a group is said, by hand: the conditions alone, each beside its neighbours."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from backtester.runs.facts import SHOWN_AS_ZERO, RunFacts, StrategyFacts
from backtester.runs.sentence_table import RUN_SENTENCES
from backtester.runs.strategy_sentence_table import STRATEGY_SENTENCES


def one(verdict: str, widened: "list[float] | None" = None) -> SimpleNamespace:
    """A strategy of a run."""
    return SimpleNamespace(verdict=verdict, widened=widened)


def run(*verdicts: str, windows: int = 21, **others: Any) -> RunFacts:
    """A run of strategies with these verdicts, whose intervals are known."""
    own = [one(verdict, [-1.0, 1.0]) for verdict in verdicts]

    def named(*asked: str) -> str:
        return "".join("x" for verdict in verdicts if verdict in asked)

    facts = {
        "others": own,
        "only_verdict": verdicts[0] if len(verdicts) == 1 else "",
        "windows": windows,
        "names_with": named,
    }
    usual = {
        "highest_bound": 0.01,
        "least_loss": own[:1],
        "largest_saving": 0.01,
        "least_loss_payoff": 0.0,
        "legs_above_threshold": [],
    }
    usual |= {"reference_returns": [0] * windows, "no_intervals": ""}
    return cast("RunFacts", SimpleNamespace(**facts | usual | others))


def said(group: str, facts: RunFacts) -> str:
    """The beginning of the sentence, or a part that tells it from others; empty if none is said."""
    return next((text for holds, text in RUN_SENTENCES[group] if holds(facts)), "")


BARE = [one("unclear"), one("paid")]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (run(), "{reference} {reference_lost} on average"),
        (run("void"), "{void} is void"),
        (run("void", "void"), "{void} are void"),
        (run("paid", windows=19), "fell together {times}: too few"),
        (run("few", windows=20), "acted too seldom"),
        (run("paid", windows=20), "{only_hedge} clearly did more"),
        (run("worse"), "{only_hedge} clearly did less"),
        (run("small"), "at best"),
        (run("paid", "unclear", others=BARE), "without intervals"),
        (run("unclear"), "{only_hedge} did not clearly do more"),
        (run("paid", "paid"), "both hedges"),
        (run("paid", "paid", "paid"), "all {hedges} clearly"),
        (run("paid", "unclear"), "of {unpaid} that"),
        (run("unclear", "worse"), "neither of two hedges"),
        (run("unclear", "worse", "void"), "none of {hedges}"),
    ],
)
def test_the_headline(facts: RunFacts, words: str) -> None:
    """By the verdicts, how many there are, and how many windows."""
    assert words in said("headline", facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (run("unclear", "worse", windows=0), ""),
        (run("unclear"), ""),
        (run("unclear", "worse", windows=20), "reaches above {highest_bound}"),
        (run("unclear", "worse", windows=19), "on average in {sell_offs}."),
        (run("unclear", "worse", highest_bound=None), "on average in {sell_offs}."),
        (run("paid", "worse"), "on average in {sell_offs}."),
    ],
)
def test_the_subheadline(facts: RunFacts, words: str) -> None:
    """How far hedges reach is said of two and more, none of which is clear."""
    found = said("subheadline", facts)
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (run("unclear"), ""),
        (run("unclear", "worse", windows=0), ""),
        (run("unclear", "worse", least_loss=None), ""),
        (run("unclear", "worse", largest_saving=SHOWN_AS_ZERO * 0.99), "No hedge lost less"),
        (run("unclear", "worse", largest_saving=SHOWN_AS_ZERO), "that of simply holding {its_mix}."),
        (run("unclear", "worse", least_loss_payoff=SHOWN_AS_ZERO), "that of simply holding {its_mix}."),
        (run("unclear", "worse", least_loss_payoff=SHOWN_AS_ZERO * 1.01), "larger than"),
        (run("unclear", "worse", least_loss_payoff=-SHOWN_AS_ZERO), "that of simply holding {its_mix}."),
        (run("unclear", "worse", least_loss_payoff=-SHOWN_AS_ZERO * 1.01), "smaller than"),
    ],
)
def test_the_largest_saving(facts: RunFacts, words: str) -> None:
    """Beside that of the mix, if they differ by what shows."""
    found = said("saving", facts)
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.parametrize(
    ("group", "facts", "words"),
    [
        ("thresholds", run("unclear", windows=0, legs_above_threshold=["bonds"]), "At no time"),
        ("thresholds", run("unclear", windows=0), ""),
        ("thresholds", run("unclear", windows=1, legs_above_threshold=["bonds"]), ""),
        ("worse", run("worse", "paid"), "Clearly worse"),
        ("worse", run("worse"), ""),
        ("worse", run("paid", "paid"), ""),
        ("void", run("void", "paid"), "No evidence"),
        ("void", run("paid", "paid"), ""),
        ("void", run("void", windows=0), ""),
        ("reference", run("paid", windows=0), ""),
        ("reference", run("paid", reference_returns=[]), "nothing left to lose"),
        ("reference", run("paid", reference_returns=[0] * 20), "was ruined"),
        ("reference", run("paid", reference_returns=[0] * 21), "between {start} and {end}"),
        ("sample", run("paid", windows=0), ""),
        ("sample", run("paid", windows=1), "is no sample"),
        ("sample", run("paid", windows=2), "too few for a verdict"),
        ("sample", run("paid", windows=19), "too few for a verdict"),
        ("sample", run("paid", windows=20), "a small sample"),
        ("sample", run("paid", windows=49), "a small sample"),
        ("sample", run("paid", windows=50), "fewer independent looks"),
        ("intervals", run("paid", no_intervals="why"), "no intervals: {reason}"),
        ("intervals", run("paid"), ""),
        ("intervals", run("paid", windows=0, no_intervals="why"), ""),
        *((group, run("paid"), text) for group, text in (("note", "A joint"), ("mix", "Mix:"), ("payoff", "Payoff:"))),
        *((group, run("paid", windows=0), "") for group in ("note", "mix", "payoff", "coverage")),
        *((group, run(), "") for group in ("note", "mix", "payoff", "coverage")),
        ("coverage", run("paid"), "12 to 20%"),
        ("coverage", run("paid", no_intervals="why"), ""),
    ],
)
def test_what_is_said_of_a_run(group: str, facts: RunFacts, words: str) -> None:
    """Each of these stands alone: something is said, or nothing."""
    found = said(group, facts)
    assert words in found
    assert bool(words) == bool(found)


def strategy(verdict: str = "unclear", *, acted: int = 20, **others: Any) -> StrategyFacts:
    """A strategy that acted in 20 of 21 windows."""
    usual = {
        "verdict": verdict,
        "scorecard": {"acted": acted},
        "windows": 21,
        "faults": "",
        "refuted_by_placebo": False,
    }
    usual |= {
        "placebo_share": 0.2,
        "growth_over_reference": 0.01,
        "growth_over_mix": 0.01,
        "widened": [-1.0, 1.0],
        "payoff": 0.01,
    }
    return cast("StrategyFacts", SimpleNamespace(**usual | {"opposite_sign_at": ["one"]} | others))


@pytest.mark.parametrize(
    ("group", "facts", "words"),
    [
        ("acted", strategy(faults="why"), "no evidence"),
        ("acted", strategy(windows=0), "no joint sell-off to judge"),
        ("acted", strategy(acted=0), "did as the reference did"),
        ("acted", strategy(acted=21), "in {better} of {sell_offs}"),
        ("acted", strategy(acted=20), "in which it did otherwise"),
        ("losses", strategy("void"), ""),
        ("losses", strategy(), "it returned"),
        ("verdict", strategy("void"), ""),
        ("verdict", strategy("paid"), "clearly paid"),
        ("verdict", strategy("worse"), "clearly did worse"),
        ("verdict", strategy("few", windows=19), "{sell_offs}"),
        ("verdict", strategy("few", windows=20), "it acted in"),
        ("verdict", strategy("small", refuted_by_placebo=True), "Its interval lies"),
        ("verdict", strategy("small"), "Small at best"),
        ("verdict", strategy(widened=None), "Without an interval"),
        ("verdict", strategy(), "Not clear: widened"),
        ("placebo", strategy("void"), ""),
        ("placebo", strategy(refuted_by_placebo=True), ""),
        ("placebo", strategy(placebo_share=None), ""),
        ("placebo", strategy(), "Of all shifts"),
        ("growth", strategy(faults="why"), ""),
        ("growth", strategy(growth_over_reference=None), "too short"),
        ("growth", strategy(growth_over_mix=None), "It grew {over_reference} the reference."),
        ("growth", strategy("paid", growth_over_mix=-10 * SHOWN_AS_ZERO * 1.01), "But it grew"),
        ("growth", strategy("paid", growth_over_mix=-10 * SHOWN_AS_ZERO), "It grew {over_mix}"),
        ("growth", strategy("unclear", growth_over_mix=-10 * SHOWN_AS_ZERO * 1.01), "It grew {over_mix}"),
        ("definition", strategy("void"), ""),
        ("definition", strategy(payoff=SHOWN_AS_ZERO * 0.99), ""),
        ("definition", strategy(payoff=-SHOWN_AS_ZERO * 0.99), ""),
        ("definition", strategy(payoff=SHOWN_AS_ZERO), "another sign"),
        ("definition", strategy(opposite_sign_at=[]), ""),
    ],
)
def test_what_is_said_of_a_strategy(group: str, facts: StrategyFacts, words: str) -> None:
    """By its verdict, how often it acted, and what is known of it."""
    found = next((text for holds, text in STRATEGY_SENTENCES[group] if holds(facts)), "")
    assert found.startswith(words) if words.startswith(("It grew", "But")) else words in found
    assert bool(words) == bool(found)
