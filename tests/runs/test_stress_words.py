"""What scenarios say in words, by hand."""

import pytest

from backtester.runs.stress_words import scenario_payoff, stress_answers
from backtester.runs.values import Json


def scenario(name: str, **payoffs: float) -> Json:
    """A scenario's part of a document, with the payoffs of strategies."""
    return {"name": name, "title": name, "strategies": {key: {"payoff": value} for key, value in payoffs.items()}}


def test_words_answer_the_three_questions() -> None:
    """Which survives a capital war, which a basis unwind, and which only helped in 2022."""
    labels = {"gold": "+ Gold", "bills": "Bills"}
    stress = {
        "scenarios": [
            scenario("capital_war", gold=0.016, bills=-0.004),
            scenario("basis_unwind", gold=-0.02, bills=0.0),
            scenario("inflation_2022", gold=0.004, bills=0.05),
        ]
    }
    assert [" ".join(one) for one in stress_answers(stress, labels)] == [
        "Which survives a capital war? Gold (+1.6) returned more than the mix; Bills (−0.4) less.",
        "Which survives a basis unwind? None is paid over its mix; Gold (−2.0) less.",
        "Which only helped in 2022? Bills. Paid in 2022 and in others too, of two scenarios: Gold in 1.",
    ]


def test_words_of_other_scenarios() -> None:
    """Where none of the three is asked for the first scenarios speak; 2022 with company says how often else."""
    labels = {"gold": "Gold"}
    assert stress_answers({"scenarios": [scenario("mine", gold=0.01)]}, labels) == [
        ("Which survives 'mine'?", "Gold (+1.0) returned more than the mix.")
    ]
    assert stress_answers({"scenarios": [scenario("inflation_2022", gold=0.01)]}, labels) == [
        ("Which survives 'inflation_2022'?", "Gold (+1.0) returned more than the mix.")
    ]
    both = {"scenarios": [scenario("mine", gold=0.01), scenario("inflation_2022", gold=0.01)]}
    only = "Which only helped in 2022?"
    assert stress_answers(both, labels) == [(only, "None. Paid in 2022 and in others too, of one scenario: Gold in 1.")]
    alone = {"scenarios": [scenario("mine", gold=0.0), scenario("inflation_2022", gold=0.01)]}
    assert stress_answers(alone, labels) == [(only, "Gold.")]
    none = {"scenarios": [scenario("mine", gold=0.01), scenario("inflation_2022", gold=0.0)]}
    assert stress_answers(none, labels) == [(only, "None was paid over its mix in 2022 at all.")]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0.001, "None is paid over its mix."),
        (0.0011, "Gold (+0.1) returned more than the mix."),
        (-0.001, "None is paid over its mix."),
        (-0.0011, "None is paid over its mix; Gold (\N{MINUS SIGN}0.1) less."),
    ],
)
def test_a_tenth_of_a_point_is_nothing(size: float, text: str) -> None:
    """More than that, either way, is said."""
    [answer] = stress_answers({"scenarios": [scenario("mine", gold=size)]}, {"gold": "Gold"})
    assert answer.text == text


def test_the_largest_comes_first() -> None:
    """Of those that were paid the most, of the others the least; of made scenarios three are asked about."""
    made = scenario("mine", a=0.01, b=0.03, c=-0.01, d=-0.03)
    found = stress_answers({"scenarios": [made] * 4}, {name: name for name in "abcd"})
    assert len(found) == 3
    less = "d (\N{MINUS SIGN}3.0), c (\N{MINUS SIGN}1.0) less"
    assert found[0].text == f"b (+3.0), a (+1.0) returned more than the mix; {less}."
    assert scenario_payoff({"strategies": {"a": {"payoff": None}}}, "a") == 0.0


def test_what_helped_in_2022_to_a_tenth_of_a_point() -> None:
    """There and elsewhere alike."""
    for there, elsewhere, text in (
        (0.001, 0.0, "None was paid over its mix in 2022 at all."),
        (0.0011, 0.001, "Gold."),
        (0.0011, 0.0011, "None. Paid in 2022 and in others too, of one scenario: Gold in 1."),
    ):
        stress = {"scenarios": [scenario("mine", gold=elsewhere), scenario("inflation_2022", gold=there)]}
        assert stress_answers(stress, {"gold": "Gold"})[0].text == text
