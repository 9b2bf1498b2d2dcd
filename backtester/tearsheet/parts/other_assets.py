"""The returns, in all windows, of assets that have no column in the tables of windows."""

from collections.abc import Iterator

from backtester.pages.csv_text import TABLES_FOLDER
from backtester.pages.names import role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, period_head, points_cell
from backtester.runs.values import Json
from backtester.tearsheet.names import lens

MOST_ASSETS_SHOWN = 24  # assets: more are not in the page, but in the csv beside it


def other_assets(document: Json) -> Json:
    """The assets that `bounded` left out of the tables: their number, their table, and the path of its csv if the page
    does not show it; empty if all have columns."""
    hidden = document["history"].get("assets_not_shown", {})
    if not hidden:
        return {}
    shown = len(hidden) <= MOST_ASSETS_SHOWN
    labels = {"history": {"assets": hidden}}
    heads = tuple(Head(role_label(role, labels), values=(role,)) for role in hidden)
    rows: list[TableRow] = []
    for title, windows in _windows(document):
        rows += [group_row(title)] if windows else []
        for start, end, assets in windows:
            values = tuple(assets.get(role) for role in hidden)
            rows.append(
                TableRow(period_head(start, end), tuple(map(points_cell, values)) if shown else _unseen(values))
            )
    table = Table(
        name="others-table",
        caption="What the assets without a column above returned in the same windows, in percent",
        corner="From, to",
        heads=heads if shown else (Head("", values=tuple(hidden)),),
        rows=tuple(rows),
        index=("start", "end"),
    )
    return {"count": len(hidden), "table": table, "beside": "" if shown else f"{TABLES_FOLDER}/{table.name}.csv"}


def _unseen(values: tuple[float | None, ...]) -> tuple[Cell]:
    """The cells of a row that only the csv has: one cell with all values, since there may be thousands."""
    return (Cell("", values=values),)


def _windows(document: Json) -> Iterator[tuple[str, list[tuple[str, str, Json]]]]:
    """The title of each table, and the first day, the last and the assets' returns of its windows."""
    falls, joint, own = document["drawdowns"], document["joint_sell_offs"], lens(document).rhythm
    after = [(one["start"], one["end"], one["after"]["assets"] or {}) for one in joint if one["after"]]
    crises = [(one["start"], one["end"], one["assets"] or {}) for one in document["crises"] if one["covered"]]
    yield "Joint sell-offs", [(one["start"], one["end"], one["assets"] or {}) for one in joint]
    yield f"The {own.words_for(own.window_sessions).removeprefix('1 ')} after each", after
    yield "Drawdowns of the pair", [(one["peak"], one["trough"], one["assets"] or {}) for one in falls]
    yield "Crises", sorted(crises, key=lambda one: one[:2])
