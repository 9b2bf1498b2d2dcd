"""The sentences on a run for each place of page and terminal, taken from the table of sentences."""

from typing import Any

from backtester.histories.rhythm import slowest_rhythm
from backtester.pages.format import counted, listed_words, number, percent
from backtester.pages.names import role_label
from backtester.runs.facts import facts_of, legs, rhythm_word, run_facts
from backtester.runs.sentence_table import RUN, STRATEGY, FactsOf, Sentences
from backtester.runs.sentence_words import run_words, strategy_words
from backtester.runs.values import Json

STRATEGY_SENTENCES = ("acted", "losses", "verdict", "placebo", "definition", "growth")
VERDICTS = {
    "paid": "clearly paid",
    "worse": "clearly did worse",
    "unclear": "not clear",
    "small": "small at best",
    "few": "too few to judge",
    "void": "void",
}
REGIME_PHRASES = {
    "negative": "while the correlation of the 36 months before was negative",
    "positive": "while it was positive",
}


def run_headline(document: Json) -> str:
    """The conclusion of the run, in one sentence."""
    return _of_run(document, "headline")[0]


def summary_lines(document: Json) -> tuple[str, ...]:
    """The lines below the headline: all of one strategy; of several how far they reach and what the largest saving
    was, what did worse or is void."""
    run = run_facts(document)
    one = run.others[0] if run.only and run.only != "void" else None
    lines = _of_strategy(document, one.strategy, *STRATEGY_SENTENCES) if one else ()
    return (*lines, *_of_run(document, "deck", "saving", "reach", "worse", "void"))


def context_lines(document: Json) -> tuple[str, ...]:
    """Sentences on the reference's loss, and on how much evidence there is."""
    return _of_run(document, "reference", "sample", "intervals")


def growth_line(document: Json, place: int) -> str:
    """A sentence on the final value and deepest fall of the strategy at a place, beside the reference's."""
    own, reference = (document["strategies"][at] for at in (place, 0))
    ends = [number(one["measures"]["final_nav"]) for one in (own, reference)]
    falls = [percent(abs(one["measures"]["max_drawdown"])) for one in (own, reference)]
    return (
        f"{own['label']} made 1 into {ends[0]}, {reference['label']} into {ends[1]}; its worst fall was {falls[0]}, "
        f"against {falls[1]}."
    )


def strategy_lines(document: Json, strategy: Json) -> tuple[str, ...]:
    """Sentences on a strategy: how often it lost less, its payoff, its verdict and intervals, and its growth."""
    return _of_strategy(document, strategy, *STRATEGY_SENTENCES)


def note_lines(document: Json) -> tuple[str, ...]:
    """Three sentences that explain the table of hedges."""
    return _of_run(document, "note")


def ruler_lines(document: Json) -> tuple[str, ...]:
    """Sentences that explain the mix, the verdict and the intervals."""
    return _of_run(document, "mix", "payoff", "coverage")


def rhythm_lines(document: Json) -> tuple[str, ...]:
    """The lines on what the rhythm does to the figures: sessions that are period ends only, months that are quarters,
    and assets that have values less often than there are sessions."""
    own, lines, slower = rhythm_word(document), [], document["history"]["slower"]
    if at := document["settings"]["rhythm"]:
        lines.append(f"Everything is measured at the last session of each {at}.")
    if own.span == "quarter":
        lines.append("Sessions are quarterly: what is said of months is of quarters.")
    if own.period_code != "D":
        lines.append(f"A named crisis is measured between the {own.session}-ends around it.")
    if slower:
        other = slowest_rhythm(slower.values())
        names = listed_words([role_label(role) for role in slower])
        lines.append(
            f"{names}: held beside {own.name} sessions at a level that stands still between {other.name} values, "
            f"which biases figures by session; 'run --rhythm {other.span}' measures at {other.span}-ends."
        )
    return tuple(lines)


def cushion_lines(document: Json) -> tuple[str, ...]:
    """In how many falls of the first leg the second fell too, in the run's history and in the longest embedded one."""
    lines = []
    for place, one in enumerate(document["stock_sell_offs"]):
        first, second, fall = falls_counted(document, place)
        month = "month" if place or rhythm_word(document).span != "quarter" else "quarter"
        counts = listed_words([f"{at['both_fell']} of {at['stock_sell_offs']} {at['name']}" for at in one["periods"]])
        rates = listed_words([percent(at["base_rate"], 0) for at in one["periods"]])
        if counts:
            lines.append(
                f"Of the falls of {first} of {fall} or more within a {month}, {second} fell too, were it ever so "
                f"little, in {counts} (history {one['history']}); at any time they fell in {rates} of periods as long."
            )
    return tuple(lines)


def falls_counted(document: Json, place: int) -> tuple[str, str, str]:
    """The legs whose falls the history at a place counts, the run's own first, and how far the first fell."""
    first, second = ("stocks", "Treasuries") if place else legs(document)
    return first, second, percent(0.05 if place else -document["settings"]["stocks_fall"], 0)


def chance_lines(document: Json) -> tuple[str, ...]:
    """Sentences on the number of joint sell-offs and their number by chance, by regime and by decade."""
    lines = []
    for kind in ("regime", "decade"):
        counts = [
            at for at in document["chance"][kind] if at["mean"] is not None and (at["count"] or at["mean"] >= 0.5)
        ]
        if counts:
            both = " and ".join(legs(document)).capitalize()
            unknown = document["chance"]["all"][0]["count"] - sum(at["count"] for at in document["chance"][kind])
            rest = [f"{_times(unknown)} before it is known"] if unknown else []
            lines.append(f"{both} fell together {'; '.join([*map(_beside_chance, counts), *rest])}.")
    return tuple(lines)


def _beside_chance(at: Json) -> str:
    times = _times(at["count"])
    when, ends = (
        REGIME_PHRASES.get(at["name"], f"in the {at['name']}"),
        f"{number(at['low'], 0)} to {number(at['high'], 0)}",
    )
    return f"{times} {when}, where chance has {number(at['mean'], 1)} ({ends})"


def _times(count: int) -> str:
    return "never" if count == 0 else "once" if count == 1 else counted(count, "time")


def _of_run(document: Json, *groups: str) -> tuple[str, ...]:
    facts = run_facts(document)
    return _said([RUN[group] for group in groups], facts, run_words(facts))


def _of_strategy(document: Json, strategy: Json, *groups: str) -> tuple[str, ...]:
    facts = facts_of(document, strategy)
    return _said([STRATEGY[group] for group in groups], facts, strategy_words(facts))


def _said(groups: list[Sentences[FactsOf]], facts: FactsOf, words: dict[str, Any]) -> tuple[str, ...]:
    """The first sentence of each group whose condition is true."""
    true = (next((text for when, text in group if when(facts)), "") for group in groups)
    return tuple(template.format_map(words) for template in true if template)
