"""The tables on how the legs depend on each other: correlations, their spells, tails; and returns by what both did.

The legs are the stocks and the bonds of the run's pair. The document is its results as JSON.
"""

from backtester.analysis.levels_kernel import AT_PEAK
from backtester.pages.format import percent, points
from backtester.pages.names import Named
from backtester.pages.table import (
    Cell,
    Head,
    Table,
    TableRow,
    interval_cell,
    interval_text,
    mean_of_known,
    number_cell,
    period_head,
    points_cell,
    strategy_heads,
    tone,
)
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words

LEGS_FELL = ((True, True), (True, False), (False, True), (False, False))  # whether stocks fell and whether bonds fell
ReturnsByMonth = dict[str, float | None]  # by month as 2025-04
SHADE_DIFFERENCES = (0.0005, 0.002, 0.005)  # of monthly returns, from which a cell has the next darker shade


def periods_table(document: Json) -> Table:
    """The correlations of the legs over the whole time and in each decade."""
    dependence, span = document["dependence"], pair_words(document).rhythm.span
    heads = (Head(f"By {span}"),) if span in ("month", "quarter") else (Head("By month"), Head("By session"))
    rows = [
        TableRow(period_head(era["start"], era["end"]), _correlation_cells(era, heads))
        for era in dependence["by_period"]
    ]
    rows.append(
        TableRow(Head("Whole time", values=("", "")), _correlation_cells(dependence["correlation"], heads), "total")
    )
    return Table(
        name="correlation-table",
        caption=f"Correlation of {pair_words(document).both} by decade",
        corner="Period",
        heads=(*heads, Head("Quarters" if span == "quarter" else "Months")),
        rows=tuple(rows),
        note=""
        if len(heads) == 1
        else "What falls together week after week, as in 2022, shows by month and can be missed by session.",
        index=("start", "end"),
    )


def spells_table(document: Json) -> Table:
    """A row for each spell: a time in which the correlation over 36 months kept its sign."""
    rows = []
    for spell in document["dependence"]["spells"]:
        sign = Cell("above zero" if spell["sign"] == "positive" else "below zero", "words", values=(spell["sign"],))
        rows.append(TableRow(period_head(spell["start"], spell["end"]), (sign, number_cell(spell["months"], 0))))
    return Table(
        name="spells-table",
        caption="Spells: how long the correlation of 36 months stayed on one side of zero",
        corner="Spell",
        heads=(Head("Correlation", tone="words"), Head("Months")),
        rows=tuple(rows),
        index=("start", "end"),
    )


def tails_table(document: Json) -> Table:
    """How often the worst times of stocks were among the worst of bonds, and how often that would be by chance."""
    pair = pair_words(document)
    return Table(
        name="tails-table",
        caption=f"Tail dependence: how often the worst times of {pair.stocks} were among the worst of {pair.bonds}, in "
        "percent",
        corner="Worst",
        heads=(
            Head("Times", values=("k", "n")),
            Head("Share", "90% interval", values=("share", "low", "high")),
            Head("If independent"),
            Head("If Gaussian", "of the same correlation"),
        ),
        rows=tuple(_tail_row(tail) for tail in document["dependence"]["tails"]),
        note="A share above both columns on the right hints that the second leg fails just when the first does; one "
        "below both, that it is sought then; one between, that it fails then no more often than by chance, yet more "
        "often than the correlation has it. Where its interval holds a column, the two cannot be told apart.",
        index=("worst share", "frequency"),
    )


def quarters_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Each strategy's mean monthly return over the reference's, by what stocks and bonds did in the month."""
    stocks, bonds = (document["legs"][leg]["calendar_months"] for leg in ("stocks", "bonds"))
    known_months = [month for month in stocks if stocks[month] is not None and bonds[month] is not None]
    returns = [strategy["calendar_months"] for strategy in document["strategies"]]
    rows = []
    for legs_fell in LEGS_FELL:
        months_with = [
            month for month in known_months if (stocks[month] < -AT_PEAK, bonds[month] < -AT_PEAK) == legs_fell
        ]
        cells = (_mean_difference_cell(strategy_returns, returns[0], months_with) for strategy_returns in returns[1:])
        rows.append(TableRow(_legs_head(document, legs_fell), (number_cell(len(months_with), 0), *cells)))
    return Table(
        name="quarters-table",
        caption=f"Mean return over the reference by what {pair_words(document).both} did in the month, in percent a "
        f"month",
        corner="Month",
        heads=(Head("Months"), *strategy_heads(names[1:])),
        rows=tuple(rows),
    )


def _legs_head(document: Json, legs_fell: tuple[bool, bool]) -> Head:
    """The head of a row of `quarters_table`: what both legs did and, if both fell, the share of such months."""
    pair = pair_words(document)
    if legs_fell == (True, True):
        share = document["dependence"]["months_both_down"]
        low, high = (percent(share[end], 0) for end in ("low", "high"))
        return Head("Both fell", f"{percent(share['share'], 0)} of months ({low} to {high})")
    if not any(legs_fell):
        return Head("Both held")
    stocks, bonds = ("fell" if leg_fell else "held" for leg_fell in legs_fell)
    return Head(f"{pair.labels['stocks']} {stocks}, {pair.bonds} {bonds}")


def _correlation_cells(correlation: Json, heads: tuple[Head, ...]) -> tuple[Cell, ...]:
    """The correlation by month and, if there is a second head, by session; and the number of months."""
    values = (correlation["monthly"], correlation["by_session"])[: len(heads)]
    return (*map(number_cell, values), number_cell(correlation["months"], 0))


def _tail_row(tail: Json) -> TableRow:
    """The row of one share of worst times, at one frequency."""
    interval = (tail["low"], tail["high"])
    share = interval_cell(points(tail["share"], 0), tail["share"], interval, interval_text(interval, 0, signed=False))
    return TableRow(
        Head(f"{percent(tail['q'], 0)}, {tail['frequency']}", values=(tail["q"], tail["frequency"])),
        (
            Cell(f"{tail['k']} of {tail['n']}", values=(tail["k"], tail["n"])),
            share,
            points_cell(tail["independent"], 0),
            points_cell(tail["gaussian"], 0),
        ),
    )


def _mean_difference_cell(returns: ReturnsByMonth, reference: ReturnsByMonth, months: list[str]) -> Cell:
    """The mean of a strategy's monthly returns less the reference's in these months."""
    pairs = ((returns[month], reference[month]) for month in months)
    difference = mean_of_known(
        None if strategy is None or benchmark is None else strategy - benchmark for strategy, benchmark in pairs
    )
    return points_cell(difference, 2, tone=tone(difference, SHADE_DIFFERENCES), signed=True)
