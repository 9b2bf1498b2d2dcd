"""The tables of reverse stress: scales at which strategies have the loss, and at which hedges stop helping."""

from backtester.pages.format import number, percent
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, strategy_heads
from backtester.runs.values import Json

SHADE_SCALES = (2.0, 1.25, 0.75)  # scales from which on a cell is shaded, the darkest last


def loses_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The scales at which strategies have the loss: a row a scenario, a column a strategy; the smallest is boxed."""
    pair = document["most_fragile"] or {}
    rows = []
    for one in document["scenarios"]:
        cells = []
        for named in names:
            scale = one["loses"][named.name]
            size = 0 if scale is None else sum(scale <= step for step in SHADE_SCALES)
            boxed = pair.get("strategy") == named.name and pair.get("scenario") == one["name"]
            edges = "box-top box-bottom box-left box-right" if boxed else ""
            text = f"over {one['largest']:g}" if scale is None else number(scale)
            cells.append(Cell(text, " ".join((f"loss t{size}" if size else "", edges)).strip(), values=(scale,)))
        rows.append(TableRow(Head(one["title"], values=(one["name"],)), tuple(cells)))
    return Table(
        name="reverse-table",
        caption=f"The smallest scale of each scenario at which each strategy loses {percent(document['lose'], 0)}",
        corner="Scenario",
        heads=strategy_heads(names),
        rows=tuple(rows),
        note="1 is the scenario as it is. Over: not lost at the largest scale that can happen, or was tried. Boxed: "
        "the most fragile pair.",
    )


def stops_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The scales at which hedges stop helping: a row a scenario, a column a hedge."""
    rows = [
        TableRow(Head(one["title"], values=(one["name"],)), tuple(_stop(one, named.name) for named in names[1:]))
        for one in document["scenarios"]
    ]
    return Table(
        name="reverse-stops-table",
        caption="The scale of each scenario at which each hedge stops helping: it returns no more than the reference",
        corner="Scenario",
        heads=strategy_heads(names[1:], columns=("to",)),
        rows=tuple(rows),
    )


def _stop(one: Json, name: str) -> Cell:
    helps = one["helps"][name]
    if helps is None:
        return Cell("never helps", "loss t2", values=(None, None))
    start, end = helps
    until = f"helps to {one['largest']:g}" if end is None else number(end)
    return Cell(
        f"from {number(start)}: {until}" if start else until, "gain t1" if end is None else "", values=(start, end)
    )


def reverse_lines(document: Json, labels: dict[str, str]) -> list[str]:
    """The most fragile pair in words."""
    pair = document["most_fragile"]
    if pair is None:
        return [f"No scenario, at any scale that was tried, has a strategy lose {percent(document['lose'], 0)}."]
    one = next(one for one in document["scenarios"] if one["name"] == pair["scenario"])
    return [
        f"The most fragile pair: {labels[pair['strategy']]} loses {percent(document['lose'], 0)} at "
        f"{number(one['loses'][pair['strategy']])} times {one['title']!r}."
    ]
