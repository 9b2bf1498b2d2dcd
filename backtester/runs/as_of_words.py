"""Sentences on a run's verdicts as of its year-ends, and on what followed clear ones."""

from backtester.pages.format import counted, listed_words
from backtester.runs.sentences import VERDICTS
from backtester.runs.values import Json

CLEAR_VERDICTS = ("paid", "worse")


def as_of_lines(document: Json) -> tuple[str, ...]:
    """The sentences; none where no year-end was asked for, or the period holds none."""
    rows: list[Json] = document.get("as_of") or []
    said = [one for row in rows for one in row["strategies"].values()]
    if not said:
        return ()
    counts = {word: sum(one["verdict"] == word for one in said) for word in VERDICTS}
    words = [f"\N{LEFT DOUBLE QUOTATION MARK}{VERDICTS[word]}\N{RIGHT DOUBLE QUOTATION MARK} {counted(count, 'time')}"
             for word, count in counts.items() if count]  # fmt: skip
    span = f"At {counted(len(rows), 'year-end')}, from {rows[0]['end'][:4]} to {rows[-1]['end'][:4]},"
    return (f"{span} it would have said {listed_words(words)}.", _after_clear(said))


def _after_clear(said: list[Json]) -> str:
    """Sentences on what followed clear verdicts."""
    clear = [one for one in said if one["verdict"] in CLEAR_VERDICTS and one["followed"] is not None]
    if not clear:
        return "It never said that a strategy clearly paid, or clearly did worse, before joint sell-offs that followed."
    kept = sum(one["followed"] > 0 if one["verdict"] == "paid" else one["followed"] < 0 for one in clear)
    return f"Where it was clear and joint sell-offs followed, these bore it out in {kept} of {len(clear)}."
