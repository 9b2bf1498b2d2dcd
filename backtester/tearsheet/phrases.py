"""The phrases of the verdict: what a cost is, what it did, and what the numbers are evidence of."""

from backtester.pages.format import percent
from backtester.tearsheet.reading import Estimate, Reading

INTERVAL = "90% interval"


def cost_words(cost: float | None) -> str:
    """A cost in log points a year as `cost 0.8% a year` or, where it is negative, `earned 0.9% a year more`."""
    if cost is None:
        return "has no defined cost"
    shown = percent(abs(cost))
    if shown == percent(0.0):
        return "cost nothing to the nearest 0.1% a year"
    return f"cost {shown} a year" if cost > 0 else f"earned {shown} a year more"


def acted_words(reading: Reading) -> str:
    """How many windows it softened, and in how many it did otherwise than the reference at all."""
    if reading.acted == 0:
        return f"did as the reference did in all {reading.windows} joint sell-offs"
    if reading.acted == reading.windows:
        return f"softened {reading.softened} of {reading.windows} joint sell-offs"
    return (
        f"did otherwise than the reference in {reading.acted} of {reading.windows} joint sell-offs and softened "
        f"{reading.softened} of these"
    )


def range_words(estimate: Estimate, places: int = 2, *, signed: bool = True) -> str:
    """An interval as `90% interval −0.20% to +0.80%`; empty where there is none."""
    if not estimate.known:
        return ""
    low, high = (percent(end, places, signed=signed) for end in (estimate.low, estimate.high))
    return f"{INTERVAL} {low} to {high}"


def beyond_words(reading: Reading) -> str:
    """What it did beyond holding less risk: in how many windows, by how much, and how surely."""
    told = f"beyond simply holding less risk it helped in {reading.beyond}"
    size = f"mean payoff {percent(reading.over_twin.value, 2, signed=True)}"
    if not reading.over_twin.known:
        share = range_words(reading.share, 0, signed=False)
        return f"{told}{f' ({share} of that share)' if share else ''}, {size}"
    mix = "" if reading.evidence not in ("pays", "mix", "outdone", "mixed") else _mix_words(reading)
    return f"{told}, {size} ({range_words(reading.over_twin)}){mix}"


def _mix_words(reading: Reading) -> str:
    if reading.over_mix is None or not reading.over_mix.known:
        return ""
    size = percent(reading.over_mix.value, 2, signed=True)
    return f", and beyond a fixed mix of stocks, bonds and bills in {reading.beyond_mix}, {size} " + (
        f"({range_words(reading.over_mix)})"
    )


def evidence_words(reading: Reading) -> str:
    """What the numbers beyond twin and mix are evidence of."""
    return {
        "pays": "it clearly paid",
        "mix": "it paid beyond holding less risk, but a fixed mix with fewer bonds or stocks may explain that",
        "worse": "clearly worse than holding less risk would have been"
        if reading.resampled
        else "clearly less often than not",
        "outdone": "no clear sign against holding less risk, but a fixed mix would clearly have done better",
        "mixed": _mixed(reading),
        "unclear": "no clear sign, with room for the number of strategies tried"
        if reading.over_twin.sign
        else "no clear sign either way",
        "few": "too few to judge",
        "none": "there was no window to judge it by",
        "void": "void, because it looks ahead",
        "ruined": "void, because it was ruined",
    }[reading.evidence]


def _mixed(reading: Reading) -> str:
    payoff = reading.over_twin.value or 0.0
    if (reading.over_reference.value or 0.0) <= 0 < payoff:
        return "it beat its own risk, but lost no less than the reference"
    if reading.resampled:
        return "better than one of holding less risk and a fixed mix, worse than the other"
    if payoff > 0:
        return "less often than not, yet a gain on average: few payoffs, but large ones"
    return "more often than not, yet a loss on average: a few large losses undo many small gains"
