"""The charts' numbers as tables, for readers who cannot see the charts or have no scripts."""

import pandas as pd

from backtester.pages.format import date, points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, Row, Table, number_cell, points_cell, strategy_head
from backtester.tearsheet.names import Json

RANGE = ("mean", "low", "high")


def growth_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Where growth and underwater curves end and where they are deepest."""
    keys = ("max_drawdown_peak", "max_drawdown_trough")
    rows = tuple(
        Row(
            strategy_head(named),
            (
                number_cell(own["final_nav"]),
                points_cell(own["max_drawdown"]),
                *(Cell(date(own[key]), values=(own[key],)) for key in keys),
            ),
        )
        for named, own in zip(names, (strategy["measures"] for strategy in document["strategies"]), strict=True)
    )
    heads = (Head("Value of 1 at the end"), Head("Deepest drawdown", "%"), Head("Peak"), Head("Trough"))
    return Table("growth-table", "Growth and deepest drawdown of each strategy", "Strategy", heads, rows)


def weights_table(weights: dict[str, pd.DataFrame], names: tuple[Named, ...]) -> Table:
    """Mean, lowest and highest weight of each asset; `weights` by strategy (sessions x assets, cash among them)."""
    roles = list(dict.fromkeys(role for table in weights.values() for role in table.columns if role != "cash"))
    roles.append("cash")
    rows = tuple(
        Row(strategy_head(named), tuple(_range(weights[named.name], role) for role in roles)) for named in names
    )
    heads = tuple(
        Head(role_label(role), "mean (low to high)", key=role, values=tuple(f"{role} {what}" for what in RANGE))
        for role in roles
    )
    return Table("weights-table", "Weights in percent of net asset value", "Strategy", heads, rows)


def _range(table: pd.DataFrame, role: str) -> Cell:
    if role not in table:
        return Cell("0", values=(0.0,) * len(RANGE))
    traded = (table.drop(columns="cash") != 0).any(axis=1).cummax()
    own = table.loc[traded, role] if traded.any() else table[role]  # before the first trade all is cash
    values = float(own.mean()), float(own.min()), float(own.max())
    mean, low, high = (points(value, 0) for value in values)
    return Cell(f"{mean} ({low} to {high})", values=values)
