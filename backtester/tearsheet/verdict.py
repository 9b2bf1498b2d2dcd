"""The verdict in plain English: headline, what stands below it, and a sentence for each strategy.

It answers: does this hedge pay when stocks and bonds fall together, how surely, and what does it cost? What may be said
to have paid is decided in `reading`.
"""

from dataclasses import dataclass

from backtester.tearsheet.format import counted, date, listed, percent, period
from backtester.tearsheet.names import Json, Named
from backtester.tearsheet.phrases import acted_words, cost_words, evidence_words
from backtester.tearsheet.reading import Reading, read

TOGETHER = "When stocks and bonds fell together"
NAMES_AT_MOST = 4


@dataclass(frozen=True)
class Verdict:
    """The headline, sentences below it, and for several strategies one sentence each."""

    headline: str
    below: tuple[str, ...]
    sentences: tuple[tuple[Reading, str], ...]
    readings: tuple[Reading, ...]


def verdict(document: Json, names: tuple[Named, ...]) -> Verdict:
    """The verdict on a run."""
    pairs = zip(document["strategies"][1:], names[1:], strict=True)
    readings = tuple(read(strategy, named) for strategy, named in pairs)
    falls = _reference(document, names[0])
    if not document["joint_sell_offs"]:
        headline = "Stocks and bonds did not fall together in this window, so it says nothing about any hedge."
        return Verdict(headline, tuple(_cost_of(reading) for reading in readings), (), readings)
    if not readings:
        return Verdict(falls, ("No strategy was given to compare it with.",), (), ())
    if len(readings) == 1:
        return Verdict(_single(readings[0]), (*_single_below(readings[0]), falls), (), readings)
    sentences = tuple((reading, sentence(reading)) for reading in readings)
    return Verdict(_several(readings), (*_costs(readings), falls), sentences, readings)


def sentence(reading: Reading) -> str:
    """One strategy in a sentence or two: how often, how surely, at what cost."""
    if reading.evidence in ("void", "ruined"):
        return _void(reading)
    return f"{_surely(reading)} {_cost_of(reading, 'It')}"


def _several(readings: tuple[Reading, ...]) -> str:
    paid, rest = _those(readings, "pays"), [reading for reading in readings if reading.evidence != "pays"]
    if not paid:
        return (
            f"{TOGETHER}, none of the {counted(len(readings), 'strategy')} clearly paid beyond what its own risk "
            f"explains{_exceptions(readings)}."
        )
    only = "only " if rest else ""
    ending = f"; {_names(rest)} did not, or not clearly" if rest else ""
    return (
        f"{TOGETHER}, {only}{_names(paid)} paid beyond what {_its(paid)} risk explains{ending}{_exceptions(readings)}."
    )


def _its(readings: list[Reading]) -> str:
    return "its own" if len(readings) == 1 else "their own"


def _exceptions(readings: tuple[Reading, ...]) -> str:
    void = [reading for reading in readings if reading.evidence in ("void", "ruined")]
    return f" ({_names(void)}: void, see below)" if void else ""


def _single(reading: Reading) -> str:
    name = reading.named.spoken
    if reading.evidence in ("void", "ruined"):
        return _void(reading)
    if not reading.acted:
        return f"{TOGETHER}, {name} {acted_words(reading)}."
    return (
        f"{TOGETHER}, {name} beat the reference at its own risk in {reading.beyond} of {reading.acted} sell-offs: "
        f"{evidence_words(reading)}."
    )


def _single_below(reading: Reading) -> tuple[str, ...]:
    """How surely, and at what cost; nothing of a strategy whose numbers are void."""
    if reading.evidence in ("void", "ruined"):
        return ()
    sure = f"That share has a {_interval(reading)}. " if reading.acted else ""
    return (f"{sure}It {acted_words(reading)}. {_cost_of(reading, 'It')}",)


def _interval(reading: Reading) -> str:
    low, high = reading.interval
    return f"90% interval of {percent(low, 0)} to {percent(high, 0)}"


def _surely(reading: Reading) -> str:
    told = f"{reading.named.spoken} {acted_words(reading)}"
    if not reading.acted:
        return f"{told}."
    beat = f"beat its twin in {reading.beyond} ({_interval(reading)}): {evidence_words(reading)}"
    return f"{told}, and {beat}."


def _void(reading: Reading) -> str:
    reasons = "; ".join(f"{flag.text}: {flag.reason}" for flag in reading.named.flags)
    return f"The numbers of {reading.named.spoken} are no evidence ({reasons})."


def _cost_of(reading: Reading, name: str = "") -> str:
    error = (
        "" if reading.cost is None or reading.cost_error is None else f" (give or take {percent(reading.cost_error)})"
    )
    return f"{name or reading.named.spoken} {cost_words(reading.cost)}{_than(reading)} over the whole window{error}."


def _than(reading: Reading) -> str:
    return " than the reference" if cost_words(reading.cost).endswith("more") else " against the reference"


def _costs(readings: tuple[Reading, ...]) -> tuple[str, ...]:
    """What those that paid cost, else which softened the falls most and the range of all costs."""
    paid = _those(readings, "pays")
    if paid:
        told = listed([f"{reading.named.spoken} {cost_words(reading.cost)}" for reading in paid[:NAMES_AT_MOST]])
        return (f"Against the reference over the whole window, {told}.",)
    sound = [reading for reading in readings if reading.evidence not in ("void", "ruined")]
    costs = [reading.cost for reading in sound if reading.cost is not None]
    if not costs:
        return _softest(sound)
    best, worst = cost_words(min(costs)), cost_words(max(costs))
    return (
        *_softest(sound),
        f"Against the reference over the whole window, the cheapest {best}; the dearest {worst}.",
    )


def _softest(readings: list[Reading]) -> tuple[str, ...]:
    """Which lost least against the reference on average, and how much of that holding less risk explains."""
    gains = [reading for reading in readings if (reading.payoff_over_reference or 0.0) > 0]
    if not gains:
        return ()
    most = max(gains, key=lambda reading: reading.payoff_over_reference or 0.0)
    gain, beyond = percent(most.payoff_over_reference, 2), most.payoff or 0.0
    why = (
        f"{percent(beyond, 2)} of it beyond its own risk" if beyond > 0 else "all of it, and more, by holding less risk"
    )
    return (f"{most.named.spoken} softened them most, by {gain} a window on average, {why}.",)


def _reference(document: Json, named: Named) -> str:
    falls = [(window["strategies"][named.name], window) for window in document["joint_sell_offs"]]
    known = [(value, window) for value, window in falls if value is not None]
    if not known:
        return f"{named.spoken} has no return in the joint sell-offs."
    worst, window = min(known, key=lambda fall: fall[0])
    mean = sum(value for value, _ in known) / len(known)
    span = document["window"]
    return (
        f"{named.spoken}, the reference, returned {percent(mean)} on average in the "
        f"{counted(len(falls), 'joint sell-off')} between {date(span['start'])} and {date(span['end'])}, "
        f"{percent(worst)} in the worst ({period(window['start'], window['end'])})."
    )


def _those(readings: tuple[Reading, ...], evidence: str) -> list[Reading]:
    return [reading for reading in readings if reading.evidence == evidence]


def _names(readings: list[Reading]) -> str:
    spoken = [reading.named.spoken for reading in readings]
    if len(spoken) > NAMES_AT_MOST:
        spoken = [*spoken[: NAMES_AT_MOST - 1], f"{len(spoken) - NAMES_AT_MOST + 1} others"]
    return listed(spoken)
