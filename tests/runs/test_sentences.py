"""Every sentence of the table, under its condition and beside its neighbours: what is said is what the numbers are."""

import copy
from pathlib import Path
from typing import Any

import pytest

from backtester.runs import sentences
from backtester.runs.document import document
from backtester.runs.run import carry_out
from backtester.runs.sentence_table import RUN_SENTENCES
from backtester.runs.settings import RunSettings
from backtester.runs.strategy_sentence_table import STRATEGY_SENTENCES
from backtester.runs.values import Json

GOLD, VOL = "sixty_forty + gold_overlay", "sixty_forty + vol_target"
PLUGINS = {
    "cash": "return {'stocks': 0.0}",
    "short": "return {'stocks': -3.0}",
    "bold": "return {'stocks': 0.9, 'bonds': 0.3}",
    "ruined": "return {'stocks': 20.0}",
}

TOGETHER = "When stocks and bonds fell together,"
PLAIN = "a plain mix of stocks, bonds and bills"


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugins")
    for name, line in PLUGINS.items():
        (folder / f"{name}.py").write_text(f'"""Made for a test."""\ndef weights():\n    {line}\n')
    return folder


@pytest.fixture(scope="module")
def made() -> Json:
    """Gold and volatility targeting on the embedded history."""
    return document(carry_out(RunSettings(recipes=(GOLD, VOL), resamples=100)))


@pytest.fixture
def two(made: Json) -> Json:
    return copy.deepcopy(made)


@pytest.fixture
def one(made: Json) -> Json:
    """The same with gold alone."""
    alone = copy.deepcopy(made)
    del alone["strategies"][2]
    return alone


def judged(told: Json, place: int, verdict: str, **beyond: Any) -> None:
    """Give the strategy at a place a verdict, and figures beyond its mix and of its intervals."""
    strategy = told["strategies"][place]
    strategy["verdict"] = verdict
    strategy["scorecard"]["intervals"]["beyond_mix"] |= {
        key: value for key, value in beyond.items() if key == "payoff_mean_of_all_tried"
    }
    strategy["scorecard"]["beyond_mix"] |= {
        key: value for key, value in beyond.items() if key != "payoff_mean_of_all_tried"
    }


def said_of(told: Json, place: int = 1) -> str:
    return " ".join(sentences.strategy_lines(told, told["strategies"][place]))


def windows(told: Json, count: int) -> None:
    told["joint_sell_offs"] = told["joint_sell_offs"][:count]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (
            "paid",
            f"{TOGETHER} Gold 10%, financed clearly did more for 60/40 than {PLAIN}.",
        ),
        (
            "worse",
            f"{TOGETHER} Gold 10%, financed clearly did less for 60/40 than {PLAIN}.",
        ),
        (
            "small",
            f"{TOGETHER} Gold 10%, financed did little more for 60/40 than {PLAIN}, at best.",
        ),
        (
            "unclear",
            f"{TOGETHER} Gold 10%, financed did not clearly do more for 60/40 than {PLAIN}.",
        ),
        ("few", "When stocks and bonds fell together, Gold 10%, financed acted too seldom to judge: in 20 of 21."),
        ("void", "No evidence of any hedge: Gold 10%, financed is void."),
    ],
)
def test_headline_of_one(one: Json, verdict: str, words: str) -> None:
    """Each verdict on a single strategy has its headline."""
    judged(one, 1, verdict)
    assert sentences.run_headline(one) == words


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (("unclear", "small"), f"{TOGETHER} neither of two hedges clearly did more for 60/40 than {PLAIN}."),
        (
            ("paid", "small"),
            f"{TOGETHER} Gold 10%, financed clearly did more for 60/40 than {PLAIN}; "
            "of Volatility target 8% that cannot be said.",
        ),
        (("paid", "paid"), f"{TOGETHER} both hedges clearly did more for 60/40 than {PLAIN}."),
        (("void", "void"), "No evidence of any hedge: Gold 10%, financed and Volatility target 8% are void."),
        (("void", "few"), f"{TOGETHER} neither of two hedges clearly did more for 60/40 than {PLAIN}."),
    ],
)  # fmt: skip
def test_headline_of_several(two: Json, verdicts: tuple[str, str], words: str) -> None:
    """None, some or all of them clearly paid, or none is evidence."""
    for place, verdict in enumerate(verdicts, start=1):
        judged(two, place, verdict)
    assert sentences.run_headline(two) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "Stocks and bonds did not fall together between 3 Jan 2007 and 26 May 2026: no word on any hedge."),
        (1, "Stocks and bonds fell together once: too few to judge any hedge."),
        (2, "Stocks and bonds fell together two times: too few to judge any hedge."),
        (19, "Stocks and bonds fell together 19 times: too few to judge any hedge."),
        (
            20,
            f"{TOGETHER} neither of two hedges clearly did more for 60/40 than {PLAIN}.",
        ),
    ],
)
def test_headline_by_the_number_of_windows(two: Json, count: int, words: str) -> None:
    """No window, one, too few, and the first number that is enough."""
    windows(two, count)
    assert sentences.run_headline(two) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "One joint sell-off is no sample."),
        (2, "Two joint sell-offs are too few for a verdict."),
        (19, "19 joint sell-offs are too few for a verdict."),
        (21, "21 joint sell-offs, many in clusters, are a small sample."),
    ],
)
def test_sample_in_number_and_grammar(two: Json, count: int, words: str) -> None:
    """One window is, two windows are."""
    windows(two, count)
    assert words in sentences.context_lines(two)


