"""The returns of the assets that have no column in the tables of windows: sell-offs, drawdowns and crises.

An asset is named by its role, such as `gold`. The document is the run's results as JSON. A rhythm is how often sessions
come, daily to quarterly.
"""

from collections.abc import Iterator

from backtester.pages.csv_text import TABLES_FOLDER
from backtester.pages.names import role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, period_head, points_cell
from backtester.runs.values import Json
from backtester.tearsheet.names import pair_words

MOST_ASSETS_SHOWN = 24  # where there are more, their returns are only in the csv beside the page


def other_assets(document: Json) -> Json:
    """The assets that `limit_assets` left out of the tables: their number, their table, and the path of its csv if the
    page does not show it; empty if all have columns."""
    hidden = document["history"].get("assets_not_shown", {})
    if not hidden:
        return {}
    is_shown = len(hidden) <= MOST_ASSETS_SHOWN
    labels = {"history": {"assets": hidden}}
    heads = tuple(Head(role_label(role, labels), values=(role,)) for role in hidden)
    rows: list[TableRow] = []
    for title, windows in _windows_by_table(document):
        rows += [group_row(title)] if windows else []
        for start, end, assets in windows:
            values = tuple(assets.get(role) for role in hidden)
            rows.append(
                TableRow(
                    period_head(start, end), tuple(map(points_cell, values)) if is_shown else _csv_only_cells(values)
                )
            )
    table = Table(
        name="others-table",
        caption="What the assets without a column above returned in the same windows, in percent",
        corner="From, to",
        heads=heads if is_shown else (Head("", values=tuple(hidden)),),
        rows=tuple(rows),
        index=("start", "end"),
    )
    return {"count": len(hidden), "table": table, "csv_path": "" if is_shown else f"{TABLES_FOLDER}/{table.name}.csv"}


def _csv_only_cells(values: tuple[float | None, ...]) -> tuple[Cell]:
    """One cell that shows nothing and holds all values of a row for the csv, since there may be thousands."""
    return (Cell("", values=values),)


def _windows_by_table(document: Json) -> Iterator[tuple[str, list[tuple[str, str, Json]]]]:
    """For each table of windows its title, and the first day, the last day and the assets' returns of each window."""
    falls, joint, rhythm = document["drawdowns"], document["joint_sell_offs"], pair_words(document).rhythm
    after = [(window["start"], window["end"], window["after"]["assets"] or {}) for window in joint if window["after"]]
    crises = [
        (window["start"], window["end"], window["assets"] or {}) for window in document["crises"] if window["covered"]
    ]
    yield "Joint sell-offs", [(window["start"], window["end"], window["assets"] or {}) for window in joint]
    length = rhythm.words_for(rhythm.window_sessions).removeprefix("1 ")  # "the month after", not "the 1 month after"
    yield f"The {length} after each", after
    yield "Drawdowns of the pair", [(window["peak"], window["trough"], window["assets"] or {}) for window in falls]
    yield "Crises", sorted(crises, key=lambda window: window[:2])
