"""The usual page: measures and calendar years, a column a strategy."""

from dataclasses import dataclass

from backtester.pages.format import date, number, points
from backtester.pages.names import Named
from backtester.pages.table import Cell, Head, Row, Table, points_cell, strategy_head, tone
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.cards import card_link


@dataclass(frozen=True)
class Measure:
    """How a measure of the document is shown: `kind` is points (percent), number, date or days."""

    label: str
    unit: str
    kind: str
    places: int = 2


MEASURES = {
    "final_nav": Measure("Value of 1 at the end", "times", "number"),
    "cagr": Measure("Growth (CAGR)", "% a year", "points"),
    "volatility": Measure("Volatility", "% a year", "points"),
    "sharpe": Measure("Sharpe ratio", "over bills", "number"),
    "sharpe_standard_error": Measure("Its standard error", "Lo", "number"),
    "probabilistic_sharpe": Measure("Confidence that the true one is above zero", "%", "points", 1),
    "sortino": Measure("Sortino ratio", "over bills", "number"),
    "omega": Measure("Omega ratio", "over bills", "number"),
    "max_drawdown": Measure("Deepest drawdown", "%", "points"),
    "max_drawdown_peak": Measure("Deepest drawdown: peak", "date", "date"),
    "max_drawdown_trough": Measure("Deepest drawdown: trough", "date", "date"),
    "max_drawdown_days": Measure("Deepest drawdown: peak to recovery", "days", "number", 0),
    "days_under_water": Measure("Under water, all days", "days", "number", 0),
    "ulcer_index": Measure("Ulcer index", "%", "points"),
    "calmar": Measure("Calmar ratio", "", "number"),
    "worst_day": Measure("Worst session", "%", "points"),
    "expected_shortfall_95": Measure("Expected shortfall, worst 5% of sessions", "%", "points"),
    "value_at_risk_95": Measure("Value at risk, worst 5% of sessions", "%", "points"),
    "skewness": Measure("Skewness", "of sessions", "number"),
    "excess_kurtosis": Measure("Excess kurtosis", "of sessions", "number"),
    "best_month": Measure("Best month", "%", "points"),
    "worst_month": Measure("Worst month", "%", "points"),
    "positive_months": Measure("Months above zero", "%", "points", 0),
    "beta": Measure("Beta to the reference", "same session", "number"),
    "correlation": Measure("Correlation with the reference", "", "number"),
    "tracking_error": Measure("Tracking error", "% a year", "points"),
    "information_ratio": Measure("Information ratio", "", "number"),
    "turnover_annual": Measure("Turnover", "% of value a year", "points", 0),
    "asset_pnl_annual": Measure("P&L of assets", "% a year", "points"),
    "interest_annual": Measure("Interest on cash", "% a year", "points"),
    "financing_annual": Measure("Financing of borrowed cash", "% a year", "points"),
    "costs_annual": Measure("Trading costs", "% a year", "points"),
    "fees_annual": Measure("Fees", "% a year", "points"),
}


def measures_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Every measure of the document: those known here in their order, others after them under their own name."""
    present = list(dict.fromkeys(key for strategy in document["strategies"] for key in strategy["measures"]))
    keys = [key for key in MEASURES if key in present] + [key for key in present if key not in MEASURES]
    return Table(
        name="measures-table",
        caption="Measures of the whole window, after costs",
        corner="Measure",
        heads=tuple(strategy_head(named) for named in names),
        rows=tuple(_row(key, document) for key in keys),
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


def _row(key: str, document: Json) -> Row:
    measure = MEASURES.get(key) or Measure(key.replace("_", " "), "", "number", 4)
    values = [strategy["measures"].get(key) for strategy in document["strategies"]]
    head = Head(measure.label, measure.unit, values=(key,), link=card_link("measures", key))
    return Row(head, tuple(Cell(shown(value, measure), values=(value,)) for value in values))


def shown(value: float | str | None, measure: Measure) -> str:
    """A measure's value as text; n/a where it is undefined."""
    if isinstance(value, str) or measure.kind == "date":
        return date(str(value)) if value is not None and measure.kind == "date" else str(value or "n/a")
    return (points if measure.kind == "points" else number)(value, measure.places)


def _year(value: float | None, reference: float | None) -> Cell:
    gap = None if value is None or reference is None else value - reference
    return points_cell(value, tone=tone(gap, (0.005, 0.02, 0.05)))
