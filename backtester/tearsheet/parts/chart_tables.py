"""The numbers behind the charts as tables, for readers without charts or scripts.

The document is the run's results as JSON; an asset is named by its role, such as `gold`; an episode is a joint
sell-off, a drawdown or a crisis; an overlay is a strategy that changes the weights of those before it in the recipe.
"""

import pandas as pd

from backtester.pages.format import date, period, points
from backtester.pages.names import Named, asset_key, role_label
from backtester.pages.table import Cell, Head, Table, TableRow, group_row, number_cell, points_cell, strategy_head
from backtester.runs.values import Json

RANGE_KEYS = ("mean", "low", "high")
CHARGE_LABELS = {"financing": "Financing", "costs": "Trading costs", "fees": "Fees"}
LINE_LABELS = {"interest": "Interest", "financing": "Financing", "costs": "Costs", "fees": "Fees"}
EPISODE_TITLES = {"joint_sell_offs": "Joint sell-offs", "drawdowns": "Drawdowns of the pair", "crises": "Crises"}


def growth_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The final value and the deepest drawdown, with its dates, of each strategy."""
    rows = []
    for named, strategy in zip(names, document["strategies"], strict=True):
        measures = strategy["measures"]
        days = (measures["max_drawdown_peak"], measures["max_drawdown_trough"])
        cells = (number_cell(measures["final_nav"]), points_cell(measures["max_drawdown"]))
        rows.append(TableRow(strategy_head(named), (*cells, *(Cell(date(day), values=(day,)) for day in days))))
    heads = (Head("Value of 1 at the end"), Head("Deepest drawdown", "%"), Head("Peak"), Head("Trough"))
    caption = "Growth and deepest drawdown of each strategy"
    return Table(name="growth-table", caption=caption, corner="Strategy", heads=heads, rows=tuple(rows))


def weights_table(weights: dict[str, pd.DataFrame], document: Json, names: tuple[Named, ...]) -> Table:
    """Mean, lowest and highest weight of each asset, from the first trade on.

    `weights` holds a frame for each strategy by its name: sessions x assets, and `cash`.
    """
    roles = list(dict.fromkeys(role for table in weights.values() for role in table.columns if role != "cash"))
    roles.append("cash")
    since_first_trade = {name: _since_first_trade(table) for name, table in weights.items()}
    rows = tuple(
        TableRow(strategy_head(named), tuple(_range_cell(since_first_trade[named.name], role) for role in roles))
        for named in names
    )
    heads = tuple(
        Head(
            role_label(role, document),
            "mean (low to high)",
            key=asset_key(role, document),
            values=tuple(f"{role} {statistic}" for statistic in RANGE_KEYS),
            asset=role,
        )
        for role in roles
    )
    caption = "Weights in percent of net asset value"
    return Table(name="weights-table", caption=caption, corner="Strategy", heads=heads, rows=rows)


def lines_table(document: Json, names: tuple[Named, ...]) -> Table:
    """The profit and loss a year of each strategy, by asset and by line: interest, financing, costs and fees."""
    lines = [strategy["lines"] for strategy in document["strategies"]]
    roles = list(dict.fromkeys(role for strategy_lines in lines for role in strategy_lines["assets"]))
    rows = []
    for named, strategy_lines in zip(names, lines, strict=True):
        values = (
            *(strategy_lines["assets"].get(role, 0.0) for role in roles),
            *(strategy_lines[line] for line in ("interest", *CHARGE_LABELS)),
        )
        cells = (points_cell(value, 2) for value in values)
        rows.append(TableRow(strategy_head(named), (*cells, points_cell(strategy_lines["total"], 2, tone="sum"))))
    return Table(
        name="lines-table",
        caption="Profit and loss by line, in percent of value a year",
        corner="Strategy",
        heads=(
            *(Head(role_label(role, document), key=asset_key(role, document), values=(role,)) for role in roles),
            Head("Interest", "on cash", values=("interest",)),
            *(Head(text, "taken off", values=(line,)) for line, text in CHARGE_LABELS.items()),
            Head("Total", values=("total",)),
        ),
        rows=tuple(rows),
        note="Each line over the value that it came from, session by session: they add up to the total exactly.",
    )


def attribution_tables(document: Json, names: tuple[Named, ...]) -> tuple[tuple[Named, Table], ...]:
    """A table for each strategy: its return in every episode by asset, line and overlay."""
    return tuple((named, _attribution_table(document, index, named)) for index, named in enumerate(names))


def _attribution_table(document: Json, index: int, named: Named) -> Table:
    """The attribution of the strategy with this index."""
    attribution = document["strategies"][index]["attribution"]
    known = [episode for parts in attribution.values() for episode in parts if episode]
    roles = list(dict.fromkeys(role for episode in known for role in episode["assets"]))
    lines = [line for line in LINE_LABELS if any(episode[line] for episode in known)]
    steps = [step["name"] for step in known[0]["overlays"]] if known else []
    rows: list[TableRow] = []
    for key, title in EPISODE_TITLES.items():
        windows = [
            (window, episode) for window, episode in zip(document[key], attribution[key], strict=True) if episode
        ]
        rows += [group_row(title)] if windows else []
        rows += [TableRow(_episode_head(window), _part_cells(episode, roles, lines)) for window, episode in windows]
    return Table(
        name=f"attribution-{index}-table",
        caption=f"{named.label}: its return in each episode, by asset, line and overlay, in percent of value",
        corner="Episode",
        heads=(
            *(Head(role_label(role, document), key=asset_key(role, document), values=(role,)) for role in roles),
            *(Head(LINE_LABELS[line], values=(line,)) for line in lines),
            Head("Total", values=("total",)),
            *(
                Head(name, note, values=(f"{name} {column}",))
                for name in steps
                for note, column in (("added, in order", "in order"), ("left out", "left out"))
            ),
        ),
        rows=tuple(rows),
        note="Assets and interest, less financing, costs and fees, make the total. An overlay's part in order is the "
        "return of the recipe up to it less that without it; left out, what the whole recipe gains by having it.",
        index=("start", "end"),
    )


def _episode_head(window: Json) -> Head:
    """The head of an episode's row: its name and dates; a drawdown begins at its peak and ends at its trough."""
    start, end = (window["peak"], window["trough"]) if "peak" in window else (window["start"], window["end"])
    name = window.get("headline") or window.get("name") or ""
    return Head(name or period(start, end), period(start, end) if name else "", values=(start, end))


