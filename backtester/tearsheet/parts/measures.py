"""The tables of measures and of the scorecard, a column a strategy, and the cards that explain figures."""

from typing import Any

from backtester.analysis.figures import FigureEntry, card_key, figures, figures_in
from backtester.arrays import Interval
from backtester.pages.format import date, number, percent, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, interval_cell, strategy_heads
from backtester.runs.facts import rhythm_word
from backtester.runs.values import Json

ELSEWHERE = "payoff_parts"  # figures with a table of their own


def cards() -> dict[str, FigureEntry]:
    """Every figure with a card by the id of the card, in the order of the page's tables."""
    return {_anchor(key): figure for key, figure in figures().items() if figure.card}


def card_link(figure: FigureEntry) -> str:
    """The id of the card that explains a figure; empty where there is none."""
    key = card_key(figure.key)
    return _anchor(key) if key else ""


def measure_text(value: float | str | None, figure: FigureEntry) -> str:
    """A figure's value as text, by its kind; n/a where it is undefined."""
    if value is None or isinstance(value, str):
        return date(value)
    return (points if figure.kind == "percent" else number)(value, figure.decimals, signed=figure.signed)


def ends(card: Json, path: str) -> Interval:
    """The interval of the figure at a path of a scorecard; None if there is none."""
    found = _at(card["intervals"], path)
    return (found[0], found[1]) if found else None


def measures_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The measures of the document, in the order of the table of figures."""
    rows = []
    for name, figure in figures_in("measures").items():
        values = [strategy["measures"][name] for strategy in document["strategies"]]
        rows.append(
            TableRow(_head(figure), tuple(Cell(measure_text(value, figure), values=(value,)) for value in values))
        )
    return Table(
        name="measures-table",
        caption="Measures of the whole time, after costs",
        corner="Measure",
        heads=strategy_heads(names),
        rows=tuple(rows),
        note="A year has 365.25 days for growth, and the sessions of its history for volatility and the ratios.",
    )


def scorecard_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The scorecards of all strategies but the reference, in the order of the table of figures."""
    found = [strategy["scorecard"] for strategy in document["strategies"][1:]]
    known = figures_in("scorecard")
    parents = {name.rpartition(".")[0] for name, figure in known.items() if figure.kind != "group"}
    rows: list[TableRow] = []
    for name, figure in known.items():
        if name.startswith(ELSEWHERE):
            continue
        if figure.kind != "group":
            rows.append(_row(figure, found))
        elif name == "mix" or name in parents:
            rows.append(group_row(figure.label, card_link(figure)))
            rows += _shares(found, document) if name == "mix" else []
    return Table(
        name="scorecard-table",
        caption="The scorecard, with 90% intervals",
        corner="Figure",
        heads=strategy_heads(names[1:], columns=("low", "high")),
        rows=tuple(rows),
        note=_note(document),
    )


def _anchor(key: str) -> str:
    return f"card-{key.replace('.', '-').replace('_', '-')}"


def _head(figure: FigureEntry) -> Head:
    return Head(figure.label, figure.unit, values=(figure.name,), link=card_link(figure))


def _at(part: Any, path: str) -> Any:
    """The value at a path, keys with points between, of a part of the document; None if a key is missing."""
    for key in path.split("."):
        part = part.get(key) if isinstance(part, dict) else None
    return part


def _row(figure: FigureEntry, found: list[Json]) -> TableRow:
    cells = []
    for card in found:
        value, interval = _at(card, figure.name), ends(card, figure.name)
        small = " to ".join(measure_text(end, figure) for end in interval or ())
        cells.append(interval_cell(measure_text(value, figure), value, interval, small))
    return TableRow(_head(figure), tuple(cells))


def _shares(found: list[Json], document: Json) -> list[TableRow]:
    """The shares of the mixes, a row a leg."""
    return [
        TableRow(
            Head(role_label(role, document), "% of value", values=(f"mix.{role}",)),
            tuple(interval_cell(percent(card["mix"][role], 0), card["mix"][role], None, "") for card in found),
        )
        for role in found[0]["mix"]
    ]


def _note(document: Json) -> str:
    drawn, own = document["resampling"], rhythm_word(document)
    flatters = (
        " Leaving the worst windows out flatters whoever holds more risk in the rest: the total is the fairer figure."
    )
    if drawn["resamples"]:
        return (
            f"Intervals from {drawn['resamples']:,} resamples of all series together in blocks of about "
            f"{own.words_for(drawn['block_sessions'])}, windows and slopes found again in each; "
            f"{drawn['used']:,} of them had joint sell-offs. The hit rate has Wilson's interval.{flatters}"
        )
    reason = f"No resampled intervals: {drawn['reason']}. " if drawn["reason"] else ""
    return f"{reason}The hit rate has Wilson's interval.{flatters}"
