"""The verdict in plain English: headline, what stands below it, and a sentence for each strategy.

It answers: does this hedge pay when stocks and bonds fall together, how surely, and what does it cost? What may be said
to have paid is decided in `reading`.
"""

from dataclasses import dataclass

from backtester.pages.format import counted, listed, percent
from backtester.pages.names import Named
from backtester.tearsheet.context import reference_words, size_words
from backtester.tearsheet.names import Json
from backtester.tearsheet.phrases import acted_words, beyond_words, cost_words, evidence_words, range_words
from backtester.tearsheet.reading import FEWEST, Estimate, Reading, read

TOGETHER = "When stocks and bonds fell together"
NAMES_AT_MOST = 4
VOID = ("void", "ruined")
HEADLINES = {
    "pays": "clearly paid beyond what its own risk explains",
    "mix": "paid beyond holding less risk, but a fixed mix with fewer bonds or stocks may explain that",
    "worse": "clearly did worse than its own risk explains",
    "outdone": "did not clearly pay beyond what its own risk explains, and a fixed mix would clearly have done better",
    "mixed": "gave mixed signs beyond what its own risk explains",
    "unclear": "did not clearly pay beyond what its own risk explains",
    "few": "acted too seldom to judge",
}


@dataclass(frozen=True)
class Verdict:
    """The headline, sentences below it, what it rests on, and for several strategies one sentence each."""

    headline: str
    below: tuple[str, ...]
    context: tuple[str, ...]
    sentences: tuple[tuple[Reading, str], ...]
    readings: tuple[Reading, ...]


def verdict(document: Json, names: tuple[Named, ...]) -> Verdict:
    """The verdict on a run."""
    pairs = zip(document["strategies"][1:], names[1:], strict=True)
    readings = tuple(read(strategy, named) for strategy, named in pairs)
    if not document["joint_sell_offs"]:
        headline = "Stocks and bonds did not fall together in this window, so it says nothing about any hedge."
        return Verdict(headline, tuple(_cost_of(reading) for reading in readings), (), (), readings)
    falls = reference_words(document, names[0])
    if not readings:
        return Verdict(falls, ("No strategy was given to compare it with.",), (), (), ())
    context = (f"{falls} {size_words(document)}",)
    if len(readings) == 1:
        return Verdict(_single(readings[0]), _single_below(readings[0]), context, (), readings)
    sentences = tuple((reading, sentence(reading)) for reading in readings)
    return Verdict(_several(readings), _several_below(readings), context, sentences, readings)


def sentence(reading: Reading) -> str:
    """One strategy in a sentence or two: how often, how surely, at what cost."""
    if reading.evidence in VOID:
        return _void(reading)
    told = f"{reading.named.spoken} {acted_words(reading)}"
    if reading.acted:
        told += f"; {beyond_words(reading)}: {evidence_words(reading)}"
    return f"{told}. {_cost_of(reading, 'It')}"


def _several(readings: tuple[Reading, ...]) -> str:
    paid, rest = _those(readings, "pays"), [reading for reading in readings if reading.evidence != "pays"]
    if not paid:
        return (
            f"{TOGETHER}, none of the {counted(len(readings), 'strategy')} clearly paid beyond what its own risk "
            f"explains{_exceptions(readings)}."
        )
    only = "only " if rest else ""
    ending = f"; {_names(rest)} did not, or not clearly" if rest else ""
    its = "its own" if len(paid) == 1 else "their own"
    return f"{TOGETHER}, {only}{_names(paid)} paid beyond what {its} risk explains{ending}{_exceptions(readings)}."


def _exceptions(readings: tuple[Reading, ...]) -> str:
    void = [reading for reading in readings if reading.evidence in VOID]
    return f" ({_names(void)}: void, see below)" if void else ""


def _single(reading: Reading) -> str:
    name = reading.named.spoken
    if reading.evidence in VOID:
        return _void(reading)
    if not reading.acted:
        return f"{TOGETHER}, {name} {acted_words(reading)}."
    if reading.windows < FEWEST:
        return f"Stocks and bonds fell together too seldom to judge {name}."
    return f"{TOGETHER}, {name} {HEADLINES[reading.evidence]}."