def test_many_windows_are_not_called_small(two: Json) -> None:
    """From fifty on the sample is not small, but less than its number."""
    two["joint_sell_offs"] = two["joint_sell_offs"] * 3
    assert "63 joint sell-offs, many in clusters, are fewer independent looks than that." in sentences.context_lines(
        two
    )


def test_reference_alone() -> None:
    """Without a strategy the reference's own loss is the headline, and nothing is judged."""
    alone = document(carry_out(RunSettings(recipes=("sixty_forty",), resamples=0)))
    assert sentences.run_headline(alone) == "When stocks and bonds fell together, 60/40 lost 7.1% on average."
    assert sentences.ruler_lines(alone) == ()
    assert sentences.summary_lines(alone) == ()


def test_three_losses_and_what_is_left(two: Json) -> None:
    """The losses of reference, strategy and mix by its shares, then the difference with its interval."""
    judged(two, 2, "unclear")
    said = said_of(two, 2)
    losses = "On average the reference lost 7.1%, Volatility target 8% lost 5.5% and its mix"
    assert (
        f"{losses} (44% stocks and 29% bonds) lost 5.2%: it returned 0.33 points a sell-off less than its mix" in said
    )
    assert "Not clear: widened for all that were tried, the interval is " in said


def test_deck_says_how_far_hedges_reach_and_what_the_largest_saving_was(two: Json) -> None:
    """The highest end of the ranges; the saving of whoever lost least beside that of its mix."""
    for place, high in ((1, 0.0021), (2, 0.0034)):
        two["strategies"][place]["scorecard"]["intervals"]["beyond_mix"]["payoff_mean"] = [-0.01, high]
        judged(two, place, "unclear")
    reach = "60/40 lost 7.1% on average in 21 joint sell-offs; no hedge's 90% range reaches above 0.34 points saved"
    saving = "The largest saving, by Volatility target 8% (it lost 5.5%), was smaller than that of simply holding 44%"
    first, second = sentences.summary_lines(two)
    assert first == f"{reach} over its mix."
    assert second == f"{saving} stocks and 29% bonds (which lost 5.2%)."
    two["strategies"][2]["scorecard"]["beyond_mix"]["payoff_mean"] = 0.001
    assert "(it lost 5.5%), was larger than that of simply holding" in sentences.summary_lines(two)[1]
    judged(two, 1, "paid")
    assert sentences.summary_lines(two)[0] == "60/40 lost 7.1% on average in 21 joint sell-offs."
    for strategy in two["strategies"][1:]:
        strategy["scorecard"]["mean_loss"]["strategy"] = 0.08
    assert sentences.summary_lines(two)[1] == "No hedge lost less than 60/40."


def test_payoff_of_rounding_is_none(one: Json) -> None:
    """A payoff of 6e-17 is what the mix did, in either direction."""
    for rounding in (6e-17, -6e-17):
        judged(one, 1, "small", payoff_mean=rounding)
        assert "it returned what its mix did" in said_of(one)


