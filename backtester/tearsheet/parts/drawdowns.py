"""The pair's drawdowns as a table, with what each leg added to them."""

from backtester.pages.format import date, period
from backtester.pages.names import Named
from backtester.pages.table import Bars, Cell, Head, Row, Table, leg_bars, number_cell, points_cell
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.returns import asset_roles, return_heads, returns

PARTS = ("stocks", "bonds")
FALL = ("peak", "trough", "kind", "recovery")


def drawdown_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The falls of the pair from peak to trough, with what each leg added to them."""
    falls = document["drawdowns"]
    assets = asset_roles(falls)
    seen = lens(document)
    bars = leg_bars([[(key, fall[f"{leg}_contribution"] or 0.0) for leg, _, key in seen.legs] for fall in falls])
    heads = (
        Head("Fell for", "days"),
        Head("Recovered in", "days"),
        *(Head(f"From {label}", "points", values=(f"{leg}_contribution",)) for leg, label, _ in seen.legs),
        Head("Contributions", values=()),
        *return_heads(document, assets, names),
    )
    rows = tuple(
        Row(
            Head(period(fall["peak"], fall["trough"]), _kind(fall), values=tuple(fall[key] for key in FALL)),
            (
                *(number_cell(fall[key], 0) for key in ("days", "recovery_days")),
                *_parts(fall, drawn),
                *returns(fall, assets, names),
            ),
        )
        for fall, drawn in zip(falls, bars, strict=True)
    )
    return Table(
        name="drawdown-table",
        caption=(
            "Drawdowns of the pair of 5% or more, peak to trough. Returns in percent; the contributions of "
            f"{seen.both} add up to the pair's return"
        ),
        corner="Peak to trough",
        heads=heads,
        rows=rows,
        note=f"Joint: {seen.bonds} returned nothing or less from peak to trough. Hedged: {seen.bonds} rose.",
        index=FALL,
    )


def _kind(fall: Json) -> str:
    recovery = f"recovered {date(fall['recovery'])}" if fall["recovery"] else "not yet recovered"
    return f"{fall['kind']}; {recovery}"


def _parts(fall: Json, drawn: Bars) -> tuple[Cell, ...]:
    return (*(points_cell(fall[f"{leg}_contribution"]) for leg in PARTS), Cell("", bars=drawn, values=()))
