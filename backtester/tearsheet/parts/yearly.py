"""Years and months as tables: calm years, turnover, and the monthly heat map."""

from backtester.pages.format import MONTHS, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, Value, points_cell, strategy_head, tone
from backtester.tearsheet.names import Json

STEPS = (0.005, 0.02, 0.05)


def calm_columns(document: Json) -> tuple[list[str], dict[int, list[float | None]]]:
    """The years without any session of a joint sell-off, and by place what each strategy earned over the reference."""
    found: dict[int, dict[str, float | None]] = {}
    for place, strategy in enumerate(document["strategies"]):
        if place and strategy["scorecard"]["calm"]:
            found[place] = {str(one["year"]): one["difference"] for one in strategy["scorecard"]["calm"]}
    return _columns(found)


def calm_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """What each strategy earned over the reference in calm years; None where the run does not say."""
    years, columns = calm_columns(document)
    if not columns:
        return None
    rows = [
        Row(Head(year), tuple(_toned(values[place]) for values in columns.values())) for place, year in enumerate(years)
    ]
    means = (_mean(values) for values in columns.values())
    rows.append(Row(Head("Mean"), tuple(points_cell(mean, 2, signed=True) for mean in means), "total"))
    return Table(
        name="calm-table",
        caption="Calm years, without any session of a joint sell-off: growth over the reference's, in log percent",
        corner="Year",
        heads=tuple(strategy_head(names[place]) for place in columns),
        rows=tuple(rows),
        note="Below zero: what the hedge cost in a year in which it was not needed.",
    )


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def turnover_columns(document: Json) -> tuple[list[str], dict[int, list[float | None]]]:
    """The years, and by place each strategy's turnover; empty where the run does not say."""
    found = {
        place: strategy["calendar_turnover"]
        for place, strategy in enumerate(document["strategies"])
        if strategy.get("calendar_turnover")
    }
    return _columns(found)


def turnover_table(document: Json, names: tuple[Named, ...]) -> Table | None:
    """One-way turnover by year; None where the run does not say."""
    years, columns = turnover_columns(document)
    if not columns:
        return None
    return Table(
        name="turnover-table",
        caption="Turnover by calendar year, one way, in percent of value",
        corner="Year",
        heads=tuple(strategy_head(names[place]) for place in columns),
        rows=tuple(
            Row(Head(year), tuple(points_cell(values[place], 0) for values in columns.values()))
            for place, year in enumerate(years)
        ),
    )


def months_tables(document: Json, names: tuple[Named, ...]) -> tuple[tuple[Named, Table], ...]:
    """The monthly heat map of each strategy that has one: years down, months across."""
    return tuple(
        (named, _months(place, named, strategy["calendar_months"], strategy["calendar_years"]))
        for place, (named, strategy) in enumerate(zip(names, document["strategies"], strict=True))
        if strategy.get("calendar_months")
    )


def _columns(found: dict[int, dict[str, float | None]]) -> tuple[list[str], dict[int, list[float | None]]]:
    """All years in order, and each strategy's values for them; None for a year that it lacks."""
    years = sorted({year for own in found.values() for year in own})
    return years, {place: [own.get(year) for year in years] for place, own in found.items()}


def _months(place: int, named: Named, months: Json, years: Json) -> Table:
    found = sorted({month[:4] for month in months})
    return Table(
        name=f"months-{place}-table",
        caption=f"{named.label}: returns by month, in percent, after costs",
        corner="Year",
        heads=(*(Head(month, values=(month,)) for month in MONTHS), Head("Year", tone="sum", values=("Whole year",))),
        rows=tuple(
            Row(
                Head(year),
                (
                    *(_month(months.get(f"{year}-{month:02d}")) for month in range(1, 13)),
                    Cell(points(years.get(year)) if year in years else "", "sum", values=(years.get(year),)),
                ),
            )
            for year in found
        ),
    )


def _month(value: Value) -> Cell:
    if not isinstance(value, float | int):
        return Cell("", values=(None,))
    return points_cell(value, tone=tone(value, STEPS))


def _toned(value: float | None) -> Cell:
    return points_cell(value, 2, tone=tone(value, STEPS), signed=True)
