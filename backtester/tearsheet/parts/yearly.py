"""The tables of years and months: returns, calm years, turnover, and the monthly heat map."""

from backtester.pages.format import MONTH_LABELS, date
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, mean_of_known, points_cell, strategy_heads, tone
from backtester.runs.values import Json

Columns = dict[int, list[float | None]]
SHADE_MONTHS = (0.005, 0.02, 0.05)


def years_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Returns by calendar year; the first and the last can be parts of years."""
    years, columns = _by_year([strategy["calendar_years"] for strategy in document["strategies"]])
    rows = []
    for head, own in zip(_heads(document, years), zip(*columns.values(), strict=True), strict=True):
        gaps = (None if value is None or own[0] is None else value - own[0] for value in own)
        cells = (points_cell(value, tone=tone(gap, SHADE_MONTHS)) for value, gap in zip(own, gaps, strict=True))
        rows.append(TableRow(head, tuple(cells)))
    return Table(
        name="years-table",
        caption="Returns by calendar year, in percent, after costs",
        corner="Year",
        heads=strategy_heads(names),
        rows=tuple(rows),
        note="Blue: more than the reference. Orange: less.",
    )


def calm_columns(document: Json) -> tuple[list[str], Columns]:
    """The years without any session of a joint sell-off, and each strategy's growth over the reference in them."""
    cards = [strategy["scorecard"]["calm"] for strategy in document["strategies"][1:]]
    return _by_year([{str(one["year"]): one["difference"] for one in card} for card in cards], first=1)


def calm_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """Each strategy's growth over the reference in calm years; None if there are none."""
    years, columns = calm_columns(document)
    if not years:
        return None
    rows = [
        TableRow(head, tuple(points_cell(value, 2, tone=tone(value, SHADE_MONTHS), signed=True) for value in values))
        for head, values in zip(_heads(document, years), zip(*columns.values(), strict=True), strict=True)
    ]
    means = (points_cell(mean_of_known(values), 2, signed=True) for values in columns.values())
    return Table(
        name="calm-table",
        caption="Calm years, without any session of a joint sell-off: growth over the reference's, in log percent",
        corner="Year",
        heads=strategy_heads(names[1:]),
        rows=(*rows, TableRow(Head("Mean"), tuple(means), "total")),
        note="Below zero: what the hedge cost in a year in which it was not needed.",
    )


def turnover_columns(document: Json) -> tuple[list[str], Columns]:
    """The years, and each strategy's turnover in them, by its place."""
    return _by_year([strategy["calendar_turnover"] for strategy in document["strategies"]])


def turnover_table(document: Json, names: tuple[Named, ...]) -> Table:
    """One-way turnover by year."""
    years, columns = turnover_columns(document)
    return Table(
        name="turnover-table",
        caption="Turnover by calendar year, one way, in percent of value",
        corner="Year",
        heads=strategy_heads(names),
        rows=tuple(
            TableRow(head, tuple(points_cell(value, 0) for value in values))
            for head, values in zip(_heads(document, years), zip(*columns.values(), strict=True), strict=True)
        ),
    )


def months_tables(document: Json, names: tuple[Named, ...]) -> tuple[tuple[Named, Table], ...]:
    """The monthly heat map of each strategy: years down, months across."""
    return tuple((named, _months(document, place, named)) for place, named in enumerate(names))


def _months(document: Json, place: int, named: Named) -> Table:
    strategy = document["strategies"][place]
    months, years = strategy["calendar_months"], strategy["calendar_years"]
    rows = []
    for year in sorted({month[:4] for month in months}):
        values = (months.get(f"{year}-{month:02d}") for month in range(1, 13))
        cells = (
            Cell("", values=(None,)) if one is None else points_cell(one, tone=tone(one, SHADE_MONTHS))
            for one in values
        )
        rows.append(TableRow(Head(year), (*cells, points_cell(years[year], tone="sum"))))
    return Table(
        name=f"months-{place}-table",
        caption=f"{named.label}: returns by month, in percent, after costs",
        corner="Year",
        heads=(
            *(Head(month, values=(month,)) for month in MONTH_LABELS),
            Head("Year", tone="sum", values=("Whole year",)),
        ),
        rows=tuple(rows),
    )


def _heads(document: Json, years: list[str]) -> list[Head]:
    """The heads of the years' rows; the first and the last have the dates that they cover."""
    window = document["period"]
    marks = {window["end"][:4]: f"to {date(window['end'])}"}
    marks[window["start"][:4]] = f"after the close of {date(window['start'])}"
    return [Head(year, marks.get(year, "")) for year in years]


def _by_year(found: list[dict[str, float | None]], first: int = 0) -> tuple[list[str], Columns]:
    """All years in order, and each strategy's values for them by its place, from `first` on; None if it has none."""
    years = sorted({year for own in found for year in own})
    return years, {place: [own.get(year) for year in years] for place, own in enumerate(found, start=first)}
