"""The phrases of the verdict: what a cost is, and what a hit rate is evidence of."""

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


def evidence_words(reading: Reading) -> str:
    """What the hit rate beyond the twin is evidence of."""
    size = percent(abs(reading.payoff or 0.0), 2)
    return {
        "pays": f"more often than chance, by {size} a window on average",
        "worse": f"less often than chance, and it lost {size} a window to it on average",
        "mixed": _mixed(reading, size),
        "chance": "not distinguishable from chance",
        "few": "too few windows to tell it from chance",
        "none": "there was no window to judge it by",
        "void": "void, because it looks ahead",
        "ruined": "void, because it was ruined",
    }[reading.evidence]


def _mixed(reading: Reading, size: str) -> str:
    if (reading.payoff or 0.0) > 0:
        return f"less often than chance, yet it gained {size} a window on average: few payoffs, but large ones"
    return f"more often than chance, yet it lost {size} a window on average: a few large losses undo many small gains"
