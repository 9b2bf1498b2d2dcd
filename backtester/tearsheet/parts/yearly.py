"""The tables by year and month: returns, growth in years without a joint sell-off, turnover, the monthly heat map.

In a joint sell-off stocks and bonds fall together. The document is the run's results as JSON.
"""

from backtester.pages.format import MONTH_LABELS, date
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Table, TableRow, mean_of_known, points_cell, strategy_heads, tone
from backtester.runs.values import Json

YearColumns = dict[int, list[float | None]]
SHADE_MONTHS = (0.005, 0.02, 0.05)  # of returns, from which a cell has the next darker shade


def years_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Returns by calendar year; the first and the last can be parts of years."""
    years, columns = _by_year([strategy["calendar_years"] for strategy in document["strategies"]])
    rows = []
    for head, returns in zip(_year_heads(document, years), zip(*columns.values(), strict=True), strict=True):
        differences = (None if value is None or returns[0] is None else value - returns[0] for value in returns)
        cells = (
            points_cell(value, tone=tone(difference, SHADE_MONTHS))
            for value, difference in zip(returns, differences, strict=True)
        )
        rows.append(TableRow(head, tuple(cells)))
    return Table(
        name="years-table",
        caption="Returns by calendar year, in percent, after costs",
        corner="Year",
        heads=strategy_heads(names),
        rows=tuple(rows),
        note="Blue: more than the reference. Orange: less.",
    )


def calm_columns(document: Json) -> tuple[list[str], YearColumns]:
    """The calm years, which have no session of a joint sell-off, and each strategy's growth over the reference in
    them, in log points."""
    by_strategy = [strategy["scorecard"]["calm"] for strategy in document["strategies"][1:]]
    return _by_year(
        [{str(calm_year["year"]): calm_year["difference"] for calm_year in calm_years} for calm_years in by_strategy],
        first=1,
    )


def calm_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """Each strategy's growth over the reference in calm years; None if there are none."""
    years, columns = calm_columns(document)
    if not years:
        return None
    rows = [
        TableRow(head, tuple(points_cell(value, 2, tone=tone(value, SHADE_MONTHS), signed=True) for value in values))
        for head, values in zip(_year_heads(document, years), zip(*columns.values(), strict=True), strict=True)
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


def turnover_columns(document: Json) -> tuple[list[str], YearColumns]:
    """The years, and each strategy's one-way turnover in them, as fractions of value."""
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
            for head, values in zip(_year_heads(document, years), zip(*columns.values(), strict=True), strict=True)
        ),
    )


def months_tables(document: Json, names: tuple[Named, ...]) -> tuple[tuple[Named, Table], ...]:
    """The monthly heat map of each strategy: years down, months across."""
    return tuple((named, _months_table(document, index, named)) for index, named in enumerate(names))


def _months_table(document: Json, index: int, named: Named) -> Table:
    """The monthly heat map of the strategy with this index."""
    strategy = document["strategies"][index]
    months, years = strategy["calendar_months"], strategy["calendar_years"]
    rows = []
    for year in sorted({month[:4] for month in months}):
        values = (months.get(f"{year}-{month:02d}") for month in range(1, 13))
        cells = (
            Cell("", values=(None,)) if value is None else points_cell(value, tone=tone(value, SHADE_MONTHS))
            for value in values
        )
        rows.append(TableRow(Head(year), (*cells, points_cell(years[year], tone="sum"))))
    return Table(
        name=f"months-{index}-table",
        caption=f"{named.label}: returns by month, in percent, after costs",
        corner="Year",
        heads=(
            *(Head(month, values=(month,)) for month in MONTH_LABELS),
            Head("Year", tone="sum", values=("Whole year",)),
        ),
        rows=tuple(rows),
    )


def _year_heads(document: Json, years: list[str]) -> list[Head]:
    """The heads of the years' rows; the first and the last have the dates that they cover."""
    window = document["period"]
    marks = {window["end"][:4]: f"to {date(window['end'])}"}
    marks[window["start"][:4]] = f"after the close of {date(window['start'])}"
    return [Head(year, marks.get(year, "")) for year in years]


def _by_year(by_strategy: list[dict[str, float | None]], first: int = 0) -> tuple[list[str], YearColumns]:
    """All years in order, and each strategy's values for them, None where it has none.

    The strategies are numbered as on the page, beginning with `first`: 0 is the reference.
    """
    years = sorted({year for values in by_strategy for year in values})
    return years, {index: [values.get(year) for year in years] for index, values in enumerate(by_strategy, start=first)}
