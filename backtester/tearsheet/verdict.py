"""The verdict in plain English: headline, what stands below it, and a sentence for each strategy.

It answers: does this hedge pay when stocks and bonds fall together, how surely, and what does it cost? Nothing is
called evidence unless the 90% interval of the hit rate leaves out one half.
"""

from dataclasses import dataclass

from backtester.tearsheet.format import counted, date, listed, percent, period
from backtester.tearsheet.names import Json, Named
from backtester.tearsheet.phrases import cost_words, evidence_words
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
            f"{TOGETHER}, none of the {counted(len(readings), 'strategy')} demonstrably paid beyond simply holding "
            f"less risk{_exceptions(readings)}."
        )
    only = "only " if rest else ""
    ending = f"; {_names(rest)} did not, or not demonstrably" if rest else ""
    return (
        f"{TOGETHER}, {only}{_names(paid)} paid more often than chance beyond simply holding less risk"
        f"{ending}{_exceptions(readings)}."
    )


def _exceptions(readings: tuple[Reading, ...]) -> str:
    void = [reading for reading in readings if reading.evidence in ("void", "ruined")]
    return f" ({_names(void)}: void, see below)" if void else ""


def _single(reading: Reading) -> str:
    name = reading.named.spoken
    if reading.evidence in ("void", "ruined"):
        return _void(reading)
    return (
        f"{TOGETHER}, {name} beat simply holding less risk in {reading.beyond} of {reading.windows} sell-offs: "
        f"{evidence_words(reading)}."
    )


def _single_below(reading: Reading) -> tuple[str, ...]:
    """How surely, and at what cost; nothing of a strategy whose numbers are void."""
    if reading.evidence in ("void", "ruined"):
        return ()
    return (
        f"That share has a {_interval(reading)}. It lost less than the reference in {reading.softened} of "
        f"{reading.windows}. {_cost_of(reading, 'It')}",
        *(_riskier([reading]) if reading.evidence == "pays" else ()),
    )


def _interval(reading: Reading) -> str:
    low, high = reading.interval
    return f"90% interval of {percent(low, 0)} to {percent(high, 0)}"


def _surely(reading: Reading) -> str:
    name = reading.named.spoken
    return (
        f"{name} lost less than the reference in {reading.softened} of {reading.windows} joint sell-offs, and beat its "
        f"twin in {reading.beyond} ({_interval(reading)}): {evidence_words(reading)}."
    )


def _void(reading: Reading) -> str:
    reasons = "; ".join(f"{flag.text}: {flag.reason}" for flag in reading.named.flags)
    return f"The numbers of {reading.named.spoken} are no evidence ({reasons})."


def _cost_of(reading: Reading, name: str = "") -> str:
    return f"{name or reading.named.spoken} {cost_words(reading.cost)}{_than(reading)} over the whole window."


def _than(reading: Reading) -> str:
    return " than the reference" if cost_words(reading.cost).endswith("more") else " against the reference"


def _costs(readings: tuple[Reading, ...]) -> tuple[str, ...]:
    """What those that paid cost and whether they still lost more than the reference; else the range of all costs."""
    paid = _those(readings, "pays")
    if paid:
        told = listed([f"{reading.named.spoken} {cost_words(reading.cost)}" for reading in paid[:NAMES_AT_MOST]])
        return (f"Against the reference over the whole window, {told}.", *_riskier(paid))
    costs = [reading.cost for reading in readings if reading.cost is not None and reading.evidence != "void"]
    if not costs:
        return ()
    best, worst = cost_words(min(costs)), cost_words(max(costs))
    return (f"Against the reference over the whole window, the cheapest {best}; the dearest {worst}.",)


def _riskier(paid: list[Reading]) -> tuple[str, ...]:
    return tuple(
        f"Yet {reading.named.spoken} lost more than the reference in these sell-offs, by "
        f"{percent(-reading.payoff_over_reference, 2)} on average: it beat a portfolio of its own, higher risk "
        f"(beta {reading.beta:.2f})."
        for reading in paid[:NAMES_AT_MOST]
        if reading.payoff_over_reference is not None and reading.payoff_over_reference < 0 and (reading.beta or 0) > 1
    )


def _reference(document: Json, named: Named) -> str:
    falls = [(window["strategies"][named.name], window) for window in document["joint_sell_offs"]]
    known = [(value, window) for value, window in falls if value is not None]
    if not known:
        return f"{named.spoken} has no return in the joint sell-offs."
    worst, window = min(known, key=lambda fall: fall[0])
    mean = sum(value for value, _ in known) / len(known)
    lost = sum(value < 0 for value, _ in known)
    span = document["window"]
    return (
        f"{named.spoken}, the reference, lost in {lost} of {len(falls)} joint sell-offs between "
        f"{date(span['start'])} and {date(span['end'])}: {percent(mean)} on average, {percent(worst)} in the worst "
        f"({period(window['start'], window['end'])})."
    )


def _those(readings: tuple[Reading, ...], evidence: str) -> list[Reading]:
    return [reading for reading in readings if reading.evidence == evidence]


def _names(readings: list[Reading]) -> str:
    spoken = [reading.named.spoken for reading in readings]
    if len(spoken) > NAMES_AT_MOST:
        spoken = [*spoken[: NAMES_AT_MOST - 1], f"{len(spoken) - NAMES_AT_MOST + 1} others"]
    return listed(spoken)