def _single_below(reading: Reading) -> tuple[str, ...]:
    """How often, how surely, and at what cost; nothing of a strategy whose numbers are void."""
    if reading.evidence in VOID:
        return ()
    if not reading.acted:
        return (_cost_of(reading, "It"),)
    return (f"It {acted_words(reading)}; {beyond_words(reading)}: {evidence_words(reading)}.", _cost_of(reading, "It"))


def _void(reading: Reading) -> str:
    reasons = "; ".join(f"{flag.text}: {flag.reason}" for flag in reading.named.flags)
    return f"The numbers of {reading.named.spoken} are no evidence ({reasons})."


def _cost_of(reading: Reading, name: str = "") -> str:
    """What it cost the rest of the time and over the whole window, and how surely."""
    rest, total = reading.cost_rest.value, reading.cost.value
    told = cost_words(total)
    if rest is not None and total is not None and reading.windows:
        calm = cost_words(rest)
        verb = calm.partition(" ")[0]
        told = f"{calm} the rest of the time and {told.removeprefix(f'{verb} ')}"
    return f"{name or reading.named.spoken} {told} over the whole window{_cost_range(reading)}."


def _cost_range(reading: Reading) -> str:
    """The interval of the cost, turned round where it is told as earning more; else its standard error."""
    cost = reading.cost
    if cost.low is not None and cost.high is not None:
        turned = Estimate(None, -cost.high, -cost.low) if (cost.value or 0.0) < 0 else cost
        return f" ({range_words(turned, 1)})"
    error = reading.cost_error
    return "" if cost.value is None or error is None else f" (give or take {percent(error)})"


def _several_below(readings: tuple[Reading, ...]) -> tuple[str, ...]:
    """What those that paid did, else which softened the falls most; and the range of all costs."""
    paid = _those(readings, "pays")
    if paid:
        return tuple(sentence(reading) for reading in paid[:2])
    sound = [reading for reading in readings if reading.evidence not in VOID]
    return (*_softest(sound), *_range_of_costs(sound))


def _range_of_costs(readings: list[Reading]) -> tuple[str, ...]:
    known = sorted(
        (reading.cost.value, place) for place, reading in enumerate(readings) if reading.cost.value is not None
    )
    if not known:
        return ()
    (low, cheap), (high, dear) = known[0], known[-1]
    if len(known) == 1:
        return (_cost_of(readings[cheap]),)
    rest = readings[dear].cost_rest.value
    calm = f", {percent(rest)} a year the rest of the time" if rest is not None and rest > high > 0 else ""
    return (
        f"Over the whole window the cheapest, {readings[cheap].named.spoken}, {cost_words(low)}; the dearest, "
        f"{readings[dear].named.spoken}, {cost_words(high)}{calm}.",
    )


def _softest(readings: list[Reading]) -> tuple[str, ...]:
    """Which lost least against the reference on average, and how much of that holding less risk explains."""
    gains = [reading for reading in readings if (reading.over_reference.value or 0.0) > 0]
    if not gains:
        return ()
    most = max(gains, key=lambda reading: reading.over_reference.value or 0.0)
    gain, beyond = percent(most.over_reference.value, 2), most.over_twin.value or 0.0
    why = "; holding less risk explains all of it"
    if beyond > 0:
        why = f", {percent(beyond, 2)} of it beyond its own risk"
    return (f"{most.named.spoken} softened them most, by {gain} a window on average{why}.",)


def _those(readings: tuple[Reading, ...], evidence: str) -> list[Reading]:
    return [reading for reading in readings if reading.evidence == evidence]


def _names(readings: list[Reading]) -> str:
    spoken = [reading.named.spoken for reading in readings]
    if len(spoken) > NAMES_AT_MOST:
        spoken = [*spoken[: NAMES_AT_MOST - 1], f"{len(spoken) - NAMES_AT_MOST + 1} others"]
    return listed(spoken)