def test_verdict_names_its_reason(one: Json) -> None:
    """Too few acts or windows, chance on either side, small, and not clear with the payoff that would have been."""
    card = one["strategies"][1]["scorecard"]
    placebo = {"shifts": 100, "as_good": 0.13, "as_bad": 0.9}
    judged(one, 1, "paid", placebo=placebo | {"as_good": 0.01}, payoff_mean_of_all_tried=[0.001, 0.002])
    assert "It clearly paid. Of all shifts of its weights in time, 1% did as well." in said_of(one)
    judged(one, 1, "unclear", placebo=placebo)
    assert (
        "Its interval lies above zero, but of all shifts of its weights in time 13% did as well: not clear."
        in said_of(one)
    )
    judged(one, 1, "unclear", placebo=placebo, payoff_mean=-0.001, payoff_mean_of_all_tried=[-0.002, -0.001])
    assert (
        "Its interval lies below zero, but of all shifts of its weights in time 90% did as badly: not clear."
        in said_of(one)
    )
    judged(one, 1, "worse", placebo=None)
    assert "It clearly did worse than its mix." in said_of(one)
    assert "shifts" not in said_of(one)
    judged(one, 1, "unclear", payoff_mean_of_all_tried=[-0.002, 0.001], smallest_clear=0.0027)
    assert (
        "Not clear: widened for all that were tried, the interval is −0.20% to +0.10%; a payoff of 0.27 points would "
        "have been clear by it four times in five." in said_of(one)
    )
    judged(one, 1, "small")
    assert "Small at best: even the upper end of the interval" in said_of(one)
    card["acted"] = 8
    judged(one, 1, "few")
    assert "Too few to judge: it acted in 8 of 21." in said_of(one)
    windows(one, 12)
    assert "Too few to judge: 12 joint sell-offs." in said_of(one)


def test_without_intervals_there_is_no_verdict(one: Json) -> None:
    """No resamples: the reason is given once, and nothing is called clear or unclear."""
    bare = document(carry_out(RunSettings(recipes=(GOLD,), resamples=0)))
    assert sentences.run_headline(bare).endswith("without intervals there is no verdict on one hedge.")
    assert "There are no intervals: no resamples were asked for." in sentences.context_lines(bare)
    assert "Without an interval there is no verdict." in said_of(bare)
    assert len(sentences.ruler_lines(bare)) == 2
    assert len(sentences.ruler_lines(one)) == 3


def test_growth_beside_the_payoff(one: Json) -> None:
    """More, less or as fast as mix and reference; a payoff that costs more than it brings is called no hedge."""
    growth = one["strategies"][1]["scorecard"]["growth_annual"]
    growth["over_mix"]["total"], growth["over_reference"]["total"] = 0.0072, -0.0004
    assert "It grew 0.7% a year more than its mix (90% interval " in said_of(one)
    assert "and as fast as the reference." in said_of(one)
    judged(one, 1, "paid")
    assert "is no hedge" not in said_of(one)
    growth["over_mix"]["total"] = -0.0072
    assert "But it grew 0.7% a year less than its mix" in said_of(one)
    assert "what costs more than it brings is no hedge. It grew as fast as the reference." in said_of(one)
    growth["over_mix"]["total"] = None
    assert "It grew as fast as the reference." in said_of(one)
    growth["over_reference"]["total"] = None
    assert "The time is too short to speak of growth a year." in said_of(one)


def test_definitions_at_which_the_sign_turns(one: Json) -> None:
    """Those definitions alone whose payoff has another sign; nothing is said where none has, or of rounding."""
    strategy = one["strategies"][1]
    for row in strategy["scorecard"]["sensitivity"]:
        row["payoff_mean"] = 0.001
    judged(one, 1, "unclear", payoff_mean=0.001)
    said = "another sign at other definitions"
    assert said not in said_of(one)
    strategy["scorecard"]["sensitivity"][3]["payoff_mean"] = -0.001
    name = strategy["scorecard"]["sensitivity"][3]["name"]
    assert f"Its payoff has {said} of a joint sell-off: {name}." in said_of(one)
    judged(one, 1, "unclear", payoff_mean=1e-6)
    assert said not in said_of(one)


def test_acted_in_none_some_or_all(two: Json) -> None:
    """As the reference in all; lost less in some of those in which it did otherwise; in all."""
    card = two["strategies"][1]["scorecard"]
    assert said_of(two, 2).startswith("Volatility target 8% lost less than the reference in 12 of 21 joint sell-offs.")
    assert said_of(two).startswith(
        "Gold 10%, financed lost less than the reference in 4 of the 20 joint sell-offs in which it did otherwise, of "
        "21 in all."
    )
    card["acted"] = card["beyond_reference"]["better"] = 0
    assert said_of(two).startswith("Gold 10%, financed did as the reference did in all 21 joint sell-offs.")


