"""The usual page: measures and calendar years, a column a strategy."""

from backtester.analysis.figures import Figure, figures_of
from backtester.pages.format import date, number, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, points_cell, strategy_head, tone
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.cards import card_link


def measures_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The measures of the document, in the order of the table of figures."""
    present = {name for strategy in document["strategies"] for name in strategy["measures"]}
    return Table(
        name="measures-table",
        caption="Measures of the whole window, after costs",
        corner="Measure",
        heads=tuple(strategy_head(named) for named in names),
        rows=tuple(_row(figure, document) for name, figure in figures_of("measures").items() if name in present),
        note="A year has 365.25 days for growth, and the sessions of its history for volatility and the ratios.",
    )


def years_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Returns by calendar year; the first and the last can be parts of years."""
    by_year = [strategy["calendar_years"] for strategy in document["strategies"]]
    years = sorted({year for returns in by_year for year in returns})
    window = document["window"]
    partial = {window["start"][:4]: f"from {date(window['start'])}", window["end"][:4]: f"to {date(window['end'])}"}
    rows = []
    for year in years:
        reference = by_year[0].get(year)
        rows.append(Row(Head(year, partial.get(year, "")), tuple(_year(own.get(year), reference) for own in by_year)))
    return Table(
        name="years-table",
        caption="Returns by calendar year, in percent, after costs",
        corner="Year",
        heads=tuple(strategy_head(named) for named in names),
        rows=tuple(rows),
        note="Blue: more than the reference. Orange: less.",
    )


def _row(figure: Figure, document: Json) -> Row:
    values = [strategy["measures"].get(figure.name) for strategy in document["strategies"]]
    head = Head(figure.label, figure.unit, values=(figure.name,), link=card_link("measures", figure.name))
    return Row(head, tuple(Cell(shown(value, figure), values=(value,)) for value in values))


def shown(value: float | str | None, figure: Figure) -> str:
    """A figure's value as text, by its kind; n/a where it is undefined."""
    if value is None or isinstance(value, str):
        return date(value)
    return (points if figure.kind == "percent" else number)(value, figure.decimals, signed=figure.signed)


def _year(value: float | None, reference: float | None) -> Cell:
    gap = None if value is None or reference is None else value - reference
    return points_cell(value, tone=tone(gap, (0.005, 0.02, 0.05)))
