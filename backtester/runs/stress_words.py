"""Sentences on scenarios: which hedges returned more than their mix in which of them."""

from typing import NamedTuple

from backtester.pages.format import counted, points
from backtester.runs.values import Json

LEAST_PAYOFF = 0.001  # of a payoff: less is called nothing
ASKED_SCENARIOS = (
    ("capital_war", "a capital war"),
    ("basis_unwind", "a basis unwind"),
    ("flight_to_quality", "a flight to quality"),
)
SCENARIO_OF_2022 = "inflation_2022"


class StressAnswer(NamedTuple):
    """A question about hedges, and what scenarios answer."""

    question: str
    text: str


def stress_answers(stress: Json, labels: dict[str, str]) -> list[StressAnswer]:
    """The answers on which strategies survive the scenarios that are asked about, and which helped in 2022 alone;
    `labels` by name, without the reference."""
    known = {one["name"]: one for one in stress["scenarios"]}
    short = {name: label.removeprefix("+ ") for name, label in labels.items()}
    found = [_survivors(known[name], words, short) for name, words in ASKED_SCENARIOS if name in known]
    if SCENARIO_OF_2022 in known and len(known) > 1:
        found.append(_only_once(known, short))
    return found or [_survivors(one, f"{one['title']!r}", short) for one in stress["scenarios"][:3]]


def scenario_payoff(scenario: Json, name: str) -> float:
    """A strategy's return less its mix's; 0 where there is no mix."""
    return float(scenario["strategies"][name]["payoff"] or 0.0)


def _survivors(scenario: Json, words: str, labels: dict[str, str]) -> StressAnswer:
    """Who was paid, and who paid, in one scenario."""
    by_payoff = sorted(labels, key=lambda name: -scenario_payoff(scenario, name))
    paid = [name for name in by_payoff if scenario_payoff(scenario, name) > LEAST_PAYOFF]
    lost = [name for name in reversed(by_payoff) if scenario_payoff(scenario, name) < -LEAST_PAYOFF]
    text = f"{_listed(paid, scenario, labels)} returned more than the mix" if paid else "None is paid over its mix"
    less = f"; {_listed(lost, scenario, labels)} less" if lost else ""
    return StressAnswer(f"Which survives {words}?", f"{text}{less}.")


def _listed(names: list[str], scenario: Json, labels: dict[str, str]) -> str:
    """Strategies with their payoffs in points."""
    return ", ".join(f"{labels[name]} ({points(scenario_payoff(scenario, name), signed=True)})" for name in names)


def _only_once(known: dict[str, Json], labels: dict[str, str]) -> StressAnswer:
    """Who was paid in 2022 and in no other scenario; where nobody was, in how many others those were that it paid."""
    others = [one for name, one in known.items() if name != SCENARIO_OF_2022]
    paid = {
        labels[name]: sum(scenario_payoff(one, name) > LEAST_PAYOFF for one in others)
        for name in labels
        if scenario_payoff(known[SCENARIO_OF_2022], name) > LEAST_PAYOFF
    }
    once = [label for label, count in paid.items() if not count]
    also = ", ".join(f"{label} in {count}" for label, count in paid.items() if count)
    elsewhere = f"in others too, of {counted(len(others), 'scenario')}: {also}" if also else ""
    if once:
        text = ", ".join(once) + (f". Paid in 2022 and {elsewhere}." if also else ".")
    else:
        text = f"None. Paid in 2022 and {elsewhere}." if paid else "None was paid over its mix in 2022 at all."
    return StressAnswer("Which only helped in 2022?", text)