def _part_cells(episode: Json, roles: list[str], lines: list[str]) -> tuple[Cell, ...]:
    """The parts of the return in one episode: assets, lines, total, and two figures for each overlay."""
    overlay_effects = (overlay[key] for overlay in episode["overlays"] for key in ("in_order", "left_out"))
    return (
        *(points_cell(episode["assets"].get(role), 2) for role in roles),
        *(points_cell(episode[line], 2) for line in lines),
        points_cell(episode["total"], 2, tone="sum"),
        *(points_cell(value, 2, signed=True) for value in overlay_effects),
    )


def _since_first_trade(table: pd.DataFrame) -> pd.DataFrame:
    """The weights from the first trade on, before which all is cash; all weights if nothing was traded."""
    traded = (table.drop(columns="cash") != 0).any(axis=1).cummax()
    return table[traded] if traded.any() else table


def _range_cell(table: pd.DataFrame, role: str) -> Cell:
    """Mean, lowest and highest weight of an asset; zeros if the strategy never held it."""
    if role not in table:
        return Cell("0", values=(0.0,) * len(RANGE_KEYS))
    weights = table[role]
    values = float(weights.mean()), float(weights.min()), float(weights.max())
    mean, low, high = (points(value, 0) for value in values)
    return Cell(f"{mean} ({low} to {high})", values=values)
