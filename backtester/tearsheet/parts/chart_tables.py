"""The charts' numbers as tables, for readers who cannot see the charts or have no scripts."""

import pandas as pd

from backtester.tearsheet.format import date, number, points
from backtester.tearsheet.names import Json, Named, role_label
from backtester.tearsheet.parts.table import Cell, Head, Row, Table, strategy_head


def growth_table(document: Json, names: tuple[Named, ...]) -> Table:
    """Where growth and underwater curves end and where they are deepest."""
    keys = ("max_drawdown_peak", "max_drawdown_trough")
    rows = tuple(
        Row(
            strategy_head(named),
            (
                Cell(number(own["final_nav"])),
                Cell(points(own["max_drawdown"])),
                *(Cell(date(own[key])) for key in keys),
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
    heads = tuple(Head(role_label(role), "mean (low to high)", key=role) for role in roles)
    return Table("weights-table", "Weights in percent of net asset value", "Strategy", heads, rows)


def _range(table: pd.DataFrame, role: str) -> Cell:
    if role not in table:
        return Cell("0")
    traded = (table.drop(columns="cash") != 0).any(axis=1).cummax()
    own = table.loc[traded, role] if traded.any() else table[role]  # before the first trade all is cash
    mean, low, high = (points(float(value), 0) for value in (own.mean(), own.min(), own.max()))
    return Cell(f"{mean} ({low} to {high})")
