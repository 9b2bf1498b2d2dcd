"""What scenarios say in plain words: which hedges were paid over their mix in which of them."""

from backtester.pages.format import counted, points
from backtester.runs.values import Json

HELPED = 0.001  # of a payoff: less is called nothing
ASKED = (
    ("capital_war", "a capital war"),
    ("basis_unwind", "a basis unwind"),
    ("flight_to_quality", "a flight to quality"),
)
ONCE = "inflation_2022"


def answers(stress: Json, labels: dict[str, str]) -> list[str]:
    """Sentences on which strategies, by name and label without the reference, the scenarios favour."""
    known = {one["name"]: one for one in stress["scenarios"]}
    lines = [_survivors(known[name], words, labels) for name, words in ASKED if name in known]
    if ONCE in known and len(known) > 1:
        lines.append(_only_once(known, labels))
    return lines or [_survivors(one, f"{one['title']!r}", labels) for one in stress["scenarios"][:3]]


def payoff(scenario: Json, name: str) -> float:
    """A strategy's return less its mix's; 0 where there is no mix."""
    return float(scenario["strategies"][name]["payoff"] or 0.0)


def _survivors(scenario: Json, words: str, labels: dict[str, str]) -> str:
    """Who was paid, and who paid, in one scenario."""
    by_payoff = sorted(labels, key=lambda name: -payoff(scenario, name))
    paid = [name for name in by_payoff if payoff(scenario, name) > HELPED]
    lost = [name for name in reversed(by_payoff) if payoff(scenario, name) < -HELPED]
    text = f"In {words} "
    text += f"{_listed(paid, scenario, labels)} returned more than the mix" if paid else "no hedge is paid over its mix"
    return text + (f"; {_listed(lost, scenario, labels)} less." if lost else ".")


def _listed(names: list[str], scenario: Json, labels: dict[str, str]) -> str:
    """Strategies with their payoffs in points."""
    return ", ".join(f"{labels[name]} ({points(payoff(scenario, name), signed=True)})" for name in names)


def _only_once(known: dict[str, Json], labels: dict[str, str]) -> str:
    """Who was paid in 2022 and in no other scenario."""
    others = [one for name, one in known.items() if name != ONCE]
    once = [
        labels[name]
        for name in labels
        if payoff(known[ONCE], name) > HELPED and not any(payoff(one, name) > HELPED for one in others)
    ]
    paid = [name for name in labels if payoff(known[ONCE], name) > HELPED]
    if once:
        return f"Helped in 2022 and in none of the {counted(len(others), 'other scenario')}: {', '.join(once)}."
    if not paid:
        return "None of them was paid over its mix in 2022."
    also = [f"{labels[name]} in {sum(payoff(one, name) > HELPED for one in others)}" for name in paid]
    return f"Paid in 2022 and elsewhere, of {counted(len(others), 'other scenario')}: {', '.join(also)}."
