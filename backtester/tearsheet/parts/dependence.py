"""The tables on the legs' dependence: correlations by period, spells, tails, and strategies' returns by month."""

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
from backtester.tearsheet.names import lens

QUARTERS = ((True, True), (True, False), (False, True), (False, False))  # whether each leg fell
Months = dict[str, float | None]


def periods_table(document: Json) -> Table:
    """The correlations of the legs over the whole time and in each decade."""
    found, span = document["dependence"], lens(document).rhythm.span
    by = (Head(f"By {span}"),) if span in ("month", "quarter") else (Head("By month"), Head("By session"))
    rows = [TableRow(period_head(one["start"], one["end"]), _correlations(one, by)) for one in found["by_period"]]
    rows.append(TableRow(Head("Whole time", values=("", "")), _correlations(found["correlation"], by), "total"))
    return Table(
        name="correlation-table",
        caption=f"Correlation of {lens(document).both} by decade",
        corner="Period",
        heads=(*by, Head("Quarters" if span == "quarter" else "Months")),
        rows=tuple(rows),
        note=""
        if len(by) == 1
        else "What falls together week after week, as in 2022, shows by month and can be missed by session.",
        index=("start", "end"),
    )


def spells_table(document: Json) -> Table:
    """The periods in which the correlation over 36 months kept its sign."""
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
    """The table of how often the worst times of stocks were among the worst of bonds, and how often by chance."""
    seen = lens(document)
    return Table(
        name="tails-table",
        caption=f"Tail dependence: how often the worst times of {seen.stocks} were among the worst of {seen.bonds}, in "
        "percent",
        corner="Worst",
        heads=(
            Head("Times", values=("k", "n")),
            Head("Share", "90% interval", values=("share", "low", "high")),
            Head("If independent"),
            Head("If Gaussian", "of the same correlation"),
        ),
        rows=tuple(_tail(one) for one in document["dependence"]["tails"]),
        note="A share above both columns on the right hints that the second leg fails just when the first does; one "
        "below both, that it is sought then; one between, that it fails then no more often than by chance, yet more "
        "often than the correlation has it. Where its interval holds a column, the two cannot be told apart.",
        index=("worst share", "frequency"),
    )


def quarters_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Each strategy's mean monthly return over the reference's, by what stocks and bonds did in the month."""
    stocks, bonds = (document["legs"][leg]["calendar_months"] for leg in ("stocks", "bonds"))
    months = [month for month in stocks if stocks[month] is not None and bonds[month] is not None]
    own = [strategy["calendar_months"] for strategy in document["strategies"]]
    rows = []
    for fell in QUARTERS:
        found = [month for month in months if (stocks[month] < -AT_PEAK, bonds[month] < -AT_PEAK) == fell]
        cells = (_mean(one, own[0], found) for one in own[1:])
        rows.append(TableRow(_quarter(document, fell), (number_cell(len(found), 0), *cells)))
    return Table(
        name="quarters-table",
        caption=f"Mean return over the reference by what {lens(document).both} did in the month, in percent a month",
        corner="Month",
        heads=(Head("Months"), *strategy_heads(names[1:])),
        rows=tuple(rows),
    )


def _quarter(document: Json, fell: tuple[bool, bool]) -> Head:
    """The head of a row: what both legs did and, if both fell, the share of such months with its interval."""
    seen = lens(document)
    if fell == (True, True):
        both = document["dependence"]["months_both_down"]
        low, high = (percent(both[end], 0) for end in ("low", "high"))
        return Head("Both fell", f"{percent(both['share'], 0)} of months ({low} to {high})")
    if not any(fell):
        return Head("Both held")
    stocks, bonds = ("fell" if one else "held" for one in fell)
    return Head(f"{seen.labels['stocks']} {stocks}, {seen.bonds} {bonds}")


def _correlations(one: Json, by: tuple[Head, ...]) -> tuple[Cell, ...]:
    found = (one["monthly"], one["by_session"])[: len(by)]
    return (*map(number_cell, found), number_cell(one["months"], 0))


def _tail(one: Json) -> TableRow:
    interval = (one["low"], one["high"])
    share = interval_cell(points(one["share"], 0), one["share"], interval, interval_text(interval, 0, signed=False))
    return TableRow(
        Head(f"{percent(one['q'], 0)}, {one['frequency']}", values=(one["q"], one["frequency"])),
        (
            Cell(f"{one['k']} of {one['n']}", values=(one["k"], one["n"])),
            share,
            points_cell(one["independent"], 0),
            points_cell(one["gaussian"], 0),
        ),
    )


def _mean(own: Months, reference: Months, months: list[str]) -> Cell:
    pairs = ((own[month], reference[month]) for month in months)
    mean = mean_of_known(None if a is None or b is None else a - b for a, b in pairs)
    return points_cell(mean, 2, tone=tone(mean, (0.0005, 0.002, 0.005)), signed=True)
