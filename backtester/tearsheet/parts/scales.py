"""The tables of reverse stress: the scale of each scenario at which a strategy loses a given share, or a hedge stops
helping.

A scale multiplies every move of the scenario. The document is the results as JSON.
"""

from backtester.pages.format import number, percent
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, strategy_heads
from backtester.runs.values import Json

SHADE_SCALES = (2.0, 1.25, 0.75)  # a cell is shaded once for each of these that its scale does not exceed


def loss_scales_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The scale at which each strategy loses the document's `lose`, a row for each scenario; the smallest is boxed."""
    most_fragile = document["most_fragile"] or {}
    rows = []
    for scenario in document["scenarios"]:
        cells = []
        for named in names:
            scale = scenario["loses"][named.name]
            shade_steps = 0 if scale is None else sum(scale <= step for step in SHADE_SCALES)
            boxed = most_fragile.get("strategy") == named.name and most_fragile.get("scenario") == scenario["name"]
            edges = "box-top box-bottom box-left box-right" if boxed else ""
            text = f"over {scenario['largest']:g}" if scale is None else number(scale)
            cells.append(
                Cell(text, " ".join((f"loss t{shade_steps}" if shade_steps else "", edges)).strip(), values=(scale,))
            )
        rows.append(TableRow(Head(scenario["title"], values=(scenario["name"],)), tuple(cells)))
    return Table(
        name="reverse-table",
        caption=f"The smallest scale of each scenario at which each strategy loses {percent(document['lose'], 0)}",
        corner="Scenario",
        heads=strategy_heads(names),
        rows=tuple(rows),
        note="1 is the scenario as it is. Over: not lost at the largest scale that can happen, or was tried. Boxed: "
        "the most fragile pair.",
    )


def helping_scales_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The scale from and to which each hedge returns more than the reference, a row for each scenario."""
    rows = [
        TableRow(
            Head(scenario["title"], values=(scenario["name"],)),
            tuple(_helping_cell(scenario, named.name) for named in names[1:]),
        )
        for scenario in document["scenarios"]
    ]
    return Table(
        name="reverse-stops-table",
        caption="The scale of each scenario at which each hedge stops helping: it returns no more than the reference",
        corner="Scenario",
        heads=strategy_heads(names[1:], columns=("to",)),
        rows=tuple(rows),
    )


def _helping_cell(scenario: Json, name: str) -> Cell:
    """The scales of a scenario from which, and to which, a hedge helps."""
    helps = scenario["helps"][name]
    if helps is None:
        return Cell("never helps", "loss t2", values=(None, None))
    start, end = helps
    until = f"helps to {scenario['largest']:g}" if end is None else number(end)
    return Cell(
        f"from {number(start)}: {until}" if start else until, "gain t1" if end is None else "", values=(start, end)
    )


def reverse_lines(document: Json, labels: dict[str, str]) -> list[str]:
    """A sentence on the strategy and the scenario with the smallest scale at which the strategy has the loss."""
    most_fragile = document["most_fragile"]
    if most_fragile is None:
        return [f"No scenario, at any scale that was tried, has a strategy lose {percent(document['lose'], 0)}."]
    scenario = next(scenario for scenario in document["scenarios"] if scenario["name"] == most_fragile["scenario"])
    return [
        f"The most fragile pair: {labels[most_fragile['strategy']]} loses {percent(document['lose'], 0)} at "
        f"{number(scenario['loses'][most_fragile['strategy']])} times {scenario['title']!r}."
    ]