@pytest.mark.parametrize("name", ["bold", "short", "cash"])
def test_nothing_is_said_of_holding_less_risk(plugins: Path, name: str) -> None:
    """A beta above one, a threefold short and all cash: each is held to its own mix, which is itself."""
    told = document(carry_out(RunSettings(recipes=(name,), plugins=(plugins,), resamples=100)))
    card, text = told["strategies"][1]["scorecard"], said_of(told)
    if told["strategies"][1]["ruin_date"]:
        assert "are no evidence: it was ruined on" in text
        return
    assert "risk" not in text
    assert "it returned what its mix did" in text
    assert abs(card["beyond_mix"]["payoff_mean"]) <= 1e-6
    assert told["strategies"][1]["verdict"] == "small"


def test_ruin_is_no_average(plugins: Path) -> None:
    """A ruined strategy is void by its date; a ruined reference is averaged over what it lived through."""
    settings = RunSettings(recipes=("ruined", GOLD), plugins=(plugins,), resamples=0)
    told = document(carry_out(settings))
    assert (
        said_of(told)
        == f"The numbers of Ruined are no evidence: it was ruined on {told['strategies'][1]['ruin_date']}."
    )
    assert "No evidence: Ruined (it was ruined on" in " ".join(sentences.summary_lines(told))
    gone = document(carry_out(settings.model_copy(update={"reference": "ruined", "recipes": (GOLD,)})))
    lines = " ".join(sentences.context_lines(gone))
    assert "Ruined, the reference, " in lines
    assert "on average" not in lines or "those before that" in lines


def test_other_legs_are_called_by_their_names() -> None:
    """Gold and long bonds as legs are named so in every sentence."""
    settings = RunSettings(recipes=(GOLD,), resamples=0, stocks_role="gold", bonds_role="long_bonds")
    told = document(carry_out(settings))
    assert "gold and long bonds" in sentences.run_headline(told).lower()
    assert (
        "falls of gold of 5% or more within a month, long bonds fell too, were it ever so little, in "
        in sentences.cushion_lines(told)[0]
    )
    assert "% gold" in said_of(told) and "% long bonds" in said_of(told)  # noqa: PT018 - both are of one sentence
    assert len(sentences.cushion_lines(told)) == 1, "how Treasuries cushioned stocks is no matter of gold"


def test_chance_is_said_by_regime_and_decade(two: Json) -> None:
    """Never, once or several times, each beside what chance has; nothing where the window is too short to rotate."""
    regime, decade = sentences.chance_lines(two)
    assert regime.startswith(
        "Stocks and bonds fell together 11 times while the correlation of the 36 months before was"
    )
    assert "14 times in the 2020s, where chance has 12.1 (9 to 15)" in decade
    two["chance"]["decade"][0] |= {"count": 0}
    two["chance"]["decade"][1] |= {"count": 1}
    assert "never in the 2000s" in sentences.chance_lines(two)[1]
    assert "once in the 2010s" in sentences.chance_lines(two)[1]
    for mean, is_said in ((0.5, True), (0.49, False)):  # never is worth a word where chance has one in two
        two["chance"]["decade"][0] |= {"count": 0, "mean": mean}
        assert ("never in the 2000s" in sentences.chance_lines(two)[1]) == is_said
    for kind in two["chance"].values():
        for one in kind:
            one["mean"] = None
    assert sentences.chance_lines(two) == ()


def test_every_group_says_something_true(made: Json, one: Json) -> None:
    """No group falls through, and every text can be made of a real document."""
    for group in RUN_SENTENCES:
        assert isinstance(sentences._run_sentences(made, group), tuple)
    for group in STRATEGY_SENTENCES:
        assert isinstance(sentences._strategy_sentences(one, one["strategies"][1], group), tuple)


def test_threshold_that_no_window_reaches(one: Json) -> None:
    """Without joint sell-offs the leg that never fell so far is named with its deepest fall; else nothing is said."""
    line = "At no time did bonds fall so far: 7.1% was the most. As a threshold 0.5% is -0.005."
    one["settings"]["bonds_fall"] = -0.2
    one["deepest_falls"]["bonds"] = -0.071
    assert line not in sentences.summary_lines(one)
    one["joint_sell_offs"] = []
    assert line in sentences.summary_lines(one)
    one["settings"]["bonds_fall"] = -0.071
    assert not any("At no time" in said for said in sentences.summary_lines(one))
