"""The phrases of the verdict: what a cost is, and what the counts are evidence of."""

from backtester.tearsheet.format import percent
from backtester.tearsheet.reading import Reading


def cost_words(cost: float | None) -> str:
    """A cost in log points a year as `cost 0.8% a year` or, where it is negative, `earned 0.9% a year more`."""
    if cost is None:
        return "has no defined cost"
    shown = percent(abs(cost))
    if shown == percent(0.0):
        return "cost nothing to the nearest 0.1% a year"
    return f"cost {shown} a year" if cost > 0 else f"earned {shown} a year more"


def acted_words(reading: Reading) -> str:
    """In how many windows it beat the reference, and in how many it did otherwise than the reference at all."""
    if reading.acted == 0:
        return f"did as the reference did in all {reading.windows} joint sell-offs"
    if reading.acted == reading.windows:
        return f"lost less than the reference in {reading.softened} of {reading.windows} joint sell-offs"
    return (
        f"did otherwise than the reference in {reading.acted} of {reading.windows} joint sell-offs and lost less in "
        f"{reading.softened} of these"
    )


def evidence_words(reading: Reading) -> str:
    """What the counts against the twin are evidence of."""
    size = percent(abs(reading.payoff or 0.0), 2)
    return {
        "pays": f"clearly more often than not, by {size} a window on average",
        "worse": f"clearly less often than not, and it lost {size} a window to it on average",
        "mixed": _mixed(reading, size),
        "unclear": "no clear sign either way",
        "few": "too few to judge",
        "none": "there was no window to judge it by",
        "void": "void, because it looks ahead",
        "ruined": "void, because it was ruined",
    }[reading.evidence]


def _mixed(reading: Reading, size: str) -> str:
    if (reading.payoff_over_reference or 0.0) <= 0 < (reading.payoff or 0.0) and reading.beyond * 2 > reading.acted:
        return f"often enough, by {size} a window on average, but it lost no less than the reference"
    if (reading.payoff or 0.0) > 0:
        return f"less often than not, yet it gained {size} a window on average: few payoffs, but large ones"
    return f"more often than not, yet it lost {size} a window on average: a few large losses undo many small gains"
