"""The scorecard: every figure with its interval, a column a strategy; rows and labels are the table of figures'."""

from typing import Any

from backtester.analysis.figures import Figure, figures_of
from backtester.pages.format import number, percent, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Row, Table, strategy_head
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.cards import card_link
from backtester.tearsheet.parts.measures import shown

ELSEWHERE = "payoff_parts"  # what has a table of its own
Ends = tuple[float, float] | None


def scorecard_table(document: Json, names: tuple[Named, ...]) -> Table:
    """What the cards of all strategies but the reference say, in the order of the table of figures."""
    cards = [strategy["scorecard"] for strategy in document["strategies"][1:]]
    figures = figures_of("scorecard")
    rows: list[Row] = []
    for name, figure in figures.items():
        if figure.kind != "group":
            rows += [] if name.startswith(ELSEWHERE) else [_row(figure, cards)]
        elif name == "mix":
            rows += [Row(Head(figure.label, link=card_link("scorecard", name)), kind="group"), *_shares(cards)]
        elif not name.startswith(ELSEWHERE) and any(_is_part(other, name) for other in figures.values()):
            rows.append(Row(Head(figure.label, link=card_link("scorecard", name)), kind="group"))
    return Table(
        name="scorecard-table",
        caption="The scorecard, with 90% intervals",
        corner="Figure",
        heads=tuple(strategy_head(named, columns=("low", "high")) for named in names[1:]),
        rows=tuple(rows),
        note=_note(document["resampling"]),
    )


def _is_part(figure: Figure, group: str) -> bool:
    return figure.kind != "group" and figure.name.rpartition(".")[0] == group


def ends(card: Json, path: str) -> Ends:
    """The interval of the figure at a path; None where none was made."""
    found = at(card["intervals"], path)
    return (found[0], found[1]) if found else None


def between(interval: Ends, places: int, *, signed: bool = True) -> str:
    """An interval of fractions in percent, as `−0.20 to +0.80`; empty where there is none."""
    return " to ".join(points(end, places, signed=signed) for end in interval or ())


def at(card: Any, path: str) -> Any:
    """What stands at a path of a document's part; None where it ends before."""
    for key in path.split("."):
        card = card.get(key) if isinstance(card, dict) else None
    return card


def _row(figure: Figure, cards: list[Json]) -> Row:
    head = Head(figure.label, figure.unit, values=(figure.name,), link=card_link("scorecard", figure.name))
    cells = []
    for card in cards:
        value, interval = at(card, figure.name), ends(card, figure.name)
        small = " to ".join(shown(end, figure) for end in interval or ())
        cells.append(Cell(shown(value, figure), small=small, values=(value, *(interval or (None, None)))))
    return Row(head, tuple(cells))


def _shares(cards: list[Json]) -> list[Row]:
    """The shares of the mixes, a row a leg."""
    roles = dict.fromkeys(role for card in cards for role in card["mix"] or {})
    return [
        Row(
            Head(role_label(role), "% of value", values=(f"mix.{role}",)),
            tuple(
                Cell(percent(share, 0), values=(share, None, None))
                for share in ((card["mix"] or {}).get(role) for card in cards)
            ),
        )
        for role in roles
    ]


def _note(drawn: Json) -> str:
    flatters = " Taking the worst windows out raises the growth of the rest: the total is the fairer figure."
    if drawn["resamples"]:
        return (
            f"Intervals from {drawn['resamples']:,} resamples of all series together in blocks of about "
            f"{number(drawn['block_sessions'], 0)} sessions, windows and slopes found again in each; "
            f"{drawn['used']:,} of them had joint sell-offs. The hit rate has Wilson's interval.{flatters}"
        )
    reason = f"No resampled intervals: {drawn['reason']}. " if drawn["reason"] else ""
    return f"{reason}The hit rate has Wilson's interval.{flatters}"
