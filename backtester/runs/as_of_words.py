"""Sentences on the verdicts that a run would have given at each year-end, and on what followed the clear ones.

What followed is the mean return beyond the strategy's mix in the joint sell-offs that ended after the year-end.
"""

from backtester.pages.format import counted, listed_words
from backtester.runs.sentences import VERDICTS
from backtester.runs.values import Json

CLEAR_VERDICTS = ("paid", "worse")


def as_of_lines(document: Json) -> tuple[str, ...]:
    """The sentences; empty if year-ends were not asked for, or the period has none."""
    rows: list[Json] = document.get("as_of") or []
    verdicts = [verdict for row in rows for verdict in row["strategies"].values()]
    if not verdicts:
        return ()
    counts = {word: sum(verdict["verdict"] == word for verdict in verdicts) for word in VERDICTS}
    words = [f"\N{LEFT DOUBLE QUOTATION MARK}{VERDICTS[word]}\N{RIGHT DOUBLE QUOTATION MARK} {counted(count, 'time')}"
             for word, count in counts.items() if count]  # fmt: skip
    span = f"At {counted(len(rows), 'year-end')}, from {rows[0]['end'][:4]} to {rows[-1]['end'][:4]},"
    return (f"{span} it would have said {listed_words(words)}.", _after_clear(verdicts))


def _after_clear(verdicts: list[Json]) -> str:
    """A sentence on how often the joint sell-offs that followed a clear verdict confirmed it."""
    clear = [
        verdict for verdict in verdicts if verdict["verdict"] in CLEAR_VERDICTS and verdict["followed"] is not None
    ]
    if not clear:
        return "It never said that a strategy clearly paid, or clearly did worse, before joint sell-offs that followed."
    confirmed = sum(
        verdict["followed"] > 0 if verdict["verdict"] == "paid" else verdict["followed"] < 0 for verdict in clear
    )
    return f"Where it was clear and joint sell-offs followed, these bore it out in {confirmed} of {len(clear)}."
