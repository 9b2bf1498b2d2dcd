"""The tables of measures and of the scorecard, with a column for each strategy, and the cards that explain figures.

The scorecard has what a strategy did in joint sell-offs, in which stocks and bonds (the legs) fell together, and what
it gained or cost otherwise. A strategy's mix is the legs and bills, in fixed shares, that moved as it did. The document
is a run's results as JSON. A rhythm is how often sessions come, daily to quarterly.
"""

from typing import Any

from backtester.analysis.figures import FigureEntry, card_key, figures, figures_in
from backtester.arrays import Interval
from backtester.pages.format import date, number, percent, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, interval_cell, strategy_heads
from backtester.runs.facts import document_rhythm
from backtester.runs.values import Json

PAYOFF_PARTS_PREFIX = "payoff_parts"  # of the figures that have a table of their own


def figure_cards() -> dict[str, FigureEntry]:
    """Every figure that has a card, by the card's id in the page, in the order of the table of figures."""
    return {_card_id(key): figure for key, figure in figures().items() if figure.card}


def card_link(figure: FigureEntry) -> str:
    """The id of the card that explains a figure; empty where there is none."""
    key = card_key(figure.key)
    return _card_id(key) if key else ""


def measure_text(value: float | str | None, figure: FigureEntry) -> str:
    """A figure's value as text, by its kind; n/a where it is undefined."""
    if value is None or isinstance(value, str):
        return date(value)
    return (points if figure.kind == "percent" else number)(value, figure.decimals, signed=figure.signed)


def figure_interval(scorecard: Json, path: str) -> Interval:
    """The interval of a scorecard's figure, whose `path` is its keys joined by dots; None if there is none."""
    ends = _value_at(scorecard["intervals"], path)
    return (ends[0], ends[1]) if ends else None


def measures_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The measures of the document, in the order of the table of figures."""
    rows = []
    for name, figure in figures_in("measures").items():
        values = [strategy["measures"][name] for strategy in document["strategies"]]
        rows.append(
            TableRow(
                _figure_head(figure), tuple(Cell(measure_text(value, figure), values=(value,)) for value in values)
            )
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
    """The scorecards of all strategies but the reference, in the order of the table of figures, under their groups."""
    scorecards = [strategy["scorecard"] for strategy in document["strategies"][1:]]
    entries = figures_in("scorecard")
    with_figures = {name.rpartition(".")[0] for name, figure in entries.items() if figure.kind != "group"}
    rows: list[TableRow] = []
    for name, figure in entries.items():
        if name.startswith(PAYOFF_PARTS_PREFIX):
            continue
        if figure.kind != "group":
            rows.append(_figure_row(figure, scorecards))
        elif name == "mix" or name in with_figures:  # the mix has shares by leg, which are no entries
            rows.append(group_row(figure.label, card_link(figure)))
            rows += _mix_rows(scorecards, document) if name == "mix" else []
    return Table(
        name="scorecard-table",
        caption="The scorecard, with 90% intervals",
        corner="Figure",
        heads=strategy_heads(names[1:], columns=("low", "high")),
        rows=tuple(rows),
        note=_interval_note(document),
    )


def _card_id(key: str) -> str:
    return f"card-{key.replace('.', '-').replace('_', '-')}"


def _figure_head(figure: FigureEntry) -> Head:
    return Head(figure.label, figure.unit, values=(figure.name,), link=card_link(figure))


def _value_at(part: Any, path: str) -> Any:
    """The value at a path, keys joined by dots, in a part of the document; None if a key is missing."""
    for key in path.split("."):
        part = part.get(key) if isinstance(part, dict) else None
    return part


def _figure_row(figure: FigureEntry, scorecards: list[Json]) -> TableRow:
    """The row of a figure of the scorecard, with a cell for each strategy."""
    cells = []
    for scorecard in scorecards:
        value, interval = _value_at(scorecard, figure.name), figure_interval(scorecard, figure.name)
        small = " to ".join(measure_text(end, figure) for end in interval or ())
        cells.append(interval_cell(measure_text(value, figure), value, interval, small))
    return TableRow(_figure_head(figure), tuple(cells))


def _mix_rows(scorecards: list[Json], document: Json) -> list[TableRow]:
    """A row for each leg: its share in the mix of each strategy."""
    return [
        TableRow(
            Head(role_label(role, document), "% of value", values=(f"mix.{role}",)),
            tuple(
                interval_cell(percent(scorecard["mix"][role], 0), scorecard["mix"][role], None, "")
                for scorecard in scorecards
            ),
        )
        for role in scorecards[0]["mix"]
    ]


def _interval_note(document: Json) -> str:
    """A note on how the intervals were made, or why there are none."""
    resampling, rhythm = document["resampling"], document_rhythm(document)
    flatters = (
        " Leaving the worst windows out flatters whoever holds more risk in the rest: the total is the fairer figure."
    )
    if resampling["resamples"]:
        return (
            f"Intervals from {resampling['resamples']:,} resamples of all series together in blocks of about "
            f"{rhythm.words_for(resampling['block_sessions'])}, windows and slopes found again in each; "
            f"{resampling['used']:,} of them had joint sell-offs. The hit rate has Wilson's interval.{flatters}"
        )
    reason = f"No resampled intervals: {resampling['reason']}. " if resampling["reason"] else ""
    return f"{reason}The hit rate has Wilson's interval.{flatters}"
