"""The sentences on a run, for each place of the page and the terminal that shows some.

Most are chosen from the tables of sentences by their conditions, a group of alternatives each; a few are written here.
The legs are the stocks and the bonds of the run's pair; a rhythm is how often sessions come, daily to quarterly; a
regime is the sign of the legs' correlation over 36 months.
"""

from typing import Any

from backtester.histories.rhythm import slowest_rhythm
from backtester.pages.format import counted, listed_words, number, percent
from backtester.pages.names import role_label
from backtester.runs.facts import document_rhythm, leg_labels, run_facts, strategy_facts
from backtester.runs.sentence_table import RUN_SENTENCES, Alternatives, FactsOf
from backtester.runs.sentence_words import run_words, strategy_words
from backtester.runs.strategy_sentence_table import STRATEGY_SENTENCES
from backtester.runs.values import Json

STRATEGY_GROUPS = ("acted", "losses", "verdict", "placebo", "definition", "growth")
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
    return _run_sentences(document, "headline")[0]


def summary_lines(document: Json) -> tuple[str, ...]:
    """The sentences below the headline.

    If the run has one strategy, all sentences on it; if several, the largest saving, and which did worse or are void.
    """
    run = run_facts(document)
    only = run.others[0] if run.only_verdict and run.only_verdict != "void" else None
    lines = _strategy_sentences(document, only.strategy, *STRATEGY_GROUPS) if only else ()
    return (*lines, *_run_sentences(document, "subheadline", "saving", "thresholds", "worse", "void"))


def context_lines(document: Json) -> tuple[str, ...]:
    """Sentences on the reference's loss, and on how much evidence there is."""
    return _run_sentences(document, "reference", "sample", "intervals")


def growth_line(document: Json, index: int) -> str:
    """A sentence on the final value and the deepest fall of a strategy, by its index, beside the reference's."""
    strategy, reference = (document["strategies"][position] for position in (index, 0))
    ends = [number(shown["measures"]["final_nav"]) for shown in (strategy, reference)]
    falls = [percent(abs(shown["measures"]["max_drawdown"])) for shown in (strategy, reference)]
    return (
        f"{strategy['label']} made 1 into {ends[0]}, {reference['label']} into {ends[1]}; its worst fall was "
        f"{falls[0]}, against {falls[1]}."
    )


def strategy_lines(document: Json, strategy: Json) -> tuple[str, ...]:
    """Sentences on a strategy: how often it lost less, its payoff (return beyond its mix), its verdict, and its growth.

    The mix is the fixed shares of both legs and bills that moved as it did.
    """
    return _strategy_sentences(document, strategy, *STRATEGY_GROUPS)


def note_lines(document: Json) -> tuple[str, ...]:
    """Three sentences that explain the table of hedges."""
    return _run_sentences(document, "note")


def ruler_lines(document: Json) -> tuple[str, ...]:
    """Sentences that explain what strategies are measured by: the mix, the payoff, the verdict and the intervals."""
    return _run_sentences(document, "mix", "payoff", "coverage")


def rhythm_lines(document: Json) -> tuple[str, ...]:
    """Sentences on what the rhythm of the sessions does to the figures; empty for a daily history.

    They are about sessions that are period-ends, months that are quarters, and assets with fewer values than sessions.
    """
    rhythm, lines, slower = document_rhythm(document), [], document["history"]["slower"]
    if span := document["settings"]["rhythm"]:
        lines.append(f"Everything is measured at the last session of each {span}.")
    if rhythm.span == "quarter":
        lines.append("Sessions are quarterly: what is said of months is of quarters.")
    if rhythm.period_code != "D":
        lines.append(f"A named crisis is measured between the {rhythm.session}-ends around it.")
    if slower:
        slowest = slowest_rhythm(slower.values())
        names = listed_words([role_label(role) for role in slower])
        lines.append(
            f"{names}: held beside {rhythm.name} sessions at a level that stands still between {slowest.name} "
            f"values, which biases figures by session; 'run --rhythm {slowest.span}' measures at "
            f"{slowest.span}-ends."
        )
    return tuple(lines)


def cushion_lines(document: Json) -> tuple[str, ...]:
    """A sentence for each history on in how many falls of the first leg the second fell too."""
    lines = []
    for index, history in enumerate(document["stock_sell_offs"]):
        first, second, fall = falls_counted(document, index)
        month = "month" if index or document_rhythm(document).span != "quarter" else "quarter"
        counts = listed_words(
            [f"{era['both_fell']} of {era['stock_sell_offs']} {era['name']}" for era in history["periods"]]
        )
        rates = listed_words([percent(era["base_rate"], 0) for era in history["periods"]])
        if counts:
            lines.append(
                f"Of the falls of {first} of {fall} or more within a {month}, {second} fell too, were it ever so "
                f"little, in {counts} (history {history['history']}); at any time they fell in {rates} of periods as "
                f"long."
            )
    return tuple(lines)


def falls_counted(document: Json, index: int) -> tuple[str, str, str]:
    """Both legs and the size of a fall of the first, for a history by its index in the document.

    The run's own history comes first, with the run's legs; the others have the default ones.
    """
    first, second = ("stocks", "Treasuries") if index else leg_labels(document)
    return first, second, percent(0.05 if index else -document["settings"]["stocks_fall"], 0)


def chance_lines(document: Json) -> tuple[str, ...]:
    """Sentences on the number of joint sell-offs beside that by chance, by regime and by decade."""
    lines = []
    for kind in ("regime", "decade"):
        counts = [
            count
            for count in document["chance"][kind]
            if count["mean"] is not None and (count["count"] or count["mean"] >= 0.5)
        ]
        if counts:
            both = " and ".join(leg_labels(document)).capitalize()
            unknown = document["chance"]["all"][0]["count"] - sum(count["count"] for count in document["chance"][kind])
            rest = [f"{_times(unknown)} before it is known"] if unknown else []
            lines.append(f"{both} fell together {'; '.join([*map(_count_words, counts), *rest])}.")
    return tuple(lines)


def _count_words(count: Json) -> str:
    """How often both legs fell together in a regime or decade, and how often by chance."""
    times = _times(count["count"])
    when, ends = (
        REGIME_PHRASES.get(count["name"], f"in the {count['name']}"),
        f"{number(count['low'], 0)} to {number(count['high'], 0)}",
    )
    return f"{times} {when}, where chance has {number(count['mean'], 1)} ({ends})"


def _times(count: int) -> str:
    """A number of times in words."""
    return "never" if count == 0 else "once" if count == 1 else counted(count, "time")


def _run_sentences(document: Json, *groups: str) -> tuple[str, ...]:
    """The sentences of these groups that are true of the run."""
    facts = run_facts(document)
    return _true_sentences([RUN_SENTENCES[group] for group in groups], facts, run_words(facts))


def _strategy_sentences(document: Json, strategy: Json, *groups: str) -> tuple[str, ...]:
    """The sentences of these groups that are true of the strategy."""
    facts = strategy_facts(document, strategy)
    return _true_sentences([STRATEGY_SENTENCES[group] for group in groups], facts, strategy_words(facts))


def _true_sentences(groups: list[Alternatives[FactsOf]], facts: FactsOf, words: dict[str, Any]) -> tuple[str, ...]:
    """Of each group the first sentence whose condition is true; groups without one, or with an empty one, add none."""
    chosen = (next((template for is_true, template in group if is_true(facts)), "") for group in groups)
    return tuple(template.format_map(words) for template in chosen if template)
