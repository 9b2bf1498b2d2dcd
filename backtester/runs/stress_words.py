"""Questions about hedges that the results of stress scenarios answer, in sentences.

A payoff is the return beyond the mix, the fixed shares of stocks, bonds and bills that moved as the strategy did.
"""

from typing import NamedTuple

from backtester.pages.format import counted, points
from backtester.runs.values import Json

LEAST_PAYOFF = 0.001  # as a fraction; a smaller payoff counts as none
ASKED_SCENARIOS = (  # scenarios that a question is asked about, and how it calls them
    ("capital_war", "a capital war"),
    ("basis_unwind", "a basis unwind"),
    ("flight_to_quality", "a flight to quality"),
)
SCENARIO_OF_2022 = "inflation_2022"


class StressAnswer(NamedTuple):
    """A question about hedges, and the answer."""

    question: str
    text: str


def stress_answers(stress: Json, labels: dict[str, str]) -> list[StressAnswer]:
    """Which strategies survive each of `ASKED_SCENARIOS`, and which helped in 2022 alone.

    `labels` are those of the strategies but the reference, by name. If the run has none of these scenarios, the first
    three that it has are asked about.
    """
    by_name = {scenario["name"]: scenario for scenario in stress["scenarios"]}
    short_labels = {name: label.removeprefix("+ ") for name, label in labels.items()}
    answers = [_survivors(by_name[name], words, short_labels) for name, words in ASKED_SCENARIOS if name in by_name]
    if SCENARIO_OF_2022 in by_name and len(by_name) > 1:
        answers.append(_only_in_2022(by_name, short_labels))
    return answers or [
        _survivors(scenario, f"{scenario['title']!r}", short_labels) for scenario in stress["scenarios"][:3]
    ]


def scenario_payoff(scenario: Json, strategy: str) -> float:
    """A strategy's return less its mix's in a scenario, a fraction; 0 if it has no mix."""
    return float(scenario["strategies"][strategy]["payoff"] or 0.0)


def _survivors(scenario: Json, what: str, labels: dict[str, str]) -> StressAnswer:
    """Which strategies returned more than their mix in a scenario, and which less."""
    by_payoff = sorted(labels, key=lambda name: -scenario_payoff(scenario, name))
    paid = [name for name in by_payoff if scenario_payoff(scenario, name) > LEAST_PAYOFF]
    lost = [name for name in reversed(by_payoff) if scenario_payoff(scenario, name) < -LEAST_PAYOFF]
    text = (
        f"{_with_payoffs(paid, scenario, labels)} returned more than the mix" if paid else "None is paid over its mix"
    )
    less = f"; {_with_payoffs(lost, scenario, labels)} less" if lost else ""
    return StressAnswer(f"Which survives {what}?", f"{text}{less}.")


def _with_payoffs(names: list[str], scenario: Json, labels: dict[str, str]) -> str:
    """Strategies with their payoffs in points."""
    return ", ".join(f"{labels[name]} ({points(scenario_payoff(scenario, name), signed=True)})" for name in names)


def _only_in_2022(by_name: dict[str, Json], labels: dict[str, str]) -> StressAnswer:
    """Which strategies returned more than their mix in 2022 alone, and in how many other scenarios the rest did."""
    others = [scenario for name, scenario in by_name.items() if name != SCENARIO_OF_2022]
    paid = {
        labels[name]: sum(scenario_payoff(scenario, name) > LEAST_PAYOFF for scenario in others)
        for name in labels
        if scenario_payoff(by_name[SCENARIO_OF_2022], name) > LEAST_PAYOFF
    }
    only_then = [label for label, count in paid.items() if not count]
    also = ", ".join(f"{label} in {count}" for label, count in paid.items() if count)
    elsewhere = f"in others too, of {counted(len(others), 'scenario')}: {also}" if also else ""
    if only_then:
        text = ", ".join(only_then) + (f". Paid in 2022 and {elsewhere}." if also else ".")
    else:
        text = f"None. Paid in 2022 and {elsewhere}." if paid else "None was paid over its mix in 2022 at all."
    return StressAnswer("Which only helped in 2022?", text)
