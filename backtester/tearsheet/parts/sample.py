"""How large the evidence is, in words, and the sign test of each strategy."""

import datetime

from backtester.pages.format import counted, listed, number, percent
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, strategy_head
from backtester.tearsheet.context import SMALL_SAMPLE
from backtester.tearsheet.names import Json

AGAINST = (("beyond_reference", "Softened", ""), ("beyond_twin", "Beyond its own risk", "beyond_twin"),
           ("beyond_mix", "Beyond a fixed mix", "beyond_mix"))  # fmt: skip


def sample_words(document: Json) -> tuple[str, ...]:
    """The number of windows, at other thresholds and by chance."""
    windows, span = document["joint_sell_offs"], document["window"]
    first, last = (datetime.date.fromisoformat(span[end]) for end in ("start", "end"))
    years = (last - first).days / 365.25
    told = [
        f"{counted(len(windows), 'joint sell-off').capitalize()} in {number(years, 1)} years, every one shown: "
        f"{'a small sample' if len(windows) < SMALL_SAMPLE else 'many in clusters'}. A rule that picks the worst "
        "windows shows how bad it was, not how often to expect it."
    ]
    told += [part for part in (_elsewhere(document), _rotated(document)) if part]
    return tuple(told)


def sign_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """How often each strategy was better, and how likely that is for a fair coin; None where the run does not say."""
    known = [
        (named, strategy["scorecard"])
        for named, strategy in zip(names[1:], document["strategies"][1:], strict=True)
        if strategy["scorecard"].get("sign_test")
    ]
    if not known:
        return None
    heads = [
        Head(text, note, values=(f"{text} {column}",))
        for _, text, _ in AGAINST
        for note, column in (("better, of those it acted in", "better"), ("chance (p)", "p"))
    ]
    return Table(
        name="sign-table",
        caption="The sign test: how often better, and how often a fair coin would be as lopsided",
        corner="Strategy",
        heads=tuple(heads),
        rows=tuple(Row(strategy_head(named), _signs(card)) for named, card in known),
        note="It counts and does not weigh: a hedge can win rarely and large. A 90% interval asks for less than 0.10.",
    )


def _signs(card: Json) -> tuple[Cell, ...]:
    cells = []
    for key, _, part in AGAINST:
        payoff, chance = (card.get(part) if part else card), card["sign_test"].get(key)
        if not payoff:
            cells += [Cell("n/a", values=(None,))] * 2
            continue
        better, acted = payoff["better"], payoff["better"] + payoff["worse"]
        cells += [Cell(f"{better} of {acted}", values=(better,)), Cell(_chance(chance), values=(chance,))]
    return tuple(cells)


def _chance(value: float | None) -> str:
    return "below 0.01" if value is not None and value < 0.01 else number(value, 2)


def _elsewhere(document: Json) -> str:
    """How many windows there are at other thresholds."""
    told = [
        f"{at['count']} at {percent(at['stocks'])} and {percent(at['bonds'])}"
        for at in document.get("joint_sell_off_counts", ())
    ]
    return f"At other falls of stocks and bonds there are {listed(told)}." if told else ""


def _rotated(document: Json) -> str:
    """How many windows chance alone would give."""
    turned = document.get("joint_sell_off_rotations")
    if not turned or turned["mean"] is None:
        return ""
    found, low, high = len(document["joint_sell_offs"]), turned["low"], turned["high"]
    more = "less often than" if found < low else "more often than" if found > high else "about as often as"
    return (
        f"With bonds shifted in time against stocks, {turned['rotations']} times, there are "
        f"{number(turned['mean'], 1)} on average (90% of them between {number(low, 0)} and {number(high, 0)}): "
        f"stocks and bonds fell together {more} chance has it."
    )
